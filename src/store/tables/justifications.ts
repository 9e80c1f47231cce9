/** The keyholder’s word for a week; at the keyholder. */
export interface SampleBeaconTable {
  week: string
  statement: string
}

/** What the gateway bound itself to for the next draw. */
export interface SampleSecretTable {
  ledger_index: number
  secret: Buffer
  made_at: Date
  week: string | null
}

export interface SampleDrawTable {
  week: string
  drawn_at: Date
  from_index: number
  until_index: number
  beacon: string
  secret: string
  seed: string
  committed_index: number
}

/** The part of one agency in a draw. */
export interface SampleShareTable {
  week: string
  agency_id: string
  looks: number
  ledger_index: number
}

/** A look that was drawn. What was looked at stands in its entry on the ledger alone. */
export interface SampleTable {
  id: string
  week: string
  agency_id: string
  entry_index: number
  acts: number
  drawn_at: Date
  justify_by: Date
  review_by: Date
  due_at: Date | null
  reason: string | null
  article: string | null
  case_commitment: string | null
  justified_at: Date | null
  justified_client: string | null
  justified_officer: string | null
  finding: 'justified' | 'unjustified' | 'unclear' | null
  judged_at: Date | null
  judged_client: string | null
  judged_officer: string | null
}

export interface JustificationTables {
  sample_beacon: SampleBeaconTable
  sample_secret: SampleSecretTable
  sample_draw: SampleDrawTable
  sample_share: SampleShareTable
  sample: SampleTable
}
