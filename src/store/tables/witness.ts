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

export interface WitnessTables {
  witnessed_ledger: WitnessedLedgerTable
  cosignature: CosignatureTable
}
