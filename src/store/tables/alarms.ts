/** How far the ledger was read for alarms. One row. */
export interface AlarmScanTable {
  id: number
  ledger_index: string
}

/** How much of what was done, by whom, on which day. Forgotten when no rule looks back as far. */
export interface AlarmTallyTable {
  agency_id: string
  measure: string
  actor: string
  key: string
  day: string
  client: string
  amount: string
}

export interface AlarmTable {
  id: string
  agency_id: string
  rule: string
  actor: string
  client: string | null
  officer: string | null
  about: string | null
  ledger_index: string
  raised_at: Date
  last_at: Date
  day: string
  count: number
  threshold: number
  measured: number
  usual: number | null
  due_at: Date
  remind_at: Date | null
  taken_by_client: string | null
  taken_by_officer: string | null
  taken_at: Date | null
  outcome: string | null
  reason: string | null
  closed_at: Date | null
  closed_day: string | null
}

export interface AlarmFiringTable {
  alarm_id: string
  day: string
  about: string
  measured: number
}

/** A member of staff whom an agency protects; only HMACs of tokens tell who. */
export interface ProtectedStaffTable {
  id: string
  agency_id: string
  domain: string
  protected_at: Date
  expires_on: string
}

export interface ProtectedStaffTokenTable {
  agency_id: string
  token: Buffer
  member_id: string
}

export interface ProtectedStaffSignalTable {
  signal_id: string
  member_id: string
  noted_at: Date
}

export interface AlarmTables {
  alarm_scan: AlarmScanTable
  alarm_tally: AlarmTallyTable
  alarm: AlarmTable
  alarm_firing: AlarmFiringTable
  protected_staff: ProtectedStaffTable
  protected_staff_token: ProtectedStaffTokenTable
  protected_staff_signal: ProtectedStaffSignalTable
}
