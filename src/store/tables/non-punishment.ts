/** A person who is a suspect to one agency and a presumed victim to another, to be looked at again. */
export interface ReviewFlagTable {
  id: string
  agreement_hash: string
  reviewer_id: string
  raised_at: Date
  due_at: Date
  remind_at: Date | null
  escalated_at: Date | null
  lapsed_at: Date | null
  outcome: 'non-punishment-applies' | 'does-not-apply' | 'referred-to-prosecutor' | null
  reason: string | null
  closed_at: Date | null
}

/** A signal on which a flag rests. Its role stands in the signal alone. */
export interface ReviewFlagSignalTable {
  flag_id: string
  signal_id: string
  agency_id: string
  mention: string
}

export interface ReviewFlagScanTable {
  agreement_hash: string
  ledger_index: string
  /** JSON. */
  thresholds: string
}

export interface NonPunishmentTables {
  review_flag: ReviewFlagTable
  review_flag_signal: ReviewFlagSignalTable
  review_flag_scan: ReviewFlagScanTable
}
