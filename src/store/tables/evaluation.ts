export interface EvaluationBatchTable {
  agency_id: string
  number: string
  body_hash: Buffer
  received_at: Date
}

export interface QuotaUseTable {
  agency_id: string
  domain: string
  kind: 'evaluation' | 'submission' | 'withdrawal' | 'correction' | 'subject-request'
  day: string
  used: string
}

export interface EvaluationTables {
  evaluation_batch: EvaluationBatchTable
  quota_use: QuotaUseTable
}
