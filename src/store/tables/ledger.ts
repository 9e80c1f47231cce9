export interface LedgerEntryTable {
  index: number
  kind: string
  at: Date
  /** Null once the payload is erased. */
  salt: Buffer | null
  /** Canonical JSON; null once it is erased. */
  payload: string | null
  commitment: Buffer
}

export interface LedgerNodeTable {
  level: number
  index: number
  hash: Buffer
}

export interface LedgerHeadTable {
  id: number
  size: number
  /** Roots of the complete subtrees, largest first, 32 bytes each. */
  frontier: Buffer
  root: Buffer
  /** Signed note; empty while nothing was appended. */
  checkpoint: string
  at: Date
}

export interface LedgerTimestampTable {
  size: number
  checkpoint: string
  stamped_at: Date
  response: Buffer
}

export interface LedgerTraceTable {
  ledger_index: number
  trace_id: Buffer
  span_id: Buffer
  parent_span_id: Buffer | null
  began_at: Date
}

export interface LedgerTables {
  ledger_trace: LedgerTraceTable
  ledger_timestamp: LedgerTimestampTable
  ledger_entry: LedgerEntryTable
  ledger_node: LedgerNodeTable
  ledger_head: LedgerHeadTable
}
