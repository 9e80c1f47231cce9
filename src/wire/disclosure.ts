import Type, { type Static } from 'typebox'
import { slugPattern } from '../kernel/ids.ts'
import { refusalReasons, sealedFields } from './codes/disclosures.ts'
import { codesOf } from './codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  closed,
  Instant,
  Line,
  ListOf,
  OneOf,
  PurposeText,
  SomeOf,
  Statement,
  Thumbprint,
  Uuid,
} from './common.ts'
import { SealedField } from './signal.ts'

/** Most disclosures on one page. */
export const disclosuresPerPage = 50
/** Questions, replies, refusals and objections in one disclosure at most. */
export const mostRemarks = 20
/** A grant ends after this many days at the latest. */
export const longestGrantDays = 30

export const Digest = (description: string) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description })
export const Fields = SomeOf(codesOf(sealedFields), { minItems: 1, description: 'Sealed fields' })
/** Words of one agency for another: why it asks, why not, what it wants to know. */
export const Text = Type.String({ minLength: 10, maxLength: 2_000 })
export const Audience = Type.Object(
  { gateway: Thumbprint, keyholder: Thumbprint },
  { ...closed, description: 'Root keys of the operators that it is meant for' },
)

/** Payload of a `disclosure-request`: a receiver says what it wants, on which basis, and why. */
export const DisclosureRequestPayload = Type.Object(
  {
    audience: Audience,
    number: Uuid,
    agency: AgencyIdText,
    owner: AgencyIdText,
    agreement: AgreementHashText,
    purpose: PurposeText,
    fields: Fields,
    article: Type.String({
      pattern: slugPattern,
      description:
        'Legal basis on which the receiver receives under the agreement: its code in the library',
    }),
    necessity: Text,
    encryptionThumbprint: Thumbprint,
    issuedAt: Instant,
  },
  closed,
)
export type DisclosureRequestPayload = Static<typeof DisclosureRequestPayload>

/** A sealed field as its owner names it in a signed text: any other body, or any other half, is another field. */
export const NamedField = Type.Object(
  {
    field: OneOf(codesOf(sealedFields)),
    sealedHash: Digest('SHA-256 over field, body and hashes of its halves'),
    halfHashes: Type.Object(
      { gateway: Digest('SHA-256 of the half'), keyholder: Digest('SHA-256 of the half') },
      closed,
    ),
  },
  closed,
)

/** Payload of a `disclosure-grant`: the owner lets one receiver open these fields of one signal, once. */
export const GrantPayload = Type.Object(
  {
    audience: Audience,
    number: Uuid,
    request: Uuid,
    requestHash: Digest('SHA-256 of the signed request'),
    agency: Type.String({ ...AgencyIdText, description: 'The owner' }),
    receiver: AgencyIdText,
    encryptionThumbprint: Thumbprint,
    agreement: AgreementHashText,
    purpose: PurposeText,
    signalId: Uuid,
    fields: ListOf(NamedField, sealedFields.length, { minItems: 1 }),
    issuedAt: Instant,
    expiresAt: Instant,
  },
  closed,
)
export type GrantPayload = Static<typeof GrantPayload>

/** Payload of a `grant-revocation`: the owner takes a grant back, at each operator. */
export const GrantRevocationPayload = Type.Object(
  { audience: Audience, agency: AgencyIdText, grant: Uuid, issuedAt: Instant },
  closed,
)
export type GrantRevocationPayload = Static<typeof GrantRevocationPayload>

/** Payload of a `disclosure-release`: the receiver asks each operator for its half under a grant. */
export const ReleasePayload = Type.Object(
  {
    audience: Audience,
    number: Uuid,
    agency: Type.String({ ...AgencyIdText, description: 'The receiver' }),
    client: AgencyIdText,
    owner: AgencyIdText,
    grant: Uuid,
    grantHash: Digest('SHA-256 of the signed grant'),
    issuedAt: Instant,
  },
  closed,
)
export type ReleasePayload = Static<typeof ReleasePayload>

/** Payload of a `disclosure-receipt`: the receiver says that it opened what was granted. */
export const DisclosureReceiptPayload = Type.Object(
  {
    audience: Audience,
    agency: Type.String({ ...AgencyIdText, description: 'The receiver' }),
    owner: AgencyIdText,
    grant: Uuid,
    release: Uuid,
    openedAt: Instant,
  },
  closed,
)
export type DisclosureReceiptPayload = Static<typeof DisclosureReceiptPayload>

export const DisclosureRequestBody = Type.Object(
  { handle: Uuid, request: Statement },
  { ...closed, title: 'DisclosureRequestBody' },
)
export type DisclosureRequestBody = Static<typeof DisclosureRequestBody>

/** What an owner says instead of granting. */
export const DisclosureAnswerBody = Type.Union(
  [
    Type.Object(
      {
        answer: Type.Literal('refuse'),
        reason: OneOf(codesOf(refusalReasons)),
        text: Type.Optional(Text),
      },
      { ...closed, title: 'DisclosureRefusal' },
    ),
    Type.Object(
      { answer: Type.Literal('ask'), text: Text },
      { ...closed, title: 'DisclosureQuestion' },
    ),
  ],
  { title: 'DisclosureAnswerBody' },
)
export type DisclosureAnswerBody = Static<typeof DisclosureAnswerBody>

