import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '../kernel/clock.ts'
import { type BackupSeal, beginBackup, readBackup, verifyBackup } from './backup-file.ts'
import { applyMigrations, type SchemaSettings, schemaState } from './schema.ts'
import type { Tables } from './tables.ts'

export type BackupSettings = SchemaSettings & { readonly path: string; readonly clock: Clock }

const rowsAtOnce = 500

type ContentTable = {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly refers_to: readonly string[]
}

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
          await file.table(table.name)
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
    await fill(tx, tables, path)
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

async function refuseContent(
  tx: Transaction<Tables>,
  tables: readonly ContentTable[],
): Promise<void> {
  for (const { name } of tables) {
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(tx)
    if (rows.length > 0)
      throw new Error(`the table ${name} is not empty: restore into a new database only`)
  }
}

async function fill(
  tx: Transaction<Tables>,
  tables: readonly ContentTable[],
  path: string,
): Promise<void> {
  let table: ContentTable | undefined
  let rows: string[] = []
  const flush = async () => {
    if (table !== undefined && rows.length > 0) await insertRows(tx, table, rows)
    rows = []
  }
  for await (const line of readBackup(path)) {
    if (line.kind === 'row') {
      rows.push(line.json)
      if (rows.length === rowsAtOnce) await flush()
      continue
    }
    await flush()
    table = tables.find(({ name }) => name === line.name)
    if (table === undefined) throw new Error(`the backup has an unknown table ${line.name}`)
  }
  await flush()
}

/** PostgreSQL reads back the text that it wrote: no value passes through JavaScript's types. */
async function insertRows(
  tx: Transaction<Tables>,
  { name, columns }: ContentTable,
  rows: readonly string[],
): Promise<void> {
  const names = columns.map((column) => sql.ref(column.name))
  const values = columns.map(
    (column) => sql`(line ->> ${sql.lit(column.name)})::${sql.raw(column.type)}`,
  )
  await sql`
    insert into ${sql.table(name)} (${sql.join(names)})
    select ${sql.join(values)}
    from json_array_elements(${`[${rows.join()}]`}::json) as line`.execute(tx)
}

/** A backup takes longer than a request may; values are written in one way, whatever the session's settings. */
async function takeTime(tx: Transaction<Tables>): Promise<void> {
  await sql`select set_config('statement_timeout', '0', true),
    set_config('idle_in_transaction_session_timeout', '0', true),
    set_config('TimeZone', 'UTC', true),
    set_config('DateStyle', 'ISO, YMD', true),
    set_config('IntervalStyle', 'iso_8601', true),
    set_config('bytea_output', 'hex', true),
    set_config('extra_float_digits', '1', true)`.execute(tx)
}

/** Each row as a JSON object whose members are the columns, as text or null. */
async function* rowsOf(
  tx: Transaction<Tables>,
  { name, columns }: ContentTable,
): AsyncGenerator<string[]> {
  const names = columns.map((column) => sql.lit(column.name))
  const texts = columns.map((column) => sql`${sql.ref(column.name)}::text`)
  await sql`declare backup_rows no scroll cursor for
    select json_object(array[${sql.join(names)}]::text[], array[${sql.join(texts)}]::text[])::text as line
    from ${sql.table(name)}`.execute(tx)
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
async function contentTables(tx: Transaction<Tables>): Promise<ContentTable[]> {
  const { rows } = await sql<ContentTable>`
    select c.relname as name, (
        select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      ) as columns, array(
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

function inOrder(tables: readonly ContentTable[]): ContentTable[] {
  const ordered: ContentTable[] = []
  const isIn = (name: string) => ordered.some((table) => table.name === name)
  while (ordered.length < tables.length) {
    const next = tables.find(({ name, refers_to }) => !isIn(name) && refers_to.every(isIn))
    if (next === undefined) throw new Error('tables refer to each other in a circle')
    ordered.push(next)
  }
  return ordered
}
