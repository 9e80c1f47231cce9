import Type, { type Static } from 'typebox'
import {
  AgencyIdText,
  AgreementHashText,
  closed,
  DomainText,
  Epoch,
  Instant,
  PublicKey,
  PurposeText,
  Statement,
  Thumbprint,
  Uuid,
} from './common.ts'
import { OnBehalfOf } from './delegation.ts'

/** Most points in one batch. */
export const largestBatch = 4096

const Points = Type.String({
  pattern: '^[A-Za-z0-9_-]+$',
  maxLength: Math.ceil((largestBatch * 32 * 4) / 3),
  description: 'Group elements of 32 bytes each (RFC 9496), concatenated, base64url',
})

/** Which state of its share an operator evaluates with: one more with every refresh; 1 when left out. */
const Generation = Type.Integer({ minimum: 1, maximum: 1_000_000 })

/** Payload of an `evaluation-batch`, signed with the agency's signing key for both operators. */
export const BatchPayload = Type.Object(
  {
    audience: Type.Object({ gateway: Thumbprint, keyholder: Thumbprint }, closed),
    agency: AgencyIdText,
    client: AgencyIdText,
    onBehalfOf: Type.Optional(OnBehalfOf),
    agreement: AgreementHashText,
    purpose: PurposeText,
    caseCommitment: Type.String({
      pattern: '^[A-Za-z0-9_-]{43}$',
      description: 'SHA-256 over a salt and the case references; the agency can show both again',
    }),
    domain: DomainText,
    epoch: Epoch,
    issuedAt: Instant,
    expiresAt: Instant,
    number: Uuid,
    points: Points,
  },
  closed,
)
export type BatchPayload = Static<typeof BatchPayload>

export const EvaluationBody = Type.Object(
  { batch: Statement },
  { ...closed, title: 'EvaluationBody' },
)
export type EvaluationBody = Static<typeof EvaluationBody>

/** Payload of a `forwarding`: the gateway vouches to the keyholder that it passed this batch on. */
export const ForwardingPayload = Type.Object(
  {
    audience: Thumbprint,
    batchHash: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
    issuedAt: Instant,
    generation: Type.Optional(Generation),
  },
  closed,
)
export type ForwardingPayload = Static<typeof ForwardingPayload>

export const ForwardedEvaluationBody = Type.Object(
  { batch: Statement, forwarding: Statement },
  { ...closed, title: 'ForwardedEvaluationBody' },
)
export type ForwardedEvaluationBody = Static<typeof ForwardedEvaluationBody>

/** One operator's half: evaluated elements and one batch proof (RFC 9497 §2.2). */
export const OperatorEvaluation = Type.Object(
  { elements: Points, proof: Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' }) },
  { ...closed, title: 'OperatorEvaluation' },
)
export type OperatorEvaluation = Static<typeof OperatorEvaluation>

export const EvaluationAnswer = Type.Object(
  { gateway: OperatorEvaluation, keyholder: OperatorEvaluation },
  { ...closed, title: 'EvaluationAnswer' },
)
export type EvaluationAnswer = Static<typeof EvaluationAnswer>

const OperatorKeys = Type.Object(
  {
    rootThumbprint: Thumbprint,
    publicKey: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
    sealingKey: PublicKey,
    ledgerKey: Type.String({
      maxLength: 200,
      description: 'Verifier key of this operator’s ledger (C2SP signed note)',
    }),
  },
  closed,
)

/** The content that both operators sign about the keys of one domain and epoch. */
export const DomainKeysContent = Type.Object(
  {
    domain: DomainText,
    epoch: Epoch,
    generation: Type.Optional(Generation),
    gateway: OperatorKeys,
    keyholder: OperatorKeys,
  },
  { ...closed, title: 'DomainKeysContent' },
)
export type DomainKeysContent = Static<typeof DomainKeysContent>

const bothStatements = { gateway: Statement, keyholder: Statement }

/** Two `domain-keys` statements over the same content, one by each operator's root key. */
export const DomainKeysManifest = Type.Object(bothStatements, {
  ...closed,
  title: 'DomainKeysManifest',
})
export type DomainKeysManifest = Static<typeof DomainKeysManifest>

/** The manifest of the newest open epoch; in an overlap window that of the older one too. */
export const DomainKeysAnswer = Type.Object(
  { ...bothStatements, former: Type.Optional(DomainKeysManifest) },
  {
    ...closed,
    title: 'DomainKeys',
    description:
      'In an overlap window two epochs are open: have everything evaluated under both, and submit the tokens of both',
  },
)
export type DomainKeysAnswer = Static<typeof DomainKeysAnswer>

/** The gateway's half, offered to the keyholder to be completed and countersigned. */
export const CountersignBody = Type.Object(
  { offer: Statement },
  { ...closed, title: 'CountersignBody' },
)
export type CountersignBody = Static<typeof CountersignBody>

export const DomainKeysOffer = Type.Object(
  { domain: DomainText, epoch: Epoch, gateway: OperatorKeys, audience: Thumbprint },
  closed,
)
export type DomainKeysOffer = Static<typeof DomainKeysOffer>

export const CountersignAnswer = Type.Object(
  { manifest: Statement },
  { ...closed, title: 'CountersignAnswer' },
)
export type CountersignAnswer = Static<typeof CountersignAnswer>
