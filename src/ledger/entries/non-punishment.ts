import Type from 'typebox'
import { flagOutcomes, flagReasons } from '../../wire/codes/non-punishment.ts'
import { codesOf } from '../../wire/codes.ts'
import { AgreementHashText, PurposeText, Uuid } from '../../wire/common.ts'
import { agencyCaller, decided, type Kind } from './fields.ts'

/** Looking again at persons. That a flag was raised makes no entry; what is done with one does. */
export const nonPunishmentKinds = {
  'flag.review': {
    title: 'Flags of non-punishment are looked at, or one is closed',
    records:
      'Who asked for the flags under an agreement, or with which outcome a flag was closed, and why. Not how many there are, nor whom they concern.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      flag: Type.Optional(Type.String({ ...Uuid, description: 'The flag that is closed' })),
      finding: Type.Optional(
        Type.Enum(codesOf(flagOutcomes), { description: 'What came of the review' }),
      ),
      because: Type.Optional(Type.Enum(codesOf(flagReasons), { description: 'Why' })),
      ...decided,
    },
  },
  'flag.mention': {
    title: 'An agency looks up which case it is called about',
    records: 'Who looked up a mention under an agreement. Not which.',
    fields: {
      ...agencyCaller,
      agreement: AgreementHashText,
      purpose: PurposeText,
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