/** What a receiver says to a question, or against a refusal: the latter once. */
export const DisclosureReplyBody = Type.Object(
  { reply: OneOf(['answer', 'objection']), text: Text },
  { ...closed, title: 'DisclosureReplyBody' },
)
export type DisclosureReplyBody = Static<typeof DisclosureReplyBody>

export const GrantBody = Type.Object({ grant: Statement }, { ...closed, title: 'GrantBody' })
export type GrantBody = Static<typeof GrantBody>

export const ReleaseBody = Type.Object({ release: Statement }, { ...closed, title: 'ReleaseBody' })
export type ReleaseBody = Static<typeof ReleaseBody>

export const FieldHalf = Type.Object(
  {
    field: OneOf(codesOf(sealedFields)),
    half: Type.String({ maxLength: 2_000, description: 'Compact JWE that carries one half' }),
  },
  { ...closed, title: 'FieldHalf' },
)
export const Halves = ListOf(FieldHalf, sealedFields.length, { minItems: 1 })

/** What the keyholder needs for its half: it keeps none, so that they come with the release. */
export const KeyholderReleaseBody = Type.Object(
  { release: Statement, grant: Statement, halves: Halves },
  { ...closed, title: 'KeyholderReleaseBody' },
)
export type KeyholderReleaseBody = Static<typeof KeyholderReleaseBody>

export const KeyholderReleaseAnswer = Type.Object(
  { halves: Halves },
  { ...closed, title: 'KeyholderReleaseAnswer' },
)
export type KeyholderReleaseAnswer = Static<typeof KeyholderReleaseAnswer>

/** The gateway's half, encrypted to the receiver, with the fields as their owner sealed them. */
export const ReleaseAnswer = Type.Object(
  {
    sealed: ListOf(SealedField, sealedFields.length, { minItems: 1 }),
    halves: Halves,
  },
  { ...closed, title: 'ReleaseAnswer' },
)
export type ReleaseAnswer = Static<typeof ReleaseAnswer>

export const RevocationAnswer = Type.Object(
  {
    released: Type.Boolean({
      description: 'This operator had released its half already; the field opens with both only',
    }),
  },
  { ...closed, title: 'RevocationAnswer' },
)
export type RevocationAnswer = Static<typeof RevocationAnswer>

const Remark = Type.Object(
  {
    by: OneOf(['owner', 'receiver']),
    kind: OneOf(['question', 'answer', 'refusal', 'objection']),
    text: Type.Optional(Type.String({ maxLength: 2_000 })),
    at: Instant,
  },
  { ...closed, title: 'Remark' },
)
export type Remark = Static<typeof Remark>

export const disclosureStates = [
  'requested',
  'asked',
  'refused',
  'granted',
  'expired',
  'revoked',
  'released',
  'opened',
  'ended',
] as const
export type DisclosureState = (typeof disclosureStates)[number]

/** A disclosure as one of its two sides may see it. Neither learns the other's case or signal from it before a grant. */
export const DisclosureSummary = Type.Object(
  {
    number: Uuid,
    side: OneOf(['owner', 'receiver'], { description: 'Which of the two the reader is' }),
    other: Type.Object({ agency: AgencyIdText, name: Line(100) }, closed),
    agreement: AgreementHashText,
    purpose: PurposeText,
    state: OneOf(disclosureStates, {
      description: 'ended: one of the two signals is no longer there',
    }),
    fields: Fields,
    article: Type.String({ pattern: slugPattern }),
    signal: Type.Object(
      { id: Uuid, caseReference: Type.Optional(Line(100)) },
      { ...closed, description: 'The reader’s own signal' },
    ),
    requestedAt: Instant,
    dueAt: Type.String({ ...Instant, description: 'By when the owner has to answer' }),
    overdue: Type.Boolean(),
    refusal: Type.Optional(OneOf(codesOf(refusalReasons))),
    grant: Type.Optional(
      Type.Object({ number: Uuid, fields: Fields, expiresAt: Instant }, { ...closed }),
    ),
  },
  { ...closed, title: 'DisclosureSummary' },
)
export type DisclosureSummary = Static<typeof DisclosureSummary>

/** With everything that was said, and what each side needs to verify the other’s word, to grant and to open. */
export const DisclosureView = Type.Object(
  {
    ...DisclosureSummary.properties,
    remarks: ListOf(Remark, mostRemarks),
    request: Type.Optional(
      Type.String({ ...Statement, description: 'As the receiver signed it; erased after a time' }),
    ),
    receiverCard: Type.Optional(
      Type.String({ ...Statement, description: 'For the owner: the receiver’s keys' }),
    ),
    sealed: Type.Optional(ListOf(SealedField, sealedFields.length)),
    ownerCard: Type.Optional(
      Type.String({ ...Statement, description: 'For the receiver: the owner’s keys' }),
    ),
    grantStatement: Type.Optional(
      Type.String({ ...Statement, description: 'As the owner signed it' }),
    ),
  },
  { ...closed, title: 'DisclosureView' },
)
export type DisclosureView = Static<typeof DisclosureView>

export const DisclosurePage = Type.Object(
  {
    disclosures: ListOf(DisclosureSummary, disclosuresPerPage),
    next: Type.Optional(Type.String({ maxLength: 100, description: 'Cursor of the next page' })),
  },
  { ...closed, title: 'DisclosurePage' },
)
export type DisclosurePage = Static<typeof DisclosurePage>
