import Type from 'typebox'
import { logOccasions } from '../../wire/processing-log.ts'
import { agencyCaller, decided, type Kind } from './fields.ts'

const reading = {
  ...agencyCaller,
  occasion: Type.Enum([...logOccasions], { description: 'Why it was read' }),
  activities: Type.Enum(['ordinary', 'all'], {
    description: 'Whether confidential activities were asked for, too',
  }),
  ...decided,
}

/** How an agency reads what is exported to it. */
export const exportKinds = {
  'processing-log.read': {
    title: 'An agency reads its log of processing',
    records: 'Who read it and why. Not which trace, activity or subject was asked for.',
    fields: reading,
  },
  'decision-log.read': {
    title: 'An agency reads its log of decisions',
    records: 'Who read it and why.',
    fields: reading,
  },
} as const satisfies Record<string, Kind>
