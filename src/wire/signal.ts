import Type, { type Static } from 'typebox'
import { EarlierKnownList } from './archive.ts'
import { sealedFields } from './codes/disclosures.ts'
import { indicators } from './codes/indicators.ts'
import { regions } from './codes/regions.ts'
import { subjectKinds } from './codes/subjects.ts'
import { ageBands, categories, codesOf, keyTypes, leadRoutes, qualities, roles } from './codes.ts'
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
  Statement,
  Uuid,
} from './common.ts'
import { OnBehalfOf } from './delegation.ts'
import { Problem } from './problem.ts'

/** Most signals in one bulk request. */
export const largestBulk = 100
/** Most overlaps on one page. */
export const overlapsPerPage = 100
/** Most other signals that one overlap tells of: beyond, the strongest count. */
export const mostOthers = 100

const CaseReference = Line(100, { description: 'The agency’s own name for its case' })
const Reasons = ListOf(Type.String({ maxLength: 200 }), 10)

export const Token = Type.Object(
  {
    type: OneOf(keyTypes),
    token: Type.String({
      pattern: '^[A-Za-z0-9_-]{86}$',
      description: 'Output of the split VOPRF: 64 bytes, base64url',
    }),
  },
  { ...closed, title: 'Token' },
)

/** A field sealed by the owner; see `sealing/`. Neither operator can open it alone. */
export const SealedField = Type.Object(
  {
    field: OneOf(codesOf(sealedFields)),
    body: Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 90_000 }),
    halves: Type.Object(
      { gateway: Type.String({ maxLength: 2_000 }), keyholder: Type.String({ maxLength: 2_000 }) },
      closed,
    ),
    halfHashes: Type.Object(
      { gateway: Type.String({ maxLength: 64 }), keyholder: Type.String({ maxLength: 64 }) },
      closed,
    ),
  },
  { ...closed, title: 'SealedField' },
)

/** The owner’s signed word on what it sealed; without it nothing of the signal opens in an emergency. */
export const Seal = Type.String({
  ...Statement,
  maxLength: 4_000,
  description: 'Statement of type `sealed-fields`; each operator verifies it when it is used',
})

/** Most tokens of one subject, under one epoch. */
const Tokens = ListOf(Token, 40, { minItems: 1 })

/** A signal as a partner submits it. No identity, no birth date, no address: see the glossary. */
export const SignalBody = Type.Object(
  {
    id: Uuid,
    onBehalfOf: Type.Optional(OnBehalfOf),
    agreement: AgreementHashText,
    purpose: PurposeText,
    domain: DomainText,
    epoch: Epoch,
    subjectKind: OneOf(codesOf(subjectKinds), {
      description:
        'Signals about different kinds never overlap. Every token type belongs to one kind; role and age band are `unknown` for all but a person',
    }),
    tokens: Tokens,
    former: Type.Optional(
      Type.Object(
        { epoch: Epoch, tokens: Tokens },
        {
          ...closed,
          description:
            'In an overlap window, when `epoch` is the newer one: the tokens of the same keys under the older epoch',
        },
      ),
    ),
    category: OneOf(codesOf(categories)),
    indicators: SomeOf(codesOf(indicators), { maxItems: 40 }),
    region: Type.Optional(OneOf(codesOf(regions))),
    observedOn: Day,
    role: OneOf(codesOf(roles)),
    caseReference: CaseReference,
    contactDesk: Type.Optional(ContactDesk),
    ageBand: OneOf(codesOf(ageBands), {
      description: 'Computed by the connector; the gateway cannot check it',
    }),
    retainUntil: Type.String({
      ...Day,
      description: 'First day of a quarter, computed by the connector; the gateway cannot check it',
    }),
    leadRoute: OneOf(codesOf(leadRoutes), {
      description: 'Computed by the connector; the gateway cannot check it',
    }),
    sealed: ListOf(SealedField, sealedFields.length),
    seal: Type.Optional(Seal),
  },
  { ...closed, title: 'Signal' },
)
export type SignalBody = Static<typeof SignalBody>

export const OverlapOther = Type.Object(
  {
    agency: AgencyIdText,
    name: Line(100),
    contactDesk: ContactDesk,
    quality: OneOf(qualities),
    reasons: Reasons,
  },
  { ...closed, title: 'OverlapOther' },
)

