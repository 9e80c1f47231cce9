/** A ledger of another operator that this one is a witness of. */
export interface WitnessedLedgerTable {
  origin: string
  verifier_key: string
  size: number
  checkpoint: string
}

/** The newest cosignature that a witness gave to the own ledger. */
export interface CosignatureTable {
  witness: string
  witness_key: string
  size: number
  cosigned_at: Date
  note: string
}

/** The last of a month, so that a later history can be held against it. */
export interface CosignedMonthTable extends CosignatureTable {
  month: string
}

export interface WitnessTables {
  witnessed_ledger: WitnessedLedgerTable
  cosignature: CosignatureTable
  cosigned_month: CosignedMonthTable
}
