import Type, { type Static } from 'typebox'
import { sealedFields } from './codes/disclosures.ts'
import { keepingReasons, recallAnswers } from './codes/recalls.ts'
import {
  askers,
  extensionReasons,
  identityChecks,
  refusalGrounds,
  requestEnds,
  requestKinds,
  requestOutcomes,
  rightsPurpose,
  signalSources,
  subjectAges,
  toldParts,
} from './codes/subject-requests.ts'
import { codesOf, dataCategories, qualities } from './codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  ContactDesk,
  closed,
  Day,
  DomainText,
  Epoch,
  Instant,
  Line,
  ListOf,
  OneOf,
  PurposeText,
  Receipt,
  SomeOf,
  Uuid,
} from './common.ts'
import { Token } from './signal.ts'

/** Most requests, and most tasks, in one answer: those that wait first. */
export const mostSubjectRequests = 500
/** Parties and signals that one answer tells of at most. */
const mostParts = 200

const Tokens = ListOf(Token, 40, { minItems: 1 })

/** A request as the contact point files it. No identity: it made the tokens, as for a signal. */
export const SubjectRequestBody = Type.Object(
  {
    id: Type.String({ ...Uuid, description: 'Made by you; sending the same again is welcome' }),
    agreement: AgreementHashText,
    purpose: Type.Literal(rightsPurpose),
    domain: DomainText,
    epoch: Epoch,
    tokens: Tokens,
    former: Type.Optional(Type.Object({ epoch: Epoch, tokens: Tokens }, closed)),
    kind: OneOf(codesOf(requestKinds)),
    asker: OneOf(codesOf(askers)),
    age: OneOf(codesOf(subjectAges), { description: 'On the day of receipt' }),
    identityCheck: OneOf(codesOf(identityChecks), {
      description: 'How you made sure of who asks; nobody here can check it',
    }),
    caseReference: Line(100, { description: 'Your own number of the request' }),
    receivedOn: Type.String({ ...Day, description: 'The terms count from this day' }),
  },
  { ...closed, title: 'SubjectRequestBody' },
)
export type SubjectRequestBody = Static<typeof SubjectRequestBody>

const terms = {
  receivedOn: Day,
  partsDueOn: Type.String({
    ...Day,
    description: 'By this day parties answer; from it on the joined answer can be read',
  }),
  dueOn: Type.String({ ...Day, description: 'By this day whoever asked has the answer' }),
}

/** The same, whether anything was found or not. */
export const SubjectRequestAnswer = Type.Object(
  { id: Uuid, receipt: Receipt, ...terms },
  { ...closed, title: 'SubjectRequestAnswer' },
)
export type SubjectRequestAnswer = Static<typeof SubjectRequestAnswer>

const Receiver = Type.Object(
  {
    agency: AgencyIdText,
    name: Line(100),
    fields: SomeOf(codesOf(sealedFields)),
    openedOn: Day,
  },
  { ...closed, title: 'SubjectRequestReceiver' },
)

/** What a receiver was told of a change, and did. */
const ToldReceiver = Type.Object(
  {
    agency: AgencyIdText,
    name: Line(100),
    toldOn: Day,
    answer: Type.Optional(OneOf(codesOf(recallAnswers))),
    reason: Type.Optional(OneOf(codesOf(keepingReasons))),
  },
  { ...closed, title: 'SubjectRequestToldReceiver' },
)

/** What a party lets the contact point tell of one signal. */
export const ToldOfSignal = Type.Object(
  {
    outcome: OneOf(codesOf(requestOutcomes)),
    ground: Type.Optional(OneOf(codesOf(refusalGrounds))),
    categories: Type.Optional(SomeOf(codesOf(dataCategories))),
    purpose: Type.Optional(PurposeText),
    sinceOn: Type.Optional(Day),
    untilOn: Type.Optional(Day),
    source: Type.Optional(OneOf(codesOf(signalSources))),
    receivers: Type.Optional(ListOf(Receiver, mostParts)),
    reviewOn: Type.Optional(
      Type.String({ ...Day, description: 'When a restriction is looked at again' }),
    ),
    told: Type.Optional(
      ListOf(ToldReceiver, mostParts, {
        description: 'Receivers that were told of the change, and what they did',
      }),
    ),
  },
  { ...closed, title: 'ToldOfSignal' },
)
export type ToldOfSignal = Static<typeof ToldOfSignal>

const Part = Type.Object(
  {
    agency: AgencyIdText,
    name: Line(100),
    contactDesk: ContactDesk,
    state: OneOf(['waiting', 'nothing-to-tell', 'told'], {
      description:
        'Waiting: the day is not there yet, for any party of its kind. Nothing to tell: whatever the reason',
    }),
    opensOn: Day,
    told: ListOf(ToldOfSignal, mostParts),
  },
  { ...closed, title: 'SubjectRequestPart' },
)
export type SubjectRequestPart = Static<typeof Part>

