import Type, { type Static } from 'typebox'
import {
  disputeReasons,
  feedbackStatuses,
  followUpEvents,
  leadGrounds,
  outcomes,
} from './codes/follow-ups.ts'
import { regions } from './codes/regions.ts'
import { subjectKinds } from './codes/subjects.ts'
import { codesOf, qualities } from './codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  ContactDesk,
  closed,
  Day,
  Instant,
  Line,
  ListOf,
  OneOf,
  PurposeText,
  Uuid,
} from './common.ts'

/** Most follow-ups on one page. */
export const followUpsPerPage = 50
/** Most signals, agencies and events that one follow-up tells of; beyond, the newest count. */
export const mostShown = 200

const Version = Type.Integer({
  minimum: 1,
  maximum: 1_000_000_000,
  description:
    'The version of the follow-up that you saw; when it has changed since, nothing is done',
})

const acting = { version: Version }

export const AcknowledgeFollowUpBody = Type.Object(acting, {
  ...closed,
  title: 'AcknowledgeFollowUpBody',
})
export type AcknowledgeFollowUpBody = Static<typeof AcknowledgeFollowUpBody>

export const TakeLeadBody = Type.Object(acting, { ...closed, title: 'TakeLeadBody' })
export type TakeLeadBody = Static<typeof TakeLeadBody>

export const OfferLeadBody = Type.Object(
  { ...acting, to: AgencyIdText },
  { ...closed, title: 'OfferLeadBody' },
)
export type OfferLeadBody = Static<typeof OfferLeadBody>

export const AnswerOfferBody = Type.Object(
  { ...acting, answer: OneOf(['accept', 'decline']) },
  { ...closed, title: 'AnswerOfferBody' },
)
export type AnswerOfferBody = Static<typeof AnswerOfferBody>

export const DisputeLeadBody = Type.Object(
  { ...acting, reason: OneOf(codesOf(disputeReasons)) },
  { ...closed, title: 'DisputeLeadBody' },
)
export type DisputeLeadBody = Static<typeof DisputeLeadBody>

export const SettleDisputeBody = Type.Object(
  {
    ...acting,
    lead: Type.String({ ...AgencyIdText, description: 'The agency that has the lead from now on' }),
  },
  { ...closed, title: 'SettleDisputeBody' },
)
export type SettleDisputeBody = Static<typeof SettleDisputeBody>

export const OutcomeBody = Type.Object(
  {
    ...acting,
    outcome: OneOf(codesOf(outcomes)),
    apart: Type.Optional(
      ListOf(AgencyIdText, mostShown, {
        minItems: 1,
        description:
          'With `not-the-same-person`: the agencies whose signals are about somebody else than those of the others. Needed when more than two agencies are concerned',
      }),
    ),
  },
  { ...closed, title: 'OutcomeBody' },
)
export type OutcomeBody = Static<typeof OutcomeBody>

export const ReopenBody = Type.Object(acting, { ...closed, title: 'ReopenBody' })
export type ReopenBody = Static<typeof ReopenBody>

const OwnSignal = Type.Object(
  {
    id: Uuid,
    caseReference: Type.Optional(Line(100)),
    overlap: Type.Optional(Type.String({ ...Uuid, description: 'Handle of your overlap' })),
    silent: Type.Boolean({
      description: 'It joined without notice and term: the agencies are known to be in contact',
    }),
  },
  { ...closed, title: 'FollowUpSignal' },
)

const FollowUpAgency = Type.Object(
  {
    agency: AgencyIdText,
    name: Line(100),
    contactDesk: ContactDesk,
    joinedAt: Instant,
    acknowledgedAt: Type.Optional(Instant),
    left: Type.Boolean({ description: 'None of its signals is about this subject any more' }),
  },
  { ...closed, title: 'FollowUpAgency' },
)

const Term = Type.Object(
  {
    term: OneOf(['acknowledge', 'close', 'offer', 'dispute']),
    agency: AgencyIdText,
    dueAt: Instant,
    overdue: Type.Boolean(),
    told: OneOf(['nobody', 'reminder', 'deputy', 'coordinator'], {
      description: 'Who was told last that it falls due, or is past',
    }),
  },
  { ...closed, title: 'Term' },
)

const PriorityRow = Type.Object(
  { ground: Type.String({ maxLength: 40 }), points: Type.Integer() },
  { ...closed, title: 'PriorityRow' },
)

const Priority = Type.Object(
  {
    table: Type.String({ maxLength: 20, description: 'Version of the table of points' }),
    points: Type.Integer(),
    rows: ListOf(PriorityRow, 20),
  },
  { ...closed, title: 'Priority' },
)

const Happened = Type.Object(
  {
    at: Instant,
    event: OneOf(codesOf(followUpEvents)),
    agency: Type.Optional(AgencyIdText),
    detail: Type.Optional(Type.String({ maxLength: 100, description: 'A code' })),
  },
  { ...closed, title: 'Happened' },
)

