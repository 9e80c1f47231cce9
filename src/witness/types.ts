/** A ledger of another operator as its witness knows it. */
export type WitnessedLedger = {
  readonly origin: string
  readonly verifierKey: string
  /** Entries of the last checkpoint that was cosigned; 0 before the first. */
  readonly size: number
  readonly checkpoint: string
}

/** The newest cosignature of one witness. */
export type KeptCosignature = {
  /** `@operator` for the other operator, else the id of an agency. */
  readonly witness: string
  readonly witnessKey: string
  readonly size: number
  readonly cosignedAt: Date
  /** The checkpoint, signed by its ledger and by this witness. */
  readonly note: string
}

/** What a witness answers to `add-checkpoint` (C2SP tlog-witness). */
export type WitnessAnswer =
  | { readonly cosignature: string }
  /** The old size named is not that of the last checkpoint that was cosigned; this is. */
  | { readonly size: number }
