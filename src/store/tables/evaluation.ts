export interface DomainShareTable {
  domain: string
  epoch: number
  /** This operator's scalar, sealed by the crypter. */
  sealed_share: Buffer
  public_key: Buffer
  opened_at: Date
}

export interface DomainManifestTable {
  domain: string
  epoch: number
  /** The other operator's public key as first seen; another one is refused from then on. */
  peer_public_key: Buffer
  /** Signed by the gateway's root key; null at the keyholder. */
  gateway_statement: string | null
  keyholder_statement: string
}

export interface EvaluationBatchTable {
  agency_id: string
  number: string
  body_hash: Buffer
  received_at: Date
}

export interface QuotaUseTable {
  agency_id: string
  domain: string
  kind: 'evaluation' | 'submission' | 'withdrawal' | 'correction'
  day: string
  used: string
}

export interface EvaluationTables {
  domain_share: DomainShareTable
  domain_manifest: DomainManifestTable
  evaluation_batch: EvaluationBatchTable
  quota_use: QuotaUseTable
}