export type OverlapOther = Static<typeof OverlapOther>

/** What one receiver knows of an overlap: whom to call, how sure, and why in coarse words. */
export const Overlap = Type.Object(
  {
    handle: Uuid,
    agreement: AgreementHashText,
    subjectKind: OneOf(codesOf(subjectKinds)),
    signal: Type.Object({ id: Uuid, caseReference: CaseReference }, closed),
    quality: OneOf(qualities),
    reasons: Reasons,
    others: ListOf(OverlapOther, mostOthers, { minItems: 1 }),
    since: Instant,
  },
  { ...closed, title: 'Overlap' },
)
export type Overlap = Static<typeof Overlap>

/** What a receiver learns when an overlap that it knew is over: coarse on purpose. */
export const EndedOverlap = Type.Object(
  {
    handle: Uuid,
    agreement: AgreementHashText,
    signal: Type.Object({ id: Uuid, caseReference: Type.Optional(CaseReference) }, closed),
    endedOn: Day,
    cause: OneOf(['own-signal', 'other-signal', 'agreement', 'not-the-same'], {
      description:
        'What ended or changed: your signal, one of another agency, or the agreement; or the lead found that the signals are about different subjects',
    }),
  },
  { ...closed, title: 'EndedOverlap' },
)
export type EndedOverlap = Static<typeof EndedOverlap>

export const SignalAnswer = Type.Object(
  {
    id: Uuid,
    receipt: Receipt,
    overlaps: ListOf(Overlap, overlapsPerPage),
    earlierKnown: Type.Optional(EarlierKnownList),
  },
  { ...closed, title: 'SignalAnswer' },
)
export type SignalAnswer = Static<typeof SignalAnswer>

export const BulkBody = Type.Object(
  { signals: ListOf(SignalBody, largestBulk, { minItems: 1 }) },
  { ...closed, title: 'BulkBody' },
)
export type BulkBody = Static<typeof BulkBody>

export const BulkItem = Type.Union([
  Type.Object(
    {
      id: Uuid,
      status: Type.Literal(201),
      receipt: Receipt,
      overlaps: ListOf(Overlap, overlapsPerPage),
      earlierKnown: Type.Optional(EarlierKnownList),
    },
    { ...closed, title: 'BulkAccepted' },
  ),
  Type.Object(
    { id: Uuid, status: Type.Integer({ minimum: 400, maximum: 599 }), problem: Problem },
    { ...closed, title: 'BulkRefused' },
  ),
])
export type BulkItem = Static<typeof BulkItem>

export const BulkAnswer = Type.Object(
  { results: ListOf(BulkItem, largestBulk) },
  { ...closed, title: 'BulkAnswer' },
)
export type BulkAnswer = Static<typeof BulkAnswer>

const { id: _inThePath, ...correctable } = SignalBody.properties

/** The new body of a signal, under the same agreement and case. Its id stands in the path. */
export const CorrectBody = Type.Object(correctable, { ...closed, title: 'CorrectBody' })
export type CorrectBody = Static<typeof CorrectBody>

export const WithdrawBody = Type.Object(
  {
    reason: OneOf(['no-longer-a-signal', 'entered-by-mistake', 'subject-objected', 'other']),
    onBehalfOf: Type.Optional(OnBehalfOf),
  },
  { ...closed, title: 'WithdrawBody' },
)
export type WithdrawBody = Static<typeof WithdrawBody>

export const SignalStatus = Type.Object(
  {
    id: Uuid,
    state: OneOf(['live', 'restricted', 'withdrawn', 'expired']),
    caseReference: Type.Optional(CaseReference),
    submittedAt: Instant,
    correctedAt: Type.Optional(Instant),
    receipt: Receipt,
  },
  { ...closed, title: 'SignalStatus' },
)
export type SignalStatus = Static<typeof SignalStatus>

export const OverlapPage = Type.Object(
  {
    overlaps: ListOf(Overlap, overlapsPerPage),
    ended: ListOf(EndedOverlap, overlapsPerPage),
    next: Type.Optional(Type.String({ maxLength: 100, description: 'Cursor of the next page' })),
  },
  { ...closed, title: 'OverlapPage' },
)
export type OverlapPage = Static<typeof OverlapPage>
