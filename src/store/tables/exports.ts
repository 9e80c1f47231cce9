export type ExportedLog = 'processing' | 'decision'

export interface ExportPositionTable {
  log: ExportedLog
  next_index: number
  pushed_at: Date
}

export interface ExportTables {
  export_position: ExportPositionTable
}
