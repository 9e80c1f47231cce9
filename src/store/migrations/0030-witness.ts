import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const witness: Migration = {
  name: '0030-witness',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table witnessed_ledger (
        origin text primary key,
        verifier_key text not null, -- vouched for by the root key of its operator
        size bigint not null,
        checkpoint text not null -- the last one, with the cosignature; '' before the first
      )`.execute(db)
    // The other operator has one ledger: a second one would be a second history of it.
    await sql`create unique index witnessed_ledger_only on witnessed_ledger ((true))`.execute(db)
    await sql`
      create table cosignature (
        witness text primary key, -- '@operator', or the id of an agency
        witness_key text not null,
        size bigint not null,
        cosigned_at timestamptz not null,
        note text not null -- checkpoint of the own ledger with this cosignature
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table cosignature`.execute(db)
    await sql`drop table witnessed_ledger`.execute(db)
  },
}
