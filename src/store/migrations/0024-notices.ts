import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const notices: Migration = {
  name: '0024-notices',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table notice_inbox (
        agency_id text primary key,
        last_sequence bigint not null, -- of the notice that was told last
        acknowledged_until bigint not null
      )`.execute(db)
    await sql`
      create table notice (
        -- immutable
        id text primary key,
        agency_id text not null, -- who is told
        kind text not null, -- a code of the public contract
        about text not null, -- path where the agency may look it up; nothing of what is there
        agreement_hash text, -- null: under no agreement
        on_behalf_of text, -- the agency for which this one is told, by delegation
        made_at timestamptz not null,
        -- mutable
        sequence bigint, -- place in the inbox; null: held back while its agreement is suspended
        acknowledged_at timestamptz,
        unique (agency_id, sequence)
      )`.execute(db)
    await sql`
      create index notice_under_agreement on notice (agency_id, agreement_hash)`.execute(db)
    await sql`create index notice_by_age on notice (made_at)`.execute(db)
    await sql`create index notice_by_acknowledgement on notice (acknowledged_at)`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table notice`.execute(db)
    await sql`drop table notice_inbox`.execute(db)
  },
}
