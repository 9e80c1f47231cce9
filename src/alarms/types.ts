import type { AgencyId, ClientId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { AlarmRule } from '../wire/codes/alarms.ts'

/** Who looks at alarms: at the gateway a client with its officer, at the keyholder whoever holds a key of the agency. */
export type Reviewer = {
  readonly agency: AgencyId
  readonly requestId?: string
  readonly client?: ClientId
  readonly officer?: string
  /** Thumbprint of the key that signed. */
  readonly signatory?: string
  /** It signed with the key that the agency’s machines use. */
  readonly isMachine?: boolean
}

/** What is counted. Each is a number of acts, but for `elements`, `list` and `export`. */
export type Measure =
  | 'look'
  | 'subject'
  | 'night'
  | 'night-batch'
  | 'over'
  | 'missing'
  | 'region'
  | 'home-region'
  | 'list'
  | 'export'
  | 'elements'
  | 'batch'
  | 'submit'
  | 'hit'
  | 'miss'
  | 'soon-withdrawn'
  | 'corrected'
  | 'staff'
  /** People for whom elements are evaluated without a signal: staff, and who asks for their own. */
  | 'protected'

/** How much one actor did on one day in the Netherlands. */
export type Tally = {
  readonly agency: AgencyId
  readonly measure: Measure
  /** `officer:NAME` where the agency names one, else `client:NAME`; '' for the whole agency. */
  readonly actor: string
  /** What it was about, under the agency's own name for it; '' for nothing. */
  readonly key: string
  readonly day: string
  /** The machine seen last. */
  readonly client: string
  readonly amount: number
}

/** A rule that found its threshold reached. */
export type Finding = {
  readonly rule: AlarmRule
  readonly agency: AgencyId
  readonly actor: string
  readonly client: string
  readonly about?: string
  readonly day: string
  readonly measured: number
  readonly threshold: number
  /** What is usual there, where the rule compares with that. */
  readonly usual?: number
}

/** An entry of an act, as the ledger has it. */
export type ActEntry = {
  readonly index: number
  readonly at: Date
  readonly kind: string
  readonly agency: AgencyId
  readonly client: string
  readonly officer?: string
  readonly outcome?: string
  readonly reasons?: readonly string[]
  readonly signalId?: string
  readonly handle?: string
  readonly followUp?: string
  readonly elements?: number
  readonly retry?: boolean
  readonly domain?: string
  readonly answerSize?: number
  readonly members?: number
}

/** What the gateway knows of what an act names: the agency's own signal, or a handle of its own. */
export type Subject = {
  /** One name for a subject, whether it is looked at by its signal, overlap or follow-up. */
  readonly name: string
  readonly region: string | undefined
  /** Since when its signal has ended, or its follow-up is closed. */
  readonly overSince: Date | undefined
  readonly submittedAt: Date | undefined
  /** Whether it touches a signal of another agency now; unknown where its agency may not know. */
  readonly touches: boolean | undefined
  /** It is among the agency’s own protected staff. */
  readonly staff: boolean
}

/** Finds what acts name, by `agency about`. What is not the agency's own is not found. */
export type FindSubjects = (
  reader: Reader,
  asked: readonly { readonly agency: AgencyId; readonly about: string }[],
) => Promise<ReadonlyMap<string, Subject>>

/** A quota of today and how much of it is used. */
export type QuotaStand = {
  readonly agency: AgencyId
  readonly domain: string
  readonly kind: string
  readonly used: number
  readonly limit: number
}
