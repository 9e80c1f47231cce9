import Type, { type Static } from 'typebox'
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
  PurposeText,
  Receipt,
  Uuid,
} from './common.ts'
import { OnBehalfOf } from './delegation.ts'
import { Problem } from './problem.ts'

/** Most signals in one bulk request. */
export const largestBulk = 100

export const Token = Type.Object(
  {
    type: Type.Enum([...keyTypes]),
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
    field: Type.Enum(['narrative']),
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

/** A signal as a partner submits it. No identity, no birth date, no address: see the glossary. */
export const SignalBody = Type.Object(
  {
    id: Uuid,
    onBehalfOf: Type.Optional(OnBehalfOf),
    agreement: AgreementHashText,
    purpose: PurposeText,
    domain: DomainText,
    epoch: Epoch,
    subjectKind: Type.Enum(['person']),
    tokens: Type.Array(Token, { minItems: 1, maxItems: 40 }),
    category: Type.Enum(codesOf(categories)),
    indicators: Type.Array(Type.String({ pattern: '^[a-z0-9-]{1,64}$' }), {
      maxItems: 40,
      uniqueItems: true,
    }),
    region: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{1,64}$' })),
    observedOn: Day,
    role: Type.Enum(codesOf(roles)),
    caseReference: Type.String({ minLength: 1, maxLength: 100 }),
    contactDesk: Type.Optional(ContactDesk),
    ageBand: Type.Enum(codesOf(ageBands), {
      description: 'Computed by the connector; the gateway cannot check it',
    }),
    retainUntil: Type.String({
      format: 'date',
      description: 'First day of a quarter, computed by the connector; the gateway cannot check it',
    }),
    leadRoute: Type.Enum(codesOf(leadRoutes), {
      description: 'Computed by the connector; the gateway cannot check it',
    }),
    sealed: Type.Array(SealedField, { maxItems: 1 }),
  },
  { ...closed, title: 'Signal' },
)
export type SignalBody = Static<typeof SignalBody>

export const OverlapOther = Type.Object(
  {
    agency: AgencyIdText,
    name: Type.String(),
    contactDesk: ContactDesk,
    quality: Type.Enum([...qualities]),
    reasons: Type.Array(Type.String()),
  },
  { ...closed, title: 'OverlapOther' },
)

/** What one receiver knows of an overlap: whom to call, how sure, and why in coarse words. */
export const Overlap = Type.Object(
  {
    handle: Uuid,
    agreement: AgreementHashText,
    signal: Type.Object({ id: Uuid, caseReference: Type.String() }, closed),
    quality: Type.Enum([...qualities]),
    reasons: Type.Array(Type.String()),
    others: Type.Array(OverlapOther, { minItems: 1 }),
    since: Instant,
  },
  { ...closed, title: 'Overlap' },
)
export type Overlap = Static<typeof Overlap>

export const SignalAnswer = Type.Object(
  { id: Uuid, receipt: Receipt, overlaps: Type.Array(Overlap) },
  { ...closed, title: 'SignalAnswer' },
)
export type SignalAnswer = Static<typeof SignalAnswer>

export const BulkBody = Type.Object(
  { signals: Type.Array(SignalBody, { minItems: 1, maxItems: largestBulk }) },
  { ...closed, title: 'BulkBody' },
)
export type BulkBody = Static<typeof BulkBody>

export const BulkItem = Type.Union([
  Type.Object(
    { id: Uuid, status: Type.Literal(201), receipt: Receipt, overlaps: Type.Array(Overlap) },
    { ...closed, title: 'BulkAccepted' },
  ),
  Type.Object(
    { id: Uuid, status: Type.Integer({ minimum: 400, maximum: 599 }), problem: Problem },
    { ...closed, title: 'BulkRefused' },
  ),
])
export type BulkItem = Static<typeof BulkItem>

export const BulkAnswer = Type.Object(
  { results: Type.Array(BulkItem) },
  { ...closed, title: 'BulkAnswer' },
)
export type BulkAnswer = Static<typeof BulkAnswer>

export const WithdrawBody = Type.Object(
  {
    reason: Type.Enum(['no-longer-a-signal', 'entered-by-mistake', 'subject-objected', 'other']),
    onBehalfOf: Type.Optional(OnBehalfOf),
  },
  { ...closed, title: 'WithdrawBody' },
)
export type WithdrawBody = Static<typeof WithdrawBody>

export const SignalStatus = Type.Object(
  {
    id: Uuid,
    state: Type.Enum(['live', 'withdrawn', 'expired']),
    caseReference: Type.String(),
    submittedAt: Instant,
    receipt: Receipt,
  },
  { ...closed, title: 'SignalStatus' },
)
export type SignalStatus = Static<typeof SignalStatus>

export const OverlapPage = Type.Object(
  {
    overlaps: Type.Array(Overlap),
    next: Type.Optional(Type.String({ description: 'Cursor of the next page' })),
  },
  { ...closed, title: 'OverlapPage' },
)
export type OverlapPage = Static<typeof OverlapPage>
