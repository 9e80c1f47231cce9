import Type, { type Static } from 'typebox'
import { sealedFields } from './codes/disclosures.ts'
import { emergencyOutcomes } from './codes/emergencies.ts'
import { codesOf } from './codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  closed,
  Instant,
  ListOf,
  OneOf,
  PurposeText,
  Statement,
  Thumbprint,
  Uuid,
} from './common.ts'
import { Audience, Digest, Fields, Halves, NamedField, Text } from './disclosure.ts'
import { Seal } from './signal.ts'

/** What officers sign holds this long at most. */
export const longestEmergencyHours = 24
/** Most emergencies that one answer lists: the latest. */
export const mostEmergencies = 200

/**
 * Payload of a `sealed-fields`: an owner names what it sealed in a signal. It stands where a grant would
 * name it: in an emergency the owner is not asked, and nobody else can say what its text is.
 */
export const SealPayload = Type.Object(
  {
    audience: Audience,
    agency: Type.String({ ...AgencyIdText, description: 'The owner' }),
    agreement: AgreementHashText,
    purpose: PurposeText,
    signalId: Uuid,
    fields: ListOf(NamedField, sealedFields.length, { minItems: 1 }),
    sealedAt: Instant,
  },
  closed,
)
export type SealPayload = Static<typeof SealPayload>

/** Payload of an `emergency`: two officers of the receiver sign the same one, each with their own key. */
export const EmergencyPayload = Type.Object(
  {
    audience: Audience,
    number: Uuid,
    agency: Type.String({ ...AgencyIdText, description: 'The receiver' }),
    owner: AgencyIdText,
    agreement: AgreementHashText,
    purpose: PurposeText,
    signalId: Uuid,
    sealHash: Digest('SHA-256 of the owner’s signed word on what it sealed'),
    fields: Fields,
    necessityHash: Digest('SHA-256 over salt and necessity: only the owner reads them'),
    encryptionThumbprint: Thumbprint,
    issuedAt: Instant,
    expiresAt: Instant,
  },
  closed,
)
export type EmergencyPayload = Static<typeof EmergencyPayload>

export const Necessity = Type.Object(
  { text: Text, salt: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }) },
  { ...closed, title: 'Necessity' },
)
export type Necessity = Static<typeof Necessity>

/** Payload of an `emergency-review`: what the owner found. Said to both operators. */
export const EmergencyReviewPayload = Type.Object(
  {
    audience: Audience,
    agency: Type.String({ ...AgencyIdText, description: 'The owner' }),
    number: Uuid,
    outcome: OneOf(codesOf(emergencyOutcomes)),
    reviewedAt: Instant,
  },
  closed,
)
export type EmergencyReviewPayload = Static<typeof EmergencyReviewPayload>

/** Payload of an `emergency-reopening`: the owner opens the route again. Said to both operators. */
export const EmergencyReopeningPayload = Type.Object(
  {
    audience: Audience,
    agency: Type.String({ ...AgencyIdText, description: 'The owner' }),
    receiver: AgencyIdText,
    agreement: AgreementHashText,
    reopenedAt: Instant,
  },
  closed,
)
export type EmergencyReopeningPayload = Static<typeof EmergencyReopeningPayload>

/**
 * Payload of an `emergency-question`: an agency asks one operator which emergencies it takes part in. It
 * names which: only the gateway tells an owner why, and the keyholder could else ask it in the owner’s name.
 */
export const EmergencyQuestionPayload = Type.Object(
  {
    audience: Audience,
    operator: OneOf(['gateway', 'keyholder'], { description: 'Which of the two is asked' }),
    agency: AgencyIdText,
    agreement: AgreementHashText,
    askedAt: Instant,
  },
  closed,
)
export type EmergencyQuestionPayload = Static<typeof EmergencyQuestionPayload>

export const EmergencyPreparation = Type.Object(
  { number: Uuid, handle: Uuid, owner: AgencyIdText, fields: Fields },
  { ...closed, title: 'EmergencyPreparation' },
)
export type EmergencyPreparation = Static<typeof EmergencyPreparation>

/** Which record the officers are to sign for. */
export const PreparedEmergency = Type.Object(
  { number: Uuid, signalId: Uuid, seal: Seal, ownerCard: Statement },
  { ...closed, title: 'PreparedEmergency' },
)
export type PreparedEmergency = Static<typeof PreparedEmergency>

/** By two officers. More would hide who they are. */
const Statements = ListOf(Statement, 2, { minItems: 2 })

export const EmergencyReleaseBody = Type.Object(
  { statements: Statements, necessity: Necessity },
  { ...closed, title: 'EmergencyReleaseBody' },
)
export type EmergencyReleaseBody = Static<typeof EmergencyReleaseBody>

/** The keyholder keeps no halves and no seals: they come along. */
export const KeyholderEmergencyBody = Type.Object(
  { statements: Statements, seal: Seal, halves: Halves },
  { ...closed, title: 'KeyholderEmergencyBody' },
)
export type KeyholderEmergencyBody = Static<typeof KeyholderEmergencyBody>

/** An emergency as one operator has it, for either side. */
export const EmergencyView = Type.Object(
  {
    number: Uuid,
    receiver: AgencyIdText,
    owner: AgencyIdText,
    agreement: AgreementHashText,
    signalId: Uuid,
    fields: Fields,
    statements: Type.Array(Statement, {
      maxItems: 2,
      description: 'As the officers signed them',
    }),
    officers: Type.Array(Thumbprint, { maxItems: 2, description: 'Keys of the two officers' }),
    releasedAt: Type.Optional({ ...Instant, description: 'Absent while it is prepared only' }),
    reviewBy: Type.Optional(Instant),
    overdue: Type.Boolean(),
    outcome: Type.Optional(OneOf(codesOf(emergencyOutcomes))),
    reviewedAt: Type.Optional(Instant),
    closed: Type.Boolean({ description: 'The route is closed for this receiver' }),
    necessity: Type.Optional(
      Type.Object(
        { ...Necessity.properties },
        {
          ...closed,
          description: 'At the gateway, for the owner; erased after a time',
        },
      ),
    ),
  },
  { ...closed, title: 'EmergencyView' },
)
export type EmergencyView = Static<typeof EmergencyView>

export const EmergencyList = Type.Object(
  { emergencies: ListOf(EmergencyView, mostEmergencies) },
  { ...closed, title: 'EmergencyList' },
)
export type EmergencyList = Static<typeof EmergencyList>
