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
  category: string
  indicators: string
  region: string | null
  observed_on: string
  role: string
  /** Sealed by the crypter: the agency's own name for its case. */
  case_reference: Buffer
  contact_desk: string | null
  age_band: string
  retain_until: string
  lead_route: string
  /** Fields sealed by the owner, as submitted; null once the signal has ended. */
  sealed: string | null
  /** Indexed tokens by key type, as JSON; null once the signal has ended. */
  tokens: string | null
  body_hash: Buffer
  state: 'live' | 'withdrawn' | 'expired'
  submitted_at: Date
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

export interface SignalTables {
  signal: SignalTable
  signal_token: SignalTokenTable
  idempotency_key: IdempotencyKeyTable
}
