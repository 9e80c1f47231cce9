import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

/** Timestamps of an outside authority under checkpoints of the own ledger. */
export const timestamps: Migration = {
  name: '0042-timestamps',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table ledger_timestamp (
        size bigint primary key,
        checkpoint text not null, -- the signed note that was stamped
        stamped_at timestamptz not null, -- as the authority states it
        response bytea not null -- TimeStampResp (RFC 3161), DER
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table ledger_timestamp`.execute(db)
  },
}
