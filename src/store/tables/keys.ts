import type { Generated } from 'kysely'

export interface DomainShareTable {
  domain: string
  epoch: number
  /** This operator's scalar, sealed by the crypter; null once it is destroyed. */
  sealed_share: Buffer | null
  public_key: Buffer
  /** One more with every refresh. */
  generation: Generated<number>
  made_at: Date
  /** Null until it evaluates. */
  opened_at: Date | null
  closes_at: Generated<Date | null>
  destroyed_at: Generated<Date | null>
}

/** A refresh of a share that both operators have not finished yet. */
export interface ShareRefreshTable {
  domain: string
  epoch: number
  ceremony: string
  generation: number
  sealed_part: Buffer | null
  sealed_share: Buffer | null
  public_key: Buffer | null
  answer: string | null
}

export interface KeyCeremonyTable {
  number: string
  payload: string
  held_at: Date
  /** JSON: indexes on this operator's ledger. */
  entries: string
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

export interface KeyTables {
  domain_share: DomainShareTable
  domain_manifest: DomainManifestTable
  share_refresh: ShareRefreshTable
  key_ceremony: KeyCeremonyTable
}
