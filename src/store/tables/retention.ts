export interface RetentionRunTable {
  run:
    | 'past-retention'
    | 'agreement-ended'
    | 'archive'
    | 'recalls'
    | 'emergency-reviews'
    | 'non-punishment'
    | 'subject-requests'
    | 'restrictions'
    | 'samples'
    | 'alarms'
  last_succeeded_at: Date
}

export interface RetentionTables {
  retention_run: RetentionRunTable
}
