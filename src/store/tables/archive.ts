export interface ArchiveKeyTable {
  agreement_hash: string
  /** Sealed by the crypter: the key of the HMAC over archived tokens. */
  sealed_key: Buffer
  made_at: Date
}

export interface ArchivedSignalTable {
  signal_id: string
  agency_id: string
  agreement_hash: string
  purpose: string
  contact_desk: string | null
  /** First day of the quarter in which it was submitted. */
  known_since: string
  kept_until: string
  /** HMACs under the archive key, by key type, as JSON; null once it was given. */
  tokens: string | null
  /** The signal to whose submitter it was given. */
  given_to: string | null
  given_on: string | null
}

export interface ArchivedTokenTable {
  agreement_hash: string
  token: Buffer
  signal_id: string
}

export interface ArchiveTables {
  archive_key: ArchiveKeyTable
  archived_signal: ArchivedSignalTable
  archived_token: ArchivedTokenTable
}
