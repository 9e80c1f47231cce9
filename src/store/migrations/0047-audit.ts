import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

/** What the audit of a year needs: cosigned checkpoints of past months, and entries found by their kind. */
export const audit: Migration = {
  name: '0047-audit',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table cosigned_month (
        month text, -- 'YYYY-MM', of UTC
        witness text, -- '@operator', or the id of an agency
        witness_key text not null,
        size bigint not null,
        cosigned_at timestamptz not null,
        note text not null, -- the last checkpoint of the month with this cosignature
        primary key (month, witness)
      )`.execute(db)
    await sql`create index ledger_entry_of_kind on ledger_entry (kind, index)`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop index ledger_entry_of_kind`.execute(db)
    await sql`drop table cosigned_month`.execute(db)
  },
}
