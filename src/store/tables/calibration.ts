export interface HistogramTable {
  agreement_hash: string
  agency_id: string
  linkage: string
  subjects: number
  /** Pairs per bin, as JSON. */
  counts: string
  received_at: Date
}

export interface ThresholdMoveTable {
  agreement_hash: string
  linkage: string
  move: number
  agency_id: string
  certain: number
  probable: number
  possible: number
  reason: 'estimate-too-low' | 'false-overlaps' | 'missed-overlaps' | 'pool-changed'
  explanation: string
  /** The JWS as its party signed it. */
  statement: string
  moved_at: Date
}

export interface CalibrationTables {
  histogram: HistogramTable
  threshold_move: ThresholdMoveTable
}
