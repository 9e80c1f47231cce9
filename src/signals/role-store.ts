import type { AgencyId, SignalId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'

/** A live signal about a person, with the role that its owner says the person has. Of no other signal. */
export type RoledSignal = {
  readonly id: SignalId
  readonly agency: AgencyId
  readonly role: string
  /** Where the ledger has it as it stands. */
  readonly ledgerIndex: number
}

const roledOf = (row: {
  readonly id: string
  readonly agency_id: string
  readonly role: string | null
  readonly ledger_index: string
}): RoledSignal => ({
  id: row.id as SignalId,
  agency: row.agency_id as AgencyId,
  role: row.role ?? '',
  ledgerIndex: Number(row.ledger_index),
})
const roledColumns = ['id', 'agency_id', 'role', 'ledger_index'] as const

/** Those of these signals that are live and about persons. */
export async function withRoles(reader: Reader, ids: readonly string[]): Promise<RoledSignal[]> {
  if (ids.length === 0) return []
  const rows = await reader
    .selectFrom('signal')
    .select(roledColumns)
    .where('id', 'in', ids)
    .where('state', '=', 'live')
    .where('subject_kind', '=', 'person')
    .execute()
  return rows.map(roledOf)
}

/** Live signals under an agreement with one of these roles, submitted or corrected after a place on the ledger. */
export async function withRolesAfter(
  reader: Reader,
  agreement: string,
  roles: readonly string[],
  { after, most }: { readonly after: number; readonly most: number },
): Promise<RoledSignal[]> {
  const rows = await reader
    .selectFrom('signal')
    .select(roledColumns)
    .where('agreement_hash', '=', agreement)
    .where('state', '=', 'live')
    .where('subject_kind', '=', 'person')
    .where('role', 'in', roles)
    .where('ledger_index', '>', String(after))
    .orderBy('ledger_index')
    .limit(most)
    .execute()
  return rows.map(roledOf)
}
