import Type from 'typebox'
import { exportFormats, occasions, sides } from '../../wire/access.ts'
import { AnswerSize, agencyCaller, Digest, decided, type Kind } from './fields.ts'

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
      by: Type.Optional(Type.Enum([...sides], { description: 'Whose acts, its own if missing' })),
      answerSize: AnswerSize,
      ...decided,
    },
  },
  'access.export': {
    title: 'An agency exports acts',
    records: 'Who took how many acts out of here, in which form, and why.',
    fields: {
      ...agencyCaller,
      occasion: Type.Enum([...occasions], { description: 'Why it took them' }),
      by: Type.Enum([...sides], { description: 'Whose acts' }),
      format: Type.Enum([...exportFormats], { description: 'In which form' }),
      filterHash: Digest('SHA-256 of the filter as canonical JSON, base64url'),
      answerSize: AnswerSize,
      ...decided,
    },
  },
  'audit.package': {
    title: 'An agency takes the evidence of a year out of here',
    records: 'Who took it, of which year, why, and how many acts it holds.',
    fields: {
      ...agencyCaller,
      occasion: Type.Enum([...occasions], { description: 'Why it took it' }),
      year: Type.Integer({ minimum: 2020, maximum: 2200, description: 'Of Dutch time' }),
      answerSize: AnswerSize,
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
