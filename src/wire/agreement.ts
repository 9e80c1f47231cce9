import Type, { type Static } from 'typebox'
import { subjectKinds } from './codes/subjects.ts'
import { ageBands, categories, codesOf } from './codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  ContactDesk,
  closed,
  DomainText,
  Instant,
  PurposeText,
  Statement,
  Thumbprint,
  Uuid,
} from './common.ts'

export const PartyRole = Type.Enum(['submit', 'receive'])

const Party = Type.Object(
  {
    agency: AgencyIdText,
    rootThumbprint: Thumbprint,
    roles: Type.Array(PartyRole, { minItems: 1, uniqueItems: true }),
    legalBasis: Type.String({ minLength: 1, maxLength: 300 }),
    contactDesk: ContactDesk,
  },
  { ...closed, title: 'Party' },
)

const Operator = Type.Object({ rootThumbprint: Thumbprint }, closed)
const Quota = Type.Integer({ minimum: 1, maximum: 100_000_000 })

/**
 * The content that parties sign: a contract after Federated Service Connectivity with the members
 * of Wpg art. 20(2). Immutable; a change is a new agreement that names its predecessor.
 */
export const AgreementContent = Type.Object(
  {
    form: Type.Literal('raakvlak-agreement/1'),
    id: Uuid,
    previous: Type.Optional(AgreementHashText),
    hashAlgorithm: Type.Literal('HASH_ALGORITHM_SHA3_512'),
    title: Type.String({ minLength: 1, maxLength: 200 }),
    publicInterest: Type.String({ minLength: 1, maxLength: 1000 }),
    collaboration: Type.String({ minLength: 1, maxLength: 1000 }),
    purpose: PurposeText,
    domain: DomainText,
    validity: Type.Object({ notBefore: Instant, notAfter: Instant }, closed),
    createdAt: Instant,
    parties: Type.Array(Party, { minItems: 2, maxItems: 200 }),
    categories: Type.Array(Type.Enum(codesOf(categories)), { minItems: 1, uniqueItems: true }),
    ageBands: Type.Array(Type.Enum(codesOf(ageBands)), { minItems: 1, uniqueItems: true }),
    subjectKinds: Type.Array(Type.Enum(codesOf(subjectKinds)), { minItems: 1, uniqueItems: true }),
    conditions: Type.Array(Type.String({ maxLength: 500 }), { maxItems: 50 }),
    retentionMonths: Type.Integer({ minimum: 1, maximum: 24 }),
    quotas: Type.Object(
      { evaluationsPerDay: Quota, submissionsPerDay: Quota, withdrawalsPerDay: Quota },
      closed,
    ),
    deadlines: Type.Object(
      {
        acknowledgeWorkingDays: Type.Integer({ minimum: 1, maximum: 60 }),
        closeDays: Type.Integer({ minimum: 1, maximum: 365 }),
        disclosureHours: Type.Integer({ minimum: 1, maximum: 720 }),
      },
      closed,
    ),
    dpiaReference: Type.String({ minLength: 1, maxLength: 200 }),
    gateway: Operator,
    keyholder: Operator,
  },
  { ...closed, title: 'AgreementContent' },
)
export type AgreementContent = Static<typeof AgreementContent>
export type AgreementParty = Static<typeof Party>

/** Payload of an `agreement-signature`, signed with a party's signing key. */
export const AgreementSignaturePayload = Type.Object(
  {
    contentHash: AgreementHashText,
    agency: AgencyIdText,
    type: Type.Enum(['accept', 'reject', 'revoke']),
    signedAt: Instant,
  },
  closed,
)
export type AgreementSignaturePayload = Static<typeof AgreementSignaturePayload>

export const ProposeBody = Type.Object(
  { content: AgreementContent, signature: Statement },
  { ...closed, title: 'ProposeBody' },
)
export type ProposeBody = Static<typeof ProposeBody>

export const SignatureBody = Type.Object(
  { signature: Statement },
  { ...closed, title: 'SignatureBody' },
)
export type SignatureBody = Static<typeof SignatureBody>

export const AgreementState = Type.Enum(['proposed', 'in-force', 'ended'])

export const AgreementAnswer = Type.Object(
  {
    hash: AgreementHashText,
    state: AgreementState,
    accepted: Type.Array(AgencyIdText),
    awaiting: Type.Array(AgencyIdText),
  },
  { ...closed, title: 'AgreementAnswer' },
)
export type AgreementAnswer = Static<typeof AgreementAnswer>

export const AgreementView = Type.Object(
  { ...AgreementAnswer.properties, content: AgreementContent },
  { ...closed, title: 'AgreementView' },
)

export const AgreementList = Type.Object(
  { agreements: Type.Array(AgreementView) },
  { ...closed, title: 'AgreementList' },
)
export type AgreementList = Static<typeof AgreementList>
