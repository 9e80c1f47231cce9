export interface AgreementTable {
  hash: string
  /** Canonical JSON, as signed. */
  content: string
  purpose: string
  domain: string
  proposed_at: Date
  superseded_at: Date | null
}

export interface AgreementSignatureTable {
  hash: string
  agency_id: string
  type: 'accept' | 'reject' | 'revoke'
  /** Thumbprint of the key that signed. */
  signer: string
  statement: string
  received_at: Date
}

export interface AgreementSuspensionTable {
  hash: string
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

export interface AgreementTables {
  agreement: AgreementTable
  agreement_signature: AgreementSignatureTable
  agreement_suspension: AgreementSuspensionTable
  delegation: DelegationTable
  delegation_end: DelegationEndTable
}
