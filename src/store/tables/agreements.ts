import type { Generated } from 'kysely'

export interface AgreementTable {
  hash: string
  /** The hash of the first agreement in its chain of versions; its own where it names no predecessor. */
  first_version: string
  /** Canonical JSON, as signed. */
  content: string
  purpose: string
  domain: string
  proposed_at: Date
  superseded_at: Date | null
  superseded_by: string | null
}

export interface AgreementSignatureTable {
  hash: string
  agency_id: string
  type: 'accept' | 'reject' | 'revoke'
  /** Thumbprint of the key that signed. */
  signer: string
  statement: string
  received_at: Date
  /** Of an accept: with this one the party had accepted. */
  completes: Generated<boolean>
}

export interface AgreementSuspensionTable {
  first_version: string
  suspended: boolean
  statement: string
  issued_at: Date
}

export interface DelegationTable {
  number: string
  /** The delegator. */
  agency_id: string
  acting_agency_id: string
  agreement_hash: string
  not_before: Date
  not_after: Date
  statement: string
  received_at: Date
}

export interface DelegationEndTable {
  agency_id: string
  number: string
  statement: string
  received_at: Date
}

/** Who is a party of which agreement, to find those of one agency. */
export interface AgreementPartyTable {
  agency_id: string
  hash: string
  proposer: boolean
}

/** Agreements that are or were in force, by domain: their parties hold it. */
export interface DomainAgreementTable {
  domain: string
  hash: string
  in_force_at: Date
}

export interface AgreementTables {
  agreement_party: AgreementPartyTable
  domain_agreement: DomainAgreementTable
  agreement: AgreementTable
  agreement_signature: AgreementSignatureTable
  agreement_suspension: AgreementSuspensionTable
  delegation: DelegationTable
  delegation_end: DelegationEndTable
}
