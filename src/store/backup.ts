import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '../kernel/clock.ts'
import { type BackupSeal, beginBackup, readBackup, verifyBackup } from './backup-file.ts'
import { applyMigrations, type SchemaSettings, schemaState } from './schema.ts'
import type { Tables } from './tables.ts'

export type BackupSettings = SchemaSettings & { readonly path: string; readonly clock: Clock }

const rowsAtOnce = 500

/**
 * Writes all tables, as they are at one moment, into one file; the gateway may go on working. The file holds what the
 * database holds (sealed columns stay sealed) and none of the keys, which need a backup of their own. Work that waits in
 * the delivery queue is not in it.
 * @throws Error when the schema is not exactly the one of this version, or something stands at `path`
 */
export async function writeBackup(
  db: Kysely<Tables>,
  settings: BackupSettings,
): Promise<BackupSeal> {
  const { operator, path, clock } = settings
  const { applied, pending } = await schemaState(db, settings)
  if (pending.length > 0) throw new Error(`the schema lacks ${pending.join(', ')}: migrate first`)
  const file = await beginBackup(path, {
    operator,
    schema: applied,
    takenAt: clock.now().toISOString(),
  })
  try {
    await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (tx) => {
        await takeTime(tx)
        for (const table of await contentTables(tx)) {
          await file.table(table)
          for await (const rows of rowsOf(tx, table)) await file.rows(rows)
        }
      })
    return await file.seal()
  } catch (error) {
    await file.discard()
    throw error
  }
}

/**
 * Fills an empty database from a backup, whole or not at all. The schema is made when it is not there yet.
 * @throws Error when the file is damaged, is of the other operator or of another schema version, or when the
 * database holds any row
 */
export async function restoreBackup(
  db: Kysely<Tables>,
  settings: BackupSettings,
): Promise<BackupSeal> {
  const { operator, path } = settings
  const header = await verifyBackup(path)
  if (header.operator !== operator)
    throw new Error(`this is a backup of the ${header.operator}, not of the ${operator}`)
  await refuseOtherSchema(db, settings, header.schema)
  await applyMigrations(db, settings)
  await db.transaction().execute(async (tx) => {
    await takeTime(tx)
    const tables = await contentTables(tx)
    await refuseContent(tx, tables)
    await fill(tx, new Set(tables), path)
  })
  return { rows: header.rows, sha256: header.sha256 }
}

async function refuseOtherSchema(
  db: Kysely<Tables>,
  settings: BackupSettings,
  schema: readonly string[],
): Promise<void> {
  const { applied, pending } = await schemaState(db, settings)
  if ([...applied, ...pending].join() !== schema.join())
    throw new Error(
      `the backup has the schema ${schema.at(-1) ?? 'of nothing'}, another than this version of Raakvlak: restore it with the version that made it`,
    )
}

async function refuseContent(tx: Transaction<Tables>, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(tx)
    if (rows.length > 0)
      throw new Error(`the table ${table} is not empty: restore into a new database only`)
  }
}

async function fill(
  tx: Transaction<Tables>,
  known: ReadonlySet<string>,
  path: string,
): Promise<void> {
  let table = ''
  let rows: string[] = []
  const flush = async () => {
    if (rows.length > 0) await insertRows(tx, table, rows)
    rows = []
  }
  for await (const line of readBackup(path)) {
    if (line.kind === 'row') {
      rows.push(line.json)
      if (rows.length === rowsAtOnce) await flush()
      continue
    }
    await flush()
    if (!known.has(line.name)) throw new Error(`the backup has an unknown table ${line.name}`)
    table = line.name
  }
  await flush()
}

/** PostgreSQL reads back what it wrote: no number or time passes through JavaScript's types. */
async function insertRows(
  tx: Transaction<Tables>,
  table: string,
  rows: readonly string[],
): Promise<void> {
  const name = sql.table(table)
  await sql`
    insert into ${name}
    select * from json_populate_recordset(null::${name}, ${`[${rows.join()}]`}::json)`.execute(tx)
}

/** A backup takes longer than a request may; times are written in one zone. */
async function takeTime(tx: Transaction<Tables>): Promise<void> {
  await sql`select set_config('statement_timeout', '0', true),
    set_config('idle_in_transaction_session_timeout', '0', true),
    set_config('TimeZone', 'UTC', true)`.execute(tx)
}

async function* rowsOf(tx: Transaction<Tables>, table: string): AsyncGenerator<string[]> {
  await sql`declare backup_rows no scroll cursor for
    select row_to_json(source)::text as line from ${sql.table(table)} as source`.execute(tx)
  for (;;) {
    const { rows } = await sql<{ line: string }>`
      fetch ${sql.lit(rowsAtOnce)} from backup_rows`.execute(tx)
    yield rows.map(({ line }) => line)
    if (rows.length < rowsAtOnce) break
  }
  await sql`close backup_rows`.execute(tx)
}

/**
 * Every table but the schema's version, those that others refer to first.
 * @throws Error when the schema has something that this way of backing up does not carry
 */
async function contentTables(tx: Transaction<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string; refers_to: string[] }>`
    select c.relname as name, array(
        select f.confrelid::regclass::text from pg_constraint f
        where f.contype = 'f' and f.conrelid = c.oid and f.confrelid <> c.oid
      ) as refers_to
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition and c.relname <> 'schema_version'
    order by c.relname`.execute(tx)
  const { rows: uncarried } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'S'
    union all
    select attrelid::regclass::text from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = current_schema()::regnamespace and attgenerated <> ''`.execute(tx)
  if (uncarried.length > 0)
    throw new Error(
      `backups carry no sequences and no generated columns: ${uncarried.map(({ name }) => name).join(', ')}`,
    )
  return inOrder(rows)
}

function inOrder(tables: readonly { name: string; refers_to: string[] }[]): string[] {
  const ordered: string[] = []
  while (ordered.length < tables.length) {
    const next = tables.find(
      ({ name, refers_to }) =>
        !ordered.includes(name) && refers_to.every((other) => ordered.includes(other)),
    )
    if (next === undefined) throw new Error('tables refer to each other in a circle')
    ordered.push(next.name)
  }
  return ordered
}
