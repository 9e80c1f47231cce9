import Type, { type Static } from 'typebox'
import { slugPattern } from '../kernel/ids.ts'
import type { AgreementAnswer, AgreementContent } from '../wire/agreement.ts'
import { refusalReasons, sealedFields } from '../wire/codes/disclosures.ts'
import { codesOf } from '../wire/codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  closed,
  Epoch,
  Line,
  ListOf,
  OneOf,
  type Receipt,
  SomeOf,
  Uuid,
} from '../wire/common.ts'
import type { DisclosureSummary, DisclosureView } from '../wire/disclosure.ts'
import type { SignalFeedback } from '../wire/follow-up.ts'
import type { LegalBasis } from '../wire/library.ts'
import {
  CorrectBody,
  type EndedOverlap,
  type Overlap,
  SealedField,
  SignalBody,
} from '../wire/signal.ts'

/**
 * What the reporter's page and the agency's own connector say to each other. No member can hold an identity:
 * what is blinded, sealed or a code is all that there is room for.
 */

/** May enter signals; may also decide in the agency's name. */
export const officerRoles = ['reporter', 'decider'] as const
export type OfficerRole = (typeof officerRoles)[number]

const AccessCode = Type.String({ minLength: 1, maxLength: 100, description: 'As it was printed' })

export const SignInBody = Type.Object({ code: AccessCode }, closed)

export type SignedIn = {
  /** Goes with every request in the header `Authorization`; the page keeps it in memory only. */
  readonly token: string
  readonly name: string
  readonly role: OfficerRole
  /** After so many minutes without a request the session ends. */
  readonly idleMinutes: number
}

/** The agency whose connector this is, and whom it trusts. */
export type OwnAgency = {
  readonly agency: string
  readonly name: string
  readonly client: string
  readonly contactDesk: string
  readonly thumbprints: { readonly gateway: string; readonly keyholder: string }
  /** Agreements that were accepted from the agency's folder. */
  readonly agreements: readonly { readonly hash: string; readonly content: AgreementContent }[]
  readonly bundle: string
}

const CaseReference = Line(100)

export const EvaluateBody = Type.Object(
  {
    agreement: AgreementHashText,
    epoch: Epoch,
    caseReference: CaseReference,
    points: Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 43_691 }),
  },
  closed,
)
export type EvaluateBody = Static<typeof EvaluateBody>

export const SealBody = Type.Object(
  {
    agreement: AgreementHashText,
    signalId: Uuid,
    sealed: ListOf(SealedField, sealedFields.length, { minItems: 1 }),
  },
  closed,
)
export type SealBody = Static<typeof SealBody>

export const SubmitBody = Type.Object({ signal: SignalBody }, closed)
export const CorrectionBody = Type.Object({ signal: CorrectBody }, closed)

/** A signal that was sent from the page, as the connector remembers it and the gateway has it now. */
export type SentSignal = {
  readonly id: string
  readonly caseReference: string
  readonly agreement: string
  readonly subjectKind: string
  readonly category: string
  readonly sentAt: string
  readonly epoch: number
  /** Whether it was sent by whoever asks. */
  readonly own: boolean
  readonly receipt?: Receipt
}

export type SignalNow = {
  readonly state: 'live' | 'restricted' | 'withdrawn' | 'expired'
  readonly submittedAt: string
  readonly correctedAt?: string
  readonly receipt: Receipt
  readonly feedback: SignalFeedback
  readonly overlaps: readonly Overlap[]
  readonly ended: readonly EndedOverlap[]
}

const StepUp = { code: AccessCode }
const Remark = Type.String({ minLength: 10, maxLength: 2_000 })
const Fields = SomeOf(codesOf(sealedFields), { minItems: 1 })

/** Decisions in the agency's name ask for the access code again. */
export const GrantBody = Type.Object(
  { ...StepUp, fields: Fields, days: Type.Integer({ minimum: 1, maximum: 30 }) },
  closed,
)
export const RefuseBody = Type.Object(
  { reason: OneOf(codesOf(refusalReasons)), text: Type.Optional(Remark) },
  closed,
)
export const RemarkBody = Type.Object({ text: Remark }, closed)
export const StepUpBody = Type.Object(StepUp, closed)
export const RequestBody = Type.Object(
  {
    ...StepUp,
    agreement: AgreementHashText,
    handle: Uuid,
    owner: AgencyIdText,
    fields: Fields,
    article: Type.String({ pattern: slugPattern }),
    necessity: Remark,
  },
  closed,
)
export const SignBody = Type.Object(
  { ...StepUp, type: OneOf(['accept', 'reject', 'revoke']) },
  closed,
)

/** Disclosures under all agreements of the folder: what others ask, and what was asked of others. */
export type Disclosures = {
  readonly asked: readonly DisclosureSummary[]
  readonly asking: readonly DisclosureSummary[]
}

export type BasisTold = Pick<LegalBasis, 'code' | 'article' | 'en' | 'nl'>

export type DisclosureTold = {
  readonly view: DisclosureView
  /** Why it is asked, in the receiver's own signed words; for the owner. */
  readonly necessity?: string
  /** The own case that it is about, by the agency's own journals; absent when they do not know the signal. */
  readonly ownCase?: string
  /** The legal basis that is named, as the gateway's library has it. */
  readonly basis?: BasisTold
}

export type AgreementLine = Pick<AgreementAnswer, 'hash' | 'state' | 'awaiting' | 'renewalDue'> & {
  readonly title: string
  readonly purpose: string
}

/** An agreement as it would be signed: its content is what its hash says. */
export type AgreementTold = AgreementAnswer & {
  readonly content: AgreementContent
  /** The legal bases that it names, as the gateway's library has them. */
  readonly bases: readonly BasisTold[]
  /** The version that it takes the place of. */
  readonly previous?: AgreementContent
}
