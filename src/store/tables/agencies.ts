import type { Generated } from 'kysely'

export interface AdministratorTable {
  thumbprint: string
  enrolled_at: Date
}

export interface EnrolmentCodeTable {
  id: Generated<number>
  code_hash: Buffer
  made_at: Date
}

export interface AgencyTable {
  id: string
  name: string
  root_thumbprint: string
  active: boolean
  pinned_at: Date
  /** The agency card as its agency signed it; null until it was presented. */
  card: string | null
  card_version: number
  contact_desk: string | null
  signing_thumbprint: string | null
  encryption_key: string | null
  /** Of the signatories on the card, as a JSON array. */
  signatory_thumbprints: string | null
}

export interface ClientTable {
  agency_id: string
  client: string
  key: string
}

export interface AgencyTables {
  administrator: AdministratorTable
  enrolment_code: EnrolmentCodeTable
  agency: AgencyTable
  client: ClientTable
}
