import Type from 'typebox'
import { AgreementHashText, PurposeText, Uuid } from '../../wire/common.ts'
import { agencyCaller, CoarseAnswerSize, decided, type Kind } from './fields.ts'

const Handle = Type.String({ ...Uuid, description: 'The handle that was asked for' })

/** Looking at overlaps. */
export const overlapKinds = {
  'overlap.list': {
    title: 'Overlaps are listed',
    records:
      'Who asked for its overlaps. How many only in steps of which the lowest holds none, too.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      answerSize: CoarseAnswerSize,
      ...decided,
    },
  },
  'overlap.read': {
    title: 'An overlap is looked up',
    records: 'Who asked for which handle, whether or not it exists.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      handle: Handle,
      ...decided,
    },
  },
  'overlap.read-end': {
    title: 'The end of an overlap is looked up',
    records: 'Who asked for which handle of an overlap that is over.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      handle: Handle,
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
