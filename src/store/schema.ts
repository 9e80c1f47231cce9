import { type Kysely, sql, type Transaction } from 'kysely'
import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import type { OperatorName } from '../oprf/types.ts'
import { type Migration, migrations } from './migrations.ts'

/** One row per applied migration; the newest is the version of the schema. */
interface SchemaVersionTable {
  position: number
  name: string
  operator: OperatorName
  applied_at: Date
}
type Own = { schema_version: SchemaVersionTable }

export type SchemaState = {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
}

export type SchemaSettings = {
  readonly operator: OperatorName
  /** Tests give a list of their own. */
  readonly list?: readonly Migration[]
}

/** Of one operator, in order. */
const listOf = ({ operator, list = migrations }: SchemaSettings): readonly Migration[] =>
  list.filter(({ operators }) => operators.includes(operator))

/**
 * What was applied and what is left.
 * @throws Error when the database belongs to the other operator or was made by a version unknown here
 */
export async function schemaState<Tables>(
  db: Kysely<Tables>,
  settings: SchemaSettings,
): Promise<SchemaState> {
  const own = ownTables(db)
  if (!(await hasVersions(own))) {
    await refuseForeignTables(own)
    return { applied: [], pending: listOf(settings).map(({ name }) => name) }
  }
  return await readState(own, settings)
}

/**
 * The gate at start-up: an older schema is migrated (`automatic`) or refused (`refuse`), a newer one always refused.
 * @throws Error that says what to do
 */
export async function prepareSchema<Tables>(
  db: Kysely<Tables>,
  settings: SchemaSettings & {
    readonly clock: Clock
    readonly mode: 'automatic' | 'refuse'
    readonly logger: Logger | undefined
  },
): Promise<void> {
  const { pending } = await schemaState(db, settings)
  if (pending.length === 0) return
  if (settings.mode === 'refuse')
    throw new Error(
      `the schema lacks ${pending.join(', ')}: back the database up and run "node scripts/migrate.ts apply"`,
    )
  const applied = await applyMigrations(db, settings)
  settings.logger?.info({ applied }, 'the schema was brought up to date')
}

/** Applies what is pending, each migration in a transaction of its own. Two processes may do so at once. */
export async function applyMigrations<Tables>(
  db: Kysely<Tables>,
  settings: SchemaSettings & { readonly clock: Clock },
): Promise<string[]> {
  const own = ownTables(db)
  await makeVersions(own)
  const done: string[] = []
  for (const migration of listOf(settings)) {
    const applied = await changeSchema(own, settings, async (tx, state) => {
      if (state.applied.includes(migration.name)) return false
      await migration.up(withoutTables(tx))
      await tx
        .insertInto('schema_version')
        .values({
          position: state.applied.length + 1,
          name: migration.name,
          operator: settings.operator,
          applied_at: settings.clock.now(),
        })
        .execute()
      return true
    })
    if (applied) done.push(migration.name)
  }
  return done
}

/** Undoes the newest `count` migrations, with everything that is in their tables. */
export async function undoMigrations<Tables>(
  db: Kysely<Tables>,
  settings: SchemaSettings & { readonly count: number },
): Promise<string[]> {
  const own = ownTables(db)
  const undone: string[] = []
  if (!(await hasVersions(own))) return undone
  while (undone.length < settings.count) {
    const name = await changeSchema(own, settings, async (tx, state) => {
      const newest = listOf(settings).find((migration) => migration.name === state.applied.at(-1))
      if (newest === undefined) return undefined
      await newest.down(withoutTables(tx))
      await tx.deleteFrom('schema_version').where('name', '=', newest.name).execute()
      return newest.name
    })
    if (name === undefined) break
    undone.push(name)
  }
  return undone
}

const ownTables = <Tables>(db: Kysely<Tables>): Kysely<Own> => db.$extendTables<Own>() as never

const withoutTables = (tx: Transaction<Own>): Kysely<unknown> => tx as unknown as Kysely<unknown>

async function changeSchema<Result>(
  db: Kysely<Own>,
  settings: SchemaSettings,
  work: (tx: Transaction<Own>, state: SchemaState) => Promise<Result>,
): Promise<Result> {
  return await db.transaction().execute(async (tx) => {
    // A migration of a large table takes longer than a request may.
    await sql`set local statement_timeout = 0`.execute(tx)
    await sql`set local lock_timeout = 0`.execute(tx)
    // One process changes the schema at a time; the state is read again behind the lock.
    await sql`lock table schema_version in exclusive mode`.execute(tx)
    return await work(tx, await readState(tx, settings))
  })
}

async function hasVersions(db: Kysely<Own>): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select to_regclass('schema_version') is not null as known`.execute(db)
  return rows[0]?.known === true
}

/** Held while the table of versions is made; the number is nobody else's in a database of Raakvlak's own. */
const makingVersions = 8_440_001

async function makeVersions(db: Kysely<Own>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // "if not exists" alone does not cover two processes that create it at the same moment.
    await sql`select pg_advisory_xact_lock(${makingVersions})`.execute(tx)
    await sql`
      create table if not exists schema_version (
        position integer primary key,
        name text not null unique,
        operator text not null,
        applied_at timestamptz not null
      )`.execute(tx)
  })
}

async function refuseForeignTables(db: Kysely<Own>): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema() limit 3`.execute(db)
  if (rows.length > 0)
    throw new Error(
      `this database holds other tables (${rows.map(({ name }) => name).join(', ')}, …) and no schema version: give Raakvlak an empty database of its own`,
    )
}

async function readState(db: Kysely<Own>, settings: SchemaSettings): Promise<SchemaState> {
  const rows = await db
    .selectFrom('schema_version')
    .select(['name', 'operator'])
    .orderBy('position')
    .execute()
  const known = listOf(settings).map(({ name }) => name)
  const stranger = rows.find(({ operator }) => operator !== settings.operator)
  if (stranger !== undefined)
    throw new Error(
      `this is the database of the ${stranger.operator}, and it was opened for the ${settings.operator}`,
    )
  rows.forEach(({ name }, at) => {
    if (known[at] === name) return
    if (known.includes(name))
      throw new Error(`the migration ${name} was applied in another order than the one known here`)
    throw new Error(
      `the schema has the migration ${name}, which this version of Raakvlak does not know: start the version that made it, or a newer one`,
    )
  })
  return { applied: rows.map(({ name }) => name), pending: known.slice(rows.length) }
}
