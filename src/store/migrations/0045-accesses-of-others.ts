import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

/** An agency looks back at what was done for it by delegation, and at what others did with its signals. */
export const accessesOfOthers: Migration = {
  name: '0045-accesses-of-others',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create index ledger_entry_on_behalf on ledger_entry ((payload::jsonb ->> 'onBehalfOf'), index)
      where payload::jsonb ->> 'onBehalfOf' is not null`.execute(db)
    await sql`
      create index ledger_entry_of_owner on ledger_entry ((payload::jsonb ->> 'owner'), index)
      where payload::jsonb ->> 'owner' is not null`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop index ledger_entry_on_behalf`.execute(db)
    await sql`drop index ledger_entry_of_owner`.execute(db)
  },
}
