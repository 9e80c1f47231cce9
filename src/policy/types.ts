import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { acts } from '../wire/policy.ts'

/** What a caller wants to do. `noun.verb`; the same names stand in the ledger. */
export type Act = (typeof acts)[number]

export type AgreementFacts = {
  readonly known: boolean
  readonly state: 'unknown' | 'proposed' | 'in-force' | 'suspended' | 'ended'
  readonly withinValidity: boolean
  readonly purpose: string
  readonly domain: string
  readonly parties: readonly string[]
  readonly submitters: readonly string[]
  readonly receivers: readonly string[]
  readonly categories: readonly string[]
  readonly dataCategories: readonly string[]
  readonly ageBands: readonly string[]
  readonly subjectKinds: readonly string[]
  /** Codes of the library on which `Facts.agency` rests its part: legal bases and exemptions. */
  readonly legalBases: readonly string[]
}

export type CallerFacts = {
  readonly active: boolean
  /** The agency that acts. */
  readonly agency: AgencyId
  /** Whether it holds a delegation of `Facts.agency` under this agreement now. */
  readonly delegated: boolean
}

/** Everything a decision may look at, gathered beforehand. A member that does not apply is ''. */
export type Facts = {
  /** For whom the act is done: the caller's own agency, or the one that delegated it. */
  readonly agency: AgencyId
  readonly agreementHash: AgreementHash
  readonly caller: CallerFacts
  readonly agreement: AgreementFacts
  readonly request: {
    readonly purpose: string
    readonly domain: string
    readonly category: string
    /** What kinds of data it shares. */
    readonly dataCategories: readonly string[]
    readonly ageBand: string
    readonly subjectKind: string
  }
  /** The agency that a signal belongs to; for acts on what is one's own. */
  readonly owner?: AgencyId
  /** The agency that asks for a disclosure; for acts on one. */
  readonly receiver?: AgencyId
  /** The agency that the agreement has look at flags, or ''; for `flag.review`. */
  readonly reviewer?: string
  /** The agency that has the lead; for acts that only it may do. */
  readonly lead?: AgencyId
  /** The agency that settles a dispute about the lead. */
  readonly coordinator?: AgencyId
  /** For acts on a look that was drawn. */
  readonly look?: LookFacts
  /** For `disclosure.release`. */
  readonly grant?: GrantFacts
  /** For `disclosure.release-emergency`. */
  readonly emergency?: EmergencyFacts
  /** For `alarm.take` and `alarm.close`. */
  readonly alarm?: AlarmFacts
}

/** Who acts on a drawn look, held against who looked. */
export type LookFacts = {
  /** The officer who looked; or, where none was named, the machine. */
  readonly own: boolean
  /** Another machine and, where officers were named, another officer than looked and gave the reason. */
  readonly other: boolean
}
/** Whether an alarm is about the very client or officer that asks. */
export type AlarmFacts = { readonly aboutCaller: boolean }

/** What a grant says, held against what is there when it is to be used. */
export type GrantFacts = {
  /** Its signer is admitted here and not suspended. */
  readonly byOwner: boolean
  /** Signal, fields, sealed texts and halves are those that are there. */
  readonly forRecord: boolean
  /** The agency that asks, under the encryption key that it declares here. */
  readonly forReceiver: boolean
  readonly current: boolean
  readonly revoked: boolean
  /** By another release than this one, or opened already. */
  readonly used: boolean
}

/** What two officers signed, held against the agreement and what is there. */
export type EmergencyFacts = {
  /** The agreement has a clause for emergencies. */
  readonly clause: boolean
  /** No use that the owner found not justified closed the route for this receiver. */
  readonly open: boolean
  readonly twoOfficers: boolean
  readonly ownerActive: boolean
  /** Signal, fields, sealed texts and halves are those that the owner signed as it sealed them. */
  readonly forRecord: boolean
  /** Under the encryption key that the receiver declares here. */
  readonly forReceiver: boolean
  readonly current: boolean
  readonly revoked: boolean
  /** With other statements than these, or opened already. */
  readonly used: boolean
  readonly withinLimit: boolean
}

/** Who acts, and for whom. */
export type Acting = Pick<Facts, 'agency' | 'caller'>

/** A policy that took part in a decision, with the sentence and article it is annotated with. */
export type Reason = {
  readonly policy: string
  readonly article: string
  readonly en: string
  readonly nl: string
}

/** What a policy that decided asks to be done afterwards. */
export type Obligation =
  | {
      readonly kind: 'review'
      /** The policy that asks for it. */
      readonly policy: string
      readonly withinDays: number
    }
  | {
      readonly kind: 'notify'
      readonly policy: string
      readonly role: NotifiedRole
      /** The agency for which the act is done, or the one whose signal it is about. */
      readonly of: 'agency' | 'owner'
    }

/** Who can be told of an act, at an agency. */
export type NotifiedRole = 'privacy-officer' | 'coordinator' | 'contact-desk'

export type Decision = {
  readonly outcome: 'permit' | 'refuse'
  /** All policies that decided: every forbid that holds, or else every permit. */
  readonly reasons: readonly Reason[]
  /** What the policies that decided ask for; the room `decisions` carries it out. */
  readonly obligations: readonly Obligation[]
}

export type Decide = (act: Act, facts: Facts) => Decision

/** The facts of an agreement that this operator does not know. */
export const unknownAgreement: AgreementFacts = {
  known: false,
  state: 'unknown',
  withinValidity: false,
  purpose: '',
  domain: '',
  parties: [],
  submitters: [],
  receivers: [],
  categories: [],
  dataCategories: [],
  ageBands: [],
  subjectKinds: [],
  legalBases: [],
}
