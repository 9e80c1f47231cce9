import Type, { type Static } from 'typebox'
import { AgreementContent } from './agreement.ts'
import { subjectKinds } from './codes/subjects.ts'
import { ageBands, categories, codesOf, dataCategories } from './codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  closed,
  Day,
  DomainText,
  Instant,
  ListOf,
  OneOf,
  PurposeText,
  SomeOf,
  Statement,
  Thumbprint,
  Uuid,
} from './common.ts'
import { OnBehalfOf } from './delegation.ts'

const sharingActs = [
  'evaluation.evaluate',
  'signal.submit',
  'signal.read',
  'signal.correct',
  'signal.withdraw',
  'overlap.list',
  'overlap.read',
  'overlap.read-end',
  'histogram.submit',
  'threshold.read',
  'threshold.move',
  'archive.ask',
  'archive.list',
] as const

/** Acts on one disclosure: there is an owner and a receiver. Whether a grant holds cannot be supposed. */
export const actsOnOneDisclosure = [
  'disclosure.request',
  'disclosure.read',
  'disclosure.reply',
  'disclosure.answer',
  'disclosure.grant',
] as const

/** Acts that an agency can have explained beforehand, by what it supposes. */
export const explainedActs = [...sharingActs, 'disclosure.list', ...actsOnOneDisclosure] as const

type ExplainedAct = (typeof explainedActs)[number]

/** Acts that give a signal its body: they say what it shares. */
export const actsWithBody: readonly ExplainedAct[] = ['signal.submit', 'signal.correct']

/** Acts on one signal: somebody owns it. */
export const actsOnOneSignal: readonly ExplainedAct[] = [
  'signal.read',
  'signal.correct',
  'signal.withdraw',
  'overlap.read-end',
  'archive.list',
]

/** Acts that cannot be supposed beforehand: what they rest on is there or it is not. */
const actsOnTheSpot = ['disclosure.release', 'disclosure.release-emergency', 'flag.review'] as const

/** Acts of an agency on what it is told itself; under no agreement. */
export const noticeActs = [
  'notice.list',
  'notice.acknowledge',
  'webhook.list',
  'webhook.register',
  'webhook.test',
  'webhook.redeliver',
  'webhook.remove',
] as const

/** Acts on follow-ups: what they rest on, such as who has the lead, is there or it is not. */
const followUpActs = [
  'follow-up.list',
  'follow-up.export',
  'follow-up.read',
  'follow-up.acknowledge',
  'follow-up.take-lead',
  'follow-up.offer-lead',
  'follow-up.answer-offer',
  'follow-up.dispute-lead',
  'follow-up.settle-dispute',
  'follow-up.record-outcome',
  'follow-up.reopen',
  'follow-up.measure',
  'feedback.read',
] as const

/**
 * Acts on the requests of subjects, and on what comes of them. Those on one request or one own signal can
 * be done whatever became of the agreement.
 */
const rightsActs = [
  'evaluation.exercise-rights',
  'subject-request.file',
  'subject-request.read',
  'subject-request.answer',
  'subject-request.extend',
  'subject-request.close',
  'signal.restrict',
  'signal.review',
  'signal.lift',
] as const
/** Acts on looks that were drawn, to be justified and judged; under no agreement. */
export const sampleActs = [
  'sample.list',
  'sample.justify',
  'sample.judge',
  'review-case.list',
] as const
/** Acts of an agency on alarms about itself; under no agreement. */
export const alarmActs = [
  'alarm.list',
  'alarm.take',
  'alarm.close',
  'staff.protect',
  'staff.review',
] as const

/** Every act that is decided; `noun.verb`. */
export const acts = [
  ...explainedActs,
  ...actsOnTheSpot,
  ...followUpActs,
  ...noticeActs,
  'access.list',
  ...rightsActs,
  'processing-log.read',
  'decision-log.read',
  ...sampleActs,
  ...alarmActs,
  'access.export',
  'audit.package',
] as const