/** A request as its contact point sees it. */
export const FiledRequest = Type.Object(
  {
    id: Uuid,
    agreement: AgreementHashText,
    kind: OneOf(codesOf(requestKinds)),
    asker: OneOf(codesOf(askers)),
    age: OneOf(codesOf(subjectAges)),
    caseReference: Type.Optional(Line(100)),
    filedAt: Instant,
    ...terms,
    extended: Type.Optional(
      Type.Object({ reason: OneOf(codesOf(extensionReasons)), untilOn: Day }, closed),
    ),
    state: OneOf(['waiting', 'answerable', 'overdue', 'closed']),
    end: Type.Optional(OneOf(codesOf(requestEnds))),
    parts: ListOf(Part, mostParts),
  },
  { ...closed, title: 'FiledRequest' },
)
export type FiledRequest = Static<typeof FiledRequest>

/** What a party has to do about one signal of its own. */
export const RequestTask = Type.Object(
  {
    task: Uuid,
    request: Uuid,
    agreement: AgreementHashText,
    kind: OneOf(codesOf(requestKinds)),
    asker: OneOf(codesOf(askers)),
    age: OneOf(codesOf(subjectAges)),
    identityCheck: OneOf(codesOf(identityChecks)),
    contactPoint: Type.Object(
      { agency: AgencyIdText, name: Line(100), contactDesk: ContactDesk },
      closed,
    ),
    filedLately: Type.Integer({
      minimum: 1,
      description: 'Requests that this contact point filed under the agreement in 30 days',
    }),
    receivedOn: Day,
    dueOn: Type.String({ ...Day, description: 'By this day you answer' }),
    signal: Type.Optional(
      Type.Object({ id: Uuid, caseReference: Type.Optional(Line(100)) }, closed),
    ),
    quality: OneOf(qualities, {
      description: 'How sure it is that your signal is about who asks. Unless certain: call first',
    }),
    reasons: ListOf(Type.String({ maxLength: 200 }), 10),
    state: OneOf(['open', 'overdue', 'answered', 'closed']),
    outcome: Type.Optional(OneOf(codesOf(requestOutcomes))),
    ground: Type.Optional(OneOf(codesOf(refusalGrounds))),
    told: Type.Optional(Type.Boolean({ description: 'Whether the contact point is told of it' })),
    answeredAt: Type.Optional(Instant),
  },
  { ...closed, title: 'RequestTask' },
)
export type RequestTask = Static<typeof RequestTask>

export const SubjectRequestList = Type.Object(
  {
    filed: ListOf(FiledRequest, mostSubjectRequests),
    tasks: ListOf(RequestTask, mostSubjectRequests),
  },
  { ...closed, title: 'SubjectRequestList' },
)
export type SubjectRequestList = Static<typeof SubjectRequestList>

export const SubjectRequestView = Type.Object(
  {
    filed: Type.Optional(FiledRequest),
    tasks: ListOf(RequestTask, mostParts),
  },
  { ...closed, title: 'SubjectRequestView' },
)
export type SubjectRequestView = Static<typeof SubjectRequestView>

/** A party's answer for one signal of its own. */
export const TaskAnswerBody = Type.Object(
  {
    task: Uuid,
    outcome: OneOf(codesOf(requestOutcomes)),
    ground: Type.Optional(
      OneOf(codesOf(refusalGrounds), { description: 'Of a refusal, and only of one' }),
    ),
    tell: Type.Optional(
      SomeOf(codesOf(toldParts), {
        description: 'What the contact point may tell of the signal; nothing by default',
      }),
    ),
    source: Type.Optional(OneOf(codesOf(signalSources))),
    silent: Type.Optional(
      Type.Boolean({
        description:
          'Whoever asked is not to learn that there is a signal: the answer then reads as if there were none',
      }),
    ),
  },
  { ...closed, title: 'TaskAnswerBody' },
)
export type TaskAnswerBody = Static<typeof TaskAnswerBody>

export const ExtendRequestBody = Type.Object(
  { reason: OneOf(codesOf(extensionReasons)) },
  { ...closed, title: 'ExtendRequestBody' },
)
export type ExtendRequestBody = Static<typeof ExtendRequestBody>

export const CloseRequestBody = Type.Object(
  { end: OneOf(['answered', 'taken-back', 'identity-not-established']) },
  { ...closed, title: 'CloseRequestBody' },
)
export type CloseRequestBody = Static<typeof CloseRequestBody>