const summary = {
  handle: Type.String({ ...Uuid, description: 'Your own name for it; every agency has another' }),
  agreement: AgreementHashText,
  purpose: PurposeText,
  state: OneOf(['open', 'closed', 'ended', 'merged']),
  version: Version,
  subjectKind: Type.Optional(OneOf(codesOf(subjectKinds))),
  quality: OneOf(qualities),
  begunAt: Instant,
  lead: Type.Object(
    {
      agency: AgencyIdText,
      name: Line(100),
      ground: OneOf(codesOf(leadGrounds)),
      since: Instant,
    },
    { ...closed, title: 'FollowUpLead' },
  ),
  offeredTo: Type.Optional(AgencyIdText),
  dispute: Type.Optional(
    Type.Object(
      { by: AgencyIdText, reason: OneOf(codesOf(disputeReasons)), coordinator: AgencyIdText },
      { ...closed, title: 'Dispute' },
    ),
  ),
  outcome: Type.Optional(OneOf(codesOf(outcomes))),
  closedAt: Type.Optional(Instant),
  endedOn: Type.Optional(Day),
  endCause: Type.Optional(OneOf(['signals', 'thresholds', 'merged'])),
  mergedInto: Type.Optional(Type.String({ ...Uuid, description: 'Your handle of the other one' })),
  signals: ListOf(OwnSignal, mostShown, { description: 'Your own' }),
  agencies: ListOf(FollowUpAgency, mostShown),
  terms: ListOf(Term, mostShown),
  priority: Type.Optional(Priority),
}

/** A follow-up as one agency sees it: its own signals, the agencies that these touch, and what falls due. */
export const FollowUpSummary = Type.Object(summary, { ...closed, title: 'FollowUpSummary' })
export type FollowUpSummary = Static<typeof FollowUpSummary>

export const FollowUpView = Type.Object(
  { ...summary, history: ListOf(Happened, mostShown, { description: 'The newest first' }) },
  { ...closed, title: 'FollowUp' },
)
export type FollowUpView = Static<typeof FollowUpView>

export const FollowUpPage = Type.Object(
  {
    followUps: ListOf(FollowUpSummary, followUpsPerPage),
    next: Type.Optional(Type.String({ maxLength: 100, description: 'Cursor of the next page' })),
  },
  { ...closed, title: 'FollowUpPage' },
)
export type FollowUpPage = Static<typeof FollowUpPage>

export const SignalFeedback = Type.Object(
  {
    signal: Uuid,
    status: OneOf(codesOf(feedbackStatuses)),
    outcome: Type.Optional(OneOf(codesOf(outcomes))),
    en: Type.String({ maxLength: 200 }),
    nl: Type.String({ maxLength: 200 }),
    at: Type.Optional(Instant),
  },
  { ...closed, title: 'SignalFeedback' },
)
export type SignalFeedback = Static<typeof SignalFeedback>

const Share = Type.Number({ minimum: 0, maximum: 1 })

const measure = {
  begun: Type.Integer({ minimum: 0, description: 'Follow-ups that began; merged ones once' }),
  queue: Type.Integer({ minimum: 0, description: 'Open now' }),
  closed: Type.Integer({ minimum: 0, description: 'With an outcome' }),
  followedUp: Type.Optional(
    Type.Number({ ...Share, description: 'Share that somebody acknowledged or closed' }),
  ),
  useful: Type.Optional(
    Type.Number({ ...Share, description: 'Share of the closed that was useful' }),
  ),
  ageDays: Type.Optional(
    Type.Object(
      { p50: Type.Number({ minimum: 0 }), p90: Type.Number({ minimum: 0 }) },
      { ...closed, description: 'How long those in the queue are open' },
    ),
  ),
}

const Measure = Type.Object(measure, { ...closed, title: 'Measure' })
export type Measure = Static<typeof Measure>

/** How the follow-ups that one agency may know of fare. */
export const FollowUpYield = Type.Object(
  {
    agreement: AgreementHashText,
    purpose: PurposeText,
    at: Instant,
    total: Measure,
    outcomes: ListOf(
      Type.Object(
        { outcome: OneOf(codesOf(outcomes)), followUps: Type.Integer({ minimum: 1 }) },
        { ...closed, title: 'OutcomeCount' },
      ),
      outcomes.length,
    ),
    regions: ListOf(
      Type.Object(
        { region: OneOf([...codesOf(regions), 'unknown']), ...measure },
        { ...closed, title: 'RegionMeasure' },
      ),
      regions.length + 1,
      { description: 'By the region of your own first signal' },
    ),
    agencies: ListOf(
      Type.Object(
        { agency: AgencyIdText, name: Line(100), ...measure },
        { ...closed, title: 'AgencyMeasure' },
      ),
      mostShown,
      {
        description:
          'What other agencies are concerned in with you, where that is five follow-ups or more',
      },
    ),
  },
  { ...closed, title: 'FollowUpYield' },
)
export type FollowUpYield = Static<typeof FollowUpYield>
