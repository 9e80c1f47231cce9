import { agencyCaller, decided, type Kind } from './fields.ts'

/** Looking at what one is told oneself. That something was told makes no entry: it would tell of a match. */
export const noticeKinds = {
  'notice.list': {
    title: 'An agency looks at its notices',
    records: 'Who looked. Not how many there were, nor of what.',
    fields: { ...agencyCaller, ...decided },
  },
  'notice.acknowledge': {
    title: 'An agency acknowledges its notices',
    records: 'Who said that it has dealt with its notices. Not how many.',
    fields: { ...agencyCaller, ...decided },
  },
} as const satisfies Record<string, Kind>
