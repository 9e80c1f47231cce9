export interface SignalTable {
  id: string
  agency_id: string
  acting_agency_id: string | null
  client: string
  agreement_hash: string
  purpose: string
  domain: string
  epoch: number
  subject_kind: string
  /** This and what else tells of the subject or the case is null once the signal has ended. */
  category: string | null
  indicators: string | null
  region: string | null
  observed_on: string | null
  role: string | null
  /** Sealed by the crypter: the agency's own name for its case. */
  case_reference: Buffer | null
  contact_desk: string | null
  age_band: string | null
  retain_until: string | null
  lead_route: string | null
  /** Fields sealed by the owner, as submitted; null once the signal has ended. */
  sealed: string | null
  /** What its owner signed of these fields; null when it signed nothing, or the signal has ended. */
  seal: string | null
  /** Indexed tokens by key type, as JSON; null once the signal has ended. */
  tokens: string | null
  body_hash: Buffer | null
  state: 'live' | 'restricted' | 'withdrawn' | 'expired'
  submitted_at: Date
  corrected_at: Date | null
  restricted_at: Date | null
  restriction_lifted_at: Date | null
  ended_at: Date | null
  ledger_index: string
}

export interface SignalTokenTable {
  token: Buffer
  signal_id: string
  agreement_hash: string
}

export interface IdempotencyKeyTable {
  agency_id: string
  client: string
  key: string
  request_hash: Buffer
  first_used_at: Date
}

/** A measure that the owner laid on a signal, until it lifts it. */
export interface SignalRestrictionTable {
  signal_id: string
  measure: 'restriction' | 'confidentiality'
  agency_id: string
  ground: string
  since: Date
  review_on: string
  remind_at: Date
}

export interface SignalTables {
  signal_restriction: SignalRestrictionTable
  signal: SignalTable
  signal_token: SignalTokenTable
  idempotency_key: IdempotencyKeyTable
}
