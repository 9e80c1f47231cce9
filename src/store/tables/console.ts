import type { AgencyId } from '../../kernel/ids.ts'

/** Officers who are signed in at the console. */
export interface ConsoleSessionTable {
  id_hash: Buffer
  agency_id: AgencyId
  officer: string
  name: Buffer
  roles: string
  csrf: Buffer
  browser_hash: Buffer
  begun_at: Date
  seen_at: Date
  proved_at: Date
  ends_at: Date
}

/** Sign-ins that were begun and not finished yet. */
export interface ConsoleSignInTable {
  state_hash: Buffer
  browser_hash: Buffer
  nonce: string
  verifier: string
  return_to: string
  session_hash: Buffer | null
  expires_at: Date
}

/** Filters of the queue that officers keep. */
export interface ConsoleFilterTable {
  agency_id: string
  officer: string
  name: string
  query: string
}

export interface ConsoleTables {
  console_session: ConsoleSessionTable
  console_sign_in: ConsoleSignInTable
  console_filter: ConsoleFilterTable
}
