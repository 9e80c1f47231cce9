import Type from 'typebox'
import { occasions } from '../../wire/access.ts'
import { agencyCaller, decided, type Kind } from './fields.ts'

/** How an agency looks back at its own acts. */
export const oversightKinds = {
  'access.list': {
    title: 'An agency looks back at its acts',
    records: 'Who looked back and why; at which entry, when a receipt was asked for.',
    fields: {
      ...agencyCaller,
      occasion: Type.Enum([...occasions], { description: 'Why it looked back' }),
      entry: Type.Optional(
        Type.Integer({ minimum: 0, description: 'Index of the entry asked for, whoever’s it is' }),
      ),
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
