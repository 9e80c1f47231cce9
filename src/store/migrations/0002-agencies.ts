import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const agencies: Migration = {
  name: '0002-agencies',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table administrator (
        thumbprint text primary key,
        enrolled_at timestamptz not null
      )`.execute(db)
    await sql`
      create table enrolment_code (
        id smallint primary key default 1 check (id = 1),
        code_hash bytea not null, -- SHA-256; the code itself is shown once and kept nowhere
        made_at timestamptz not null
      )`.execute(db)
    await sql`
      create table agency (
        id text primary key,
        name text not null,
        root_thumbprint text not null, -- told out of band, pinned by an administrator
        active boolean not null,
        pinned_at timestamptz not null, -- issuedAt of the latest pin; an older pin is refused
        card text, -- the signed agency card
        card_version integer not null,
        contact_desk text,
        signing_thumbprint text,
        encryption_key text -- public JWK
      )`.execute(db)
    await sql`
      create table client (
        agency_id text not null,
        client text not null,
        key text not null, -- public JWK
        primary key (agency_id, client)
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of ['client', 'agency', 'enrolment_code', 'administrator']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
  },
}