const Act = OneOf(acts)
const DecisionOutcome = OneOf(['permit', 'refuse'])
const PolicySetHash = Type.String({
  pattern: '^[A-Za-z0-9_-]{43}$',
  description: 'Hash of a policy set: SHA-256 over its files, base64url',
})

/** Most lines of a simulation, and most reviews in one list. */
export const mostTurns = 1_000
export const mostReviews = 1_000

const Sentence = Type.String({ maxLength: 2_000 })
const PolicyName = Type.String({
  maxLength: 100,
  description: 'Name of a policy, such as core/purpose',
})

/** What would be asked, in a question that changes nothing. What is left out is as the agreement says. */
export const ExplainBody = Type.Object(
  {
    act: OneOf(explainedActs),
    agreement: Type.Optional(AgreementHashText),
    draft: Type.Optional(AgreementContent),
    purpose: Type.Optional(PurposeText),
    domain: Type.Optional(DomainText),
    category: Type.Optional(OneOf(codesOf(categories))),
    ageBand: Type.Optional(OneOf(codesOf(ageBands))),
    subjectKind: Type.Optional(
      OneOf(codesOf(subjectKinds), {
        description: 'What the signal is about; a person by default',
      }),
    ),
    dataCategories: Type.Optional(
      SomeOf(codesOf(dataCategories), {
        description: 'What the signal shares beside that which every signal does',
      }),
    ),
    onBehalfOf: Type.Optional(
      Type.String({ ...AgencyIdText, description: 'The agency for which you would act' }),
    ),
    owner: Type.Optional(
      OneOf(['self', 'another'], {
        description:
          'Whose signal it is, for acts on one and for disclosure.read; by default of the agency for which you act',
      }),
    ),
    other: Type.Optional(
      Type.String({
        ...AgencyIdText,
        description: 'The agency on the other side of a disclosure, for acts on one',
      }),
    ),
  },
  { ...closed, title: 'ExplainBody', description: 'Name either an agreement or a draft of one' },
)
export type ExplainBody = Static<typeof ExplainBody>

const ReasonView = Type.Object(
  { policy: PolicyName, article: Sentence, en: Sentence, nl: Sentence },
  { ...closed, title: 'Reason' },
)

const FactChange = Type.Object(
  {
    fact: Type.String({ maxLength: 100, description: 'The fact, such as agreement.state' }),
    value: Type.String({ maxLength: 100, description: 'What it would have to be, or to contain' }),
    en: Sentence,
    nl: Sentence,
  },
  { ...closed, title: 'FactChange' },
)

const Remedy = Type.Object(
  { changes: ListOf(FactChange, 50) },
  {
    ...closed,
    title: 'Remedy',
    description:
      'Changes that together turn the refusal into a permit; none of them can be left out',
  },
)

const NotifiedRole = OneOf(['privacy-officer', 'coordinator', 'contact-desk'], {
  description: 'Who is to be told, at the agency',
})

const ObligationView = Type.Union([
  Type.Object(
    { kind: Type.Literal('review'), policy: PolicyName, withinDays: Type.Integer() },
    { ...closed, title: 'ReviewAhead' },
  ),
  Type.Object(
    {
      kind: Type.Literal('notify'),
      policy: PolicyName,
      role: NotifiedRole,
      of: OneOf(['agency', 'owner'], {
        description: 'At the agency for which it is done, or at the one whose signal it is',
      }),
    },
    { ...closed, title: 'NotifyAhead' },
  ),
])

/** Whom a policy asks an agency to tell of an act that was permitted and done. */
export const NotifyObligation = Type.Object(
  {
    id: Uuid,
    policy: PolicyName,
    role: NotifiedRole,
    agreement: AgreementHashText,
    purpose: PurposeText,
    act: Type.String({ maxLength: 64 }),
    on: Day,
  },
  { ...closed, title: 'NotifyObligation' },
)
export type NotifyObligation = Static<typeof NotifyObligation>

export const ObligationList = Type.Object(
  { obligations: ListOf(NotifyObligation, mostReviews) },
  { ...closed, title: 'ObligationList' },
)

