import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const calibration: Migration = {
  name: '0009-calibration',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table histogram (
        agreement_hash text not null,
        agency_id text not null,
        linkage text not null, -- version of the linkage keys
        subjects integer not null,
        counts text not null, -- JSON array: pairs of own subjects per bin of bits
        received_at timestamptz not null,
        primary key (agreement_hash, agency_id, linkage) -- the newest counts
      )`.execute(db)
    await sql`
      create table threshold_move (
        agreement_hash text not null,
        linkage text not null,
        move integer not null, -- from 1; the highest is in force
        agency_id text not null,
        certain integer not null,
        probable integer not null,
        possible integer not null,
        reason text not null,
        explanation text not null,
        statement text not null, -- the JWS as its party signed it
        moved_at timestamptz not null,
        primary key (agreement_hash, linkage, move)
      )`.execute(db)
    // Evidence is weighed when it is read; what is kept of it puts links in order.
    await sql`
      alter table link
        add column name_bits double precision not null default 0 -- score of names and birth date alone
      `.execute(db)
    await sql`update link set name_bits = bits where not rests_on_identifier`.execute(db)
    await sql`alter table link alter column name_bits drop default`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`alter table link drop column name_bits`.execute(db)
    await sql`drop table threshold_move`.execute(db)
    await sql`drop table histogram`.execute(db)
  },
}
