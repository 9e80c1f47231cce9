import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

/** An agency looks back at what its own clients did, the newest first. */
export const accesses: Migration = {
  name: '0034-accesses',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create index ledger_entry_of_agency on ledger_entry ((payload::jsonb ->> 'agency'), index)
      where payload::jsonb ->> 'client' is not null`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop index ledger_entry_of_agency`.execute(db)
  },
}
