import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../src/store/tables.ts'
import type { Haystack } from './leak-search.ts'

/** All columns of all tables, row by row: bytes as they are, everything else as text. */
export async function dumpOf(db: Kysely<Tables>, operator: string): Promise<Haystack[]> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema')`.execute(db)
  const dump: Haystack[] = []
  for (const { schema, name } of tables) {
    const { rows } = await sql<
      Record<string, unknown>
    >`select * from ${sql.id(schema, name)}`.execute(db)
    for (const [column, value] of rows.flatMap((row) => Object.entries(row))) {
      if (value === null) continue
      const isBytes = value instanceof Uint8Array
      const said = typeof value === 'string' ? value : JSON.stringify(value)
      const bytes = isBytes ? value : Buffer.from(said)
      dump.push({ name: `${operator}: ${name}.${column}`, bytes, raw: isBytes })
    }
  }
  return dump
}
