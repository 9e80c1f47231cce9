import Type, { type Static } from 'typebox'
import { slugPattern } from '../kernel/ids.ts'
import { EmergencyClause, NonPunishmentClause } from './clauses.ts'
import { subjectKinds } from './codes/subjects.ts'
import { ageBands, categories, codesOf, dataCategories, leadRoutes } from './codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  ContactDesk,
  closed,
  Day,
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

export const PartyRole = OneOf(['submit', 'receive'])
export type PartyRole = Static<typeof PartyRole>

/** A legal basis or exemption of one party: a code of the library, and words of its own where needed. */
const PartyLegalBasis = Type.Object(
  {
    code: Type.String({ pattern: slugPattern, description: 'Code in the library of legal bases' }),
    roles: SomeOf(['submit', 'receive'], {
      description: 'Roles that rest on it; none for an exemption',
    }),
    explanation: Type.Optional(Line(500)),
  },
  { ...closed, title: 'PartyLegalBasis' },
)

const PartyDesk = Type.Object(
  {
    name: ContactDesk,
    deputy: Type.Optional(ContactDesk),
    coordinator: Type.Optional(
      Type.String({
        ...ContactDesk,
        description: 'Who is told when desk and deputy let a term pass',
      }),
    ),
    absences: ListOf(
      Type.Object({ from: Day, until: Day }, { ...closed, description: 'Both days included' }),
      50,
      { description: 'Days on which the deputy is named instead' },
    ),
  },
  { ...closed, title: 'PartyDesk' },
)

/** Parties of one agreement at most. */
export const mostParties = 200

const Party = Type.Object(
  {
    agency: AgencyIdText,
    rootThumbprint: Thumbprint,
    roles: SomeOf(['submit', 'receive'], { minItems: 1 }),
    legalBases: ListOf(PartyLegalBasis, 20, { minItems: 1 }),
    competentAuthority: Type.Optional(
      Line(200, {
        description: 'Who consented as competent authority (bevoegd gezag), and under which number',
      }),
    ),
    contactDesk: PartyDesk,
    fourEyes: Type.Boolean({ description: 'Two of its keys have to accept' }),
  },
  { ...closed, title: 'Party' },
)

const Lead = Type.Object(
  Object.fromEntries(codesOf(leadRoutes).map((route) => [route, AgencyIdText])) as Record<
    (typeof leadRoutes)[number]['code'],
    typeof AgencyIdText
  >,
  { ...closed, title: 'Lead', description: 'Which party has the lead, by lead route' },
)

const Operator = Type.Object({ rootThumbprint: Thumbprint }, closed)
/**
 * A million elements a day are some 80,000 persons with all their linkage keys: more than any agency
 * has cases. To try every BSN, of which there are 90 million, an agency would need three months of
 * days on which both operators write each batch down.
 */
const Quota = Type.Integer({ minimum: 1, maximum: 1_000_000 })

/** Another form is another kind of content: an agreement of a form that is not this one does not count. */
export const agreementForm = 'raakvlak-agreement/2'

/**
 * The content that parties sign: a contract after Federated Service Connectivity with the members
 * of Wpg art. 20(2). Immutable; a change is a new agreement that names its predecessor.
 */
export const AgreementContent = Type.Object(
  {
    form: Type.Literal(agreementForm),
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
    dataCategories: SomeOf(codesOf(dataCategories), { minItems: 1 }),
    categories: SomeOf(codesOf(categories), { minItems: 1 }),
    ageBands: SomeOf(codesOf(ageBands), { minItems: 1 }),
    subjectKinds: SomeOf(codesOf(subjectKinds), { minItems: 1 }),
    conditions: ListOf(Type.String({ maxLength: 500 }), 50),
    retentionMonths: Type.Integer({ minimum: 1, maximum: 24 }),
    archive: Type.Optional(
      Type.Object(
        { years: Type.Integer({ minimum: 1, maximum: 5 }) },
        {
          ...closed,
          description:
            'Years after retention in which a young person whose signal expired is still recognised, once',
        },
      ),
    ),
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
    lead: Lead,
    renewalNoticeDays: Type.Integer({
      minimum: 1,
      maximum: 365,
      description: 'Days before the end from which renewal is due',
    }),
    emergency: Type.Optional(EmergencyClause),
    nonPunishment: Type.Optional(NonPunishmentClause),
    dpiaReference: Type.String({ minLength: 1, maxLength: 200 }),
    gateway: Operator,
    keyholder: Operator,
  },
  { ...closed, title: 'AgreementContent' },
)
export type AgreementContent = Static<typeof AgreementContent>
export type AgreementParty = Static<typeof Party>

/** Payload of an `agreement-signature`, signed with a party's signing key or a signatory's. */
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

/** Payload of an `agreement-suspension`: an administrator of one operator stops all acts there, or lifts that. */
export const SuspensionPayload = Type.Object(
  {
    audience: Thumbprint,
    agreement: AgreementHashText,
    suspended: Type.Boolean(),
    cause: OneOf(['incident', 'legal-basis', 'misuse', 'other']),
    issuedAt: Instant,
  },
  closed,
)
export type SuspensionPayload = Static<typeof SuspensionPayload>

export const AgreementState = OneOf(['proposed', 'in-force', 'suspended', 'ended'])

export const AgreementAnswer = Type.Object(
  {
    hash: AgreementHashText,
    state: AgreementState,
    accepted: ListOf(AgencyIdText, mostParties),
    awaiting: ListOf(AgencyIdText, mostParties),
    renewalDue: Type.Boolean({ description: 'It ends soon, and no later version stands ready' }),
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
