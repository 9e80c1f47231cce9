export interface AgreementTable {
  hash: string
  /** Canonical JSON, as signed. */
  content: string
  purpose: string
  domain: string
  proposed_at: Date
}

export interface AgreementSignatureTable {
  hash: string
  agency_id: string
  type: 'accept' | 'reject' | 'revoke'
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
}
