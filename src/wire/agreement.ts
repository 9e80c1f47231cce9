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
  Line,
  ListOf,
  OneOf,
  PurposeText,
  SomeOf,
  Statement,
  Thumbprint,
  Uuid,
} from './common.ts'

/** Parties of one agreement at most. */
export const mostParties = 200

const Party = Type.Object(
  {
    agency: AgencyIdText,
    rootThumbprint: Thumbprint,
    roles: SomeOf(['submit', 'receive'], { minItems: 1 }),
    legalBasis: Type.String({ minLength: 1, maxLength: 300 }),
    contactDesk: ContactDesk,
  },
  { ...closed, title: 'Party' },
)

const Operator = Type.Object({ rootThumbprint: Thumbprint }, closed)
/**
 * A million elements a day are some 80,000 persons with all their linkage keys: more than any agency
 * has cases. To try every BSN, of which there are 90 million, an agency would need three months of
 * days on which both operators write each batch down.
 */
const Quota = Type.Integer({ minimum: 1, maximum: 1_000_000 })

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
    title: Line(200),
    publicInterest: Type.String({ minLength: 1, maxLength: 1000 }),
    collaboration: Type.String({ minLength: 1, maxLength: 1000 }),
    purpose: PurposeText,
    domain: DomainText,
    validity: Type.Object({ notBefore: Instant, notAfter: Instant }, closed),
    createdAt: Instant,
    parties: ListOf(Party, mostParties, { minItems: 2 }),
    categories: SomeOf(codesOf(categories), { minItems: 1 }),
    ageBands: SomeOf(codesOf(ageBands), { minItems: 1 }),
    subjectKinds: SomeOf(codesOf(subjectKinds), { minItems: 1 }),
    conditions: ListOf(Type.String({ maxLength: 500 }), 50),
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
    type: OneOf(['accept', 'reject', 'revoke']),
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

export const AgreementState = OneOf(['proposed', 'in-force', 'ended'])

export const AgreementAnswer = Type.Object(
  {
    hash: AgreementHashText,
    state: AgreementState,
    accepted: ListOf(AgencyIdText, mostParties),
    awaiting: ListOf(AgencyIdText, mostParties),
  },
  { ...closed, title: 'AgreementAnswer' },
)
export type AgreementAnswer = Static<typeof AgreementAnswer>

export const AgreementView = Type.Object(
  { ...AgreementAnswer.properties, content: AgreementContent },
  { ...closed, title: 'AgreementView' },
)

/** Most agreements on one page. */
export const agreementsPerPage = 50

export const AgreementList = Type.Object(
  {
    agreements: ListOf(AgreementView, agreementsPerPage),
    next: Type.Optional(Type.String({ maxLength: 100, description: 'Cursor of the next page' })),
  },
  { ...closed, title: 'AgreementList' },
)
export type AgreementList = Static<typeof AgreementList>
