import Type, { type Static } from 'typebox'
import { flagOutcomes, flagReasons } from './codes/non-punishment.ts'
import { codesOf } from './codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  ContactDesk,
  closed,
  Instant,
  Line,
  ListOf,
  OneOf,
  PurposeText,
  Uuid,
} from './common.ts'

/** Flags in one answer at most: those that wait first, the earliest due first. */
export const mostFlags = 500
/** Agencies that one flag tells to call at most. */
const mostCalls = 100

/** What one says on the telephone; the other side finds its own case by it. */
export const MentionText = Type.String({
  pattern: '^[0-9a-f]{12}$',
  description: 'Of one agency, in one flag',
})

/**
 * A review flag, as the agency that reviews sees it. It names whom to call, never who called the subject
 * what.
 */
export const FlagView = Type.Object(
  {
    id: Uuid,
    agreement: AgreementHashText,
    state: OneOf(['open', 'overdue', 'closed', 'lapsed'], {
      description: 'Lapsed: the signals that it rests on have ended or were corrected',
    }),
    desk: Type.String({ ...ContactDesk, description: 'Who has to see to it now' }),
    raisedAt: Instant,
    dueAt: Instant,
    call: ListOf(
      Type.Object(
        { agency: AgencyIdText, name: Line(100), contactDesk: ContactDesk, mention: MentionText },
        closed,
      ),
      mostCalls,
    ),
    own: ListOf(
      Type.Object({ id: Uuid, caseReference: Type.Optional(Line(100)) }, closed),
      mostCalls,
      { description: 'Own signals that it rests on, if any' },
    ),
    outcome: Type.Optional(OneOf(codesOf(flagOutcomes))),
    reason: Type.Optional(OneOf(codesOf(flagReasons))),
    closedAt: Type.Optional(Instant),
  },
  { ...closed, title: 'FlagView' },
)
export type FlagView = Static<typeof FlagView>

export const FlagList = Type.Object(
  { flags: ListOf(FlagView, mostFlags) },
  { ...closed, title: 'FlagList' },
)
export type FlagList = Static<typeof FlagList>

export const FlagOutcomeBody = Type.Object(
  { outcome: OneOf(codesOf(flagOutcomes)), reason: OneOf(codesOf(flagReasons)) },
  { ...closed, title: 'FlagOutcomeBody' },
)
export type FlagOutcomeBody = Static<typeof FlagOutcomeBody>

export const MentionBody = Type.Object(
  { agreement: AgreementHashText, purpose: PurposeText, mention: MentionText },
  { ...closed, title: 'MentionBody' },
)
export type MentionBody = Static<typeof MentionBody>

/** Which of your own cases somebody means who names this mention on the telephone. */
export const MentionAnswer = Type.Object(
  {
    handle: Type.Optional(Uuid),
    signal: Type.Object({ id: Uuid, caseReference: Type.Optional(Line(100)) }, closed),
  },
  { ...closed, title: 'MentionAnswer' },
)
export type MentionAnswer = Static<typeof MentionAnswer>
