import type { Generated } from 'kysely'

/** A subject's request, as its contact point filed it. At the gateway only. */
export interface SubjectRequestTable {
  id: string
  agency_id: string
  agreement_hash: string
  kind: string
  asker: string
  age: string
  identity_check: string
  received_on: string
  filed_at: Date
  ledger_index: string
  /** Sealed by the crypter; null once closed. */
  case_reference: Buffer | null
  body_hash: Buffer | null
  extension: string | null
  extended_at: Date | null
  remind_at: Date | null
  ended: string | null
  ended_at: Date | null
}

/** What one party has to answer, of one signal of its own. */
export interface SubjectRequestTaskTable {
  id: string
  request_id: string
  agency_id: string
  quality: 'certain' | 'probable' | 'possible'
  /** JSON. */
  reasons: string
  signal_id: string | null
  outcome: string | null
  ground: string | null
  is_silent: Generated<boolean>
  /** JSON, sealed by the crypter; null once closed. */
  answer: Buffer | null
  answered_at: Date | null
  remind_at: Date | null
}

export interface SubjectRightsTables {
  subject_request: SubjectRequestTable
  subject_request_task: SubjectRequestTaskTable
}
