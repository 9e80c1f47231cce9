export interface LinkTable {
  /** Signal ids; the smaller one first. */
  one: string
  other: string
  quality: 'certain' | 'probable' | 'possible'
  bits: number
  /** Coarse classes of evidence, as JSON. */
  reasons: string
  rests_on_identifier: boolean
  /** Score of names and birth date alone, in bits; may be below 0. */
  name_bits: number
  found_at: Date
}

export interface OverlapHandleTable {
  handle: string
  agency_id: string
  signal_id: string
  made_at: Date
  /** Day on which the overlap was last over for its receiver, and why; null: never. It may be there again. */
  ended_on: string | null
  end_cause: 'own-signal' | 'other-signal' | 'agreement' | 'not-the-same' | null
}

/** Two live signals that people found to be about different subjects; the smaller id first. */
export interface SeparationTable {
  one: string
  other: string
  separated_at: Date
}

export interface OverlapTables {
  separation: SeparationTable
  link: LinkTable
  overlap_handle: OverlapHandleTable
}
