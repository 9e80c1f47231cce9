export interface RetentionRunTable {
  run: 'past-retention' | 'agreement-ended' | 'archive'
  last_succeeded_at: Date
}

export interface RetentionTables {
  retention_run: RetentionRunTable
}
