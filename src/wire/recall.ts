import Type, { type Static } from 'typebox'
import { keepingReasons, recallAnswers, recallCauses } from './codes/recalls.ts'
import { codesOf } from './codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  closed,
  Instant,
  Line,
  ListOf,
  OneOf,
  Uuid,
} from './common.ts'
import { Audience } from './disclosure.ts'

/** Most recalls in one answer: the open ones first, then the latest. */
export const mostRecalls = 500

/** Payload of a `recall-confirmation`: what a receiver did with a text that was recalled. */
export const RecallConfirmationPayload = Type.Object(
  {
    audience: Audience,
    agency: Type.String({ ...AgencyIdText, description: 'The receiver' }),
    recall: Uuid,
    answer: OneOf(codesOf(recallAnswers)),
    reason: Type.Optional(
      OneOf(codesOf(keepingReasons), { description: 'Where it is kept, and only there' }),
    ),
    confirmedAt: Instant,
  },
  closed,
)
export type RecallConfirmationPayload = Static<typeof RecallConfirmationPayload>

/** A recall as one of its sides may see it. */
export const RecallView = Type.Object(
  {
    id: Uuid,
    side: OneOf(['owner', 'receiver'], { description: 'Which of the two the reader is' }),
    other: Type.Object({ agency: AgencyIdText, name: Line(100) }, closed),
    agreement: AgreementHashText,
    disclosure: Type.String({ ...Uuid, description: 'Number of the disclosure or emergency' }),
    signalId: Type.Optional(Type.String({ ...Uuid, description: 'For the owner: its signal' })),
    cause: OneOf(codesOf(recallCauses)),
    state: OneOf(['open', 'confirmed', 'overtaken'], {
      description: 'Overtaken: a later change of the signal is recalled instead',
    }),
    toldAt: Instant,
    reminders: Type.Integer({ minimum: 0 }),
    nextReminderAt: Type.Optional(Instant),
    answer: Type.Optional(OneOf(codesOf(recallAnswers))),
    reason: Type.Optional(OneOf(codesOf(keepingReasons))),
    confirmedAt: Type.Optional(Instant),
  },
  { ...closed, title: 'RecallView' },
)
export type RecallView = Static<typeof RecallView>

export const RecallList = Type.Object(
  { recalls: ListOf(RecallView, mostRecalls) },
  { ...closed, title: 'RecallList' },
)
export type RecallList = Static<typeof RecallList>
