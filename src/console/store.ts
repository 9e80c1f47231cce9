import type { Insertable, Selectable } from 'kysely'
import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { ConsoleSessionTable, ConsoleSignInTable } from '../store/tables/console.ts'

/** Most filters that one officer keeps. */
export const mostFilters = 20

export async function putSession(db: Reader, row: Insertable<ConsoleSessionTable>): Promise<void> {
  await db.insertInto('console_session').values(row).execute()
}

/** A session that neither ended nor was left alone since `idleSince`; it was seen now. */
export const touchSession = (
  db: Reader,
  hash: Uint8Array,
  now: Date,
  idleSince: Date,
): Promise<Selectable<ConsoleSessionTable> | undefined> =>
  db
    .updateTable('console_session')
    .set({ seen_at: now })
    .where('id_hash', '=', Buffer.from(hash))
    .where('ends_at', '>', now)
    .where('seen_at', '>', idleSince)
    .returningAll()
    .executeTakeFirst()

export const sessionsOf = (
  db: Reader,
  agency: AgencyId,
  officer: string,
  now: Date,
  idleSince: Date,
): Promise<Selectable<ConsoleSessionTable>[]> =>
  db
    .selectFrom('console_session')
    .selectAll()
    .where('agency_id', '=', agency)
    .where('officer', '=', officer)
    .where('ends_at', '>', now)
    .where('seen_at', '>', idleSince)
    .orderBy('begun_at', 'desc')
    .execute()

export async function endSession(db: Reader, hash: Uint8Array): Promise<void> {
  await db.deleteFrom('console_session').where('id_hash', '=', Buffer.from(hash)).execute()
}

export async function endSessions(db: Reader, agency: AgencyId, officer: string): Promise<void> {
  await db
    .deleteFrom('console_session')
    .where('agency_id', '=', agency)
    .where('officer', '=', officer)
    .execute()
}

/** Nothing is kept of sessions and sign-ins that are over. */
export async function forgetEnded(db: Reader, now: Date, idleSince: Date): Promise<void> {
  await db
    .deleteFrom('console_session')
    .where((where) => where.or([where('ends_at', '<=', now), where('seen_at', '<=', idleSince)]))
    .execute()
  await db.deleteFrom('console_sign_in').where('expires_at', '<=', now).execute()
}

export async function putSignIn(db: Reader, row: Insertable<ConsoleSignInTable>): Promise<void> {
  await db.insertInto('console_sign_in').values(row).execute()
}

/** Takes a sign-in that was begun: of two that come with the same state, one gets it. */
export const takeSignIn = (
  db: Reader,
  stateHash: Uint8Array,
): Promise<Selectable<ConsoleSignInTable> | undefined> =>
  db
    .deleteFrom('console_sign_in')
    .where('state_hash', '=', Buffer.from(stateHash))
    .returningAll()
    .executeTakeFirst()

export const filtersOf = (db: Reader, agency: string, officer: string) =>
  db
    .selectFrom('console_filter')
    .select(['name', 'query'])
    .where('agency_id', '=', agency)
    .where('officer', '=', officer)
    .orderBy('name')
    .limit(mostFilters)
    .execute()

export async function putFilter(
  db: Reader,
  row: {
    readonly agency: string
    readonly officer: string
    readonly name: string
    readonly query: string
  },
): Promise<void> {
  await db
    .insertInto('console_filter')
    .values({ agency_id: row.agency, officer: row.officer, name: row.name, query: row.query })
    .onConflict((conflict) =>
      conflict.columns(['agency_id', 'officer', 'name']).doUpdateSet({ query: row.query }),
    )
    .execute()
}

export async function forgetFilter(
  db: Reader,
  agency: string,
  officer: string,
  name: string,
): Promise<void> {
  await db
    .deleteFrom('console_filter')
    .where('agency_id', '=', agency)
    .where('officer', '=', officer)
    .where('name', '=', name)
    .execute()
}
