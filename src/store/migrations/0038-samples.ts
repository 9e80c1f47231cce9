import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const samples: Migration = {
  name: '0038-samples',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table sample_secret (
        ledger_index bigint primary key, -- the entry with its commitment
        secret bytea not null, -- encrypted
        made_at timestamptz not null,
        week text unique -- the draw that it was told for; null until then
      )`.execute(db)
    await sql`create unique index sample_secret_open on sample_secret ((true)) where week is null`.execute(
      db,
    )
    await sql`
      create table sample_draw (
        week text primary key,
        drawn_at timestamptz not null,
        from_index bigint not null,
        until_index bigint not null,
        beacon text not null, -- the keyholder's word
        secret text not null,
        seed text not null,
        committed_index bigint not null -- the entry that bound the gateway to the secret
      )`.execute(db)
    await sql`
      create table sample_share (
        week text not null,
        agency_id text not null,
        looks integer not null,
        ledger_index bigint not null, -- the entry of this agency's draw
        primary key (week, agency_id)
      )`.execute(db)
    await sql`
      create table sample (
        -- immutable
        id text primary key,
        week text not null,
        agency_id text not null,
        entry_index bigint not null, -- what was looked at stands there, and nowhere here
        acts integer not null,
        drawn_at timestamptz not null,
        justify_by timestamptz not null,
        -- mutable
        review_by timestamptz not null,
        due_at timestamptz, -- when the agency is told next that a term passed; null: never again
        reason text,
        article text,
        case_commitment text,
        justified_at timestamptz,
        justified_client text,
        justified_officer text,
        finding text,
        judged_at timestamptz,
        judged_client text,
        judged_officer text
      )`.execute(db)
    await sql`create unique index sample_of_agency on sample (agency_id, entry_index)`.execute(db)
    await sql`create index sample_due on sample (due_at) where due_at is not null`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table sample`.execute(db)
    await sql`drop table sample_share`.execute(db)
    await sql`drop table sample_draw`.execute(db)
    await sql`drop table sample_secret`.execute(db)
  },
}