export const Explanation = Type.Object(
  {
    outcome: DecisionOutcome,
    policySet: PolicySetHash,
    reasons: ListOf(ReasonView, 100),
    remedies: ListOf(Remedy, 2),
    obligations: ListOf(ObligationView, 100),
  },
  { ...closed, title: 'Explanation' },
)
export type Explanation = Static<typeof Explanation>

export const SimulateBody = Type.Object(
  { draft: AgreementContent, onBehalfOf: Type.Optional(OnBehalfOf) },
  { ...closed, title: 'SimulateBody' },
)
export type SimulateBody = Static<typeof SimulateBody>

const Turn = Type.Object(
  {
    agency: AgencyIdText,
    purpose: Type.String({
      pattern: '^(?:[a-z0-9][a-z0-9-]*)?$',
      maxLength: 63,
      description: 'Purpose of the agreement; empty for an act under none',
    }),
    act: Act,
    was: DecisionOutcome,
    becomes: DecisionOutcome,
    times: Type.Integer(),
    reasons: ListOf(ReasonView, 100),
  },
  { ...closed, title: 'Turn', description: 'Decisions that would turn' },
)

export const Simulation = Type.Object(
  {
    since: Instant,
    decisions: Type.Integer({ description: 'Recorded decisions that were run again' }),
    same: Type.Integer({ description: 'How many would stay as they were' }),
    turns: ListOf(Turn, mostTurns, { description: 'The most frequent first' }),
  },
  { ...closed, title: 'Simulation' },
)
export type Simulation = Static<typeof Simulation>

const PolicyFile = Type.Object(
  {
    file: Type.String({ pattern: '^[a-z0-9-]{1,60}\\.(cedar|cedarschema)$' }),
    text: Type.String({ maxLength: 200_000 }),
  },
  { ...closed, title: 'PolicyFile' },
)

export const PolicySet = Type.Object(
  { schema: PolicyFile, policies: ListOf(PolicyFile, 50, { minItems: 1 }) },
  { ...closed, title: 'PolicySet' },
)
export type PolicySet = Static<typeof PolicySet>

/** Payload of a `policy-set`: an administrator's word on a set, to put it in force or to try it out. */
export const PolicySetPayload = Type.Object(
  {
    audience: Thumbprint,
    wish: OneOf(['change', 'simulate']),
    from: PolicySetHash,
    to: PolicySetHash,
    issuedAt: Instant,
  },
  closed,
)
export type PolicySetPayload = Static<typeof PolicySetPayload>

export const PolicySetBody = Type.Object(
  { set: PolicySet, statement: Statement },
  { ...closed, title: 'PolicySetBody' },
)
export type PolicySetBody = Static<typeof PolicySetBody>

export const PolicySetAnswer = Type.Object(
  {
    hash: PolicySetHash,
    state: OneOf(['awaiting-second-administrator', 'in-force']),
  },
  { ...closed, title: 'PolicySetAnswer' },
)
export type PolicySetAnswer = Static<typeof PolicySetAnswer>

export const PolicySetView = Type.Object(
  { hash: PolicySetHash, set: PolicySet },
  { ...closed, title: 'PolicySetView' },
)
export type PolicySetView = Static<typeof PolicySetView>

export const ReviewDue = Type.Object(
  {
    id: Uuid,
    policy: PolicyName,
    agreement: AgreementHashText,
    purpose: PurposeText,
    since: Instant,
    dueAt: Instant,
    closedAt: Type.Optional(Instant),
    finding: Type.Optional(OneOf(['in-order', 'mended'])),
  },
  { ...closed, title: 'ReviewDue', description: 'A review that a policy asks of your agency' },
)
export type ReviewDue = Static<typeof ReviewDue>

export const ReviewList = Type.Object(
  { reviews: ListOf(ReviewDue, mostReviews) },
  { ...closed, title: 'ReviewList' },
)

export const CloseBody = Type.Object(
  { finding: OneOf(['in-order', 'mended']) },
  { ...closed, title: 'CloseBody' },
)
export type CloseBody = Static<typeof CloseBody>
