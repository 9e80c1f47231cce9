export interface DecisionTable {
  /** SHA-256 over the canonical JSON of everything below but `used_at`. */
  hash: Buffer
  act: string
  /** For whom the act was done: who acted, or the agency that delegated it. */
  agency: string
  agreement: string
  purpose: string
  /** Canonical JSON: everything that the decision looked at. */
  facts: string
  outcome: 'permit' | 'refuse'
  /** JSON: the names of the policies that decided. */
  reasons: string
  policy_set: string
  used_at: Date
}

export interface DecisionEntryTable {
  ledger_index: string
  decision_hash: Buffer
  decided_at: Date
}

export interface ReviewTable {
  id: string
  policy: string
  agency: string
  agreement: string
  purpose: string
  since: Date
  due_at: Date
  closed_at: Date | null
  finding: 'in-order' | 'mended' | null
}

export interface PolicySetTable {
  hash: string
  /** JSON: the files with their names. */
  files: string
  known_since: Date
}

export interface PolicySetInForceTable {
  id: number
  hash: string
  since: Date
  /** Whether two administrators put it in force; else it came with the files at a start. */
  agreed: boolean
}

export interface PolicySetSignatureTable {
  from_hash: string
  to_hash: string
  administrator: string
  statement: string
  received_at: Date
}

export interface AdministratorVoucherTable {
  thumbprint: string
  vouched_by: string
  statement: string
  received_at: Date
}

export interface NotifyObligationTable {
  id: string
  policy: string
  role: 'privacy-officer' | 'coordinator' | 'contact-desk'
  agency: string
  agreement: string
  purpose: string
  act: string
  on_day: string
  since: Date
}

export interface DecisionTables {
  decision: DecisionTable
  decision_entry: DecisionEntryTable
  review: ReviewTable
  notify_obligation: NotifyObligationTable
  policy_set: PolicySetTable
  policy_set_in_force: PolicySetInForceTable
  policy_set_signature: PolicySetSignatureTable
  administrator_voucher: AdministratorVoucherTable
}
