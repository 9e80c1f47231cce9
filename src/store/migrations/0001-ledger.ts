import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const ledger: Migration = {
  name: '0001-ledger',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table ledger_entry (
        index bigint primary key, -- given out under the lock on the head; no gaps
        kind text not null,
        at timestamptz not null,
        salt bytea,    -- null once the payload is erased
        payload text,  -- canonical JSON; null once it is erased
        commitment bytea not null, -- the leaf; stays
        check ((salt is null) = (payload is null))
      )`.execute(db)
    await sql`create index ledger_entry_kind on ledger_entry (kind, index)`.execute(db)
    await sql`
      create table ledger_node (
        level integer not null,
        index bigint not null,
        hash bytea not null, -- of the complete subtree over 2^level leaves; never changes
        primary key (level, index)
      )`.execute(db)
    await sql`
      create table ledger_head (
        id smallint primary key check (id = 1),
        size bigint not null,
        frontier bytea not null,
        root bytea not null,
        checkpoint text not null, -- C2SP signed note
        at timestamptz not null
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of ['ledger_head', 'ledger_node', 'ledger_entry']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
  },
}
