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

export interface AgreementTables {
  agreement: AgreementTable
  agreement_signature: AgreementSignatureTable
}
