import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const agreements: Migration = {
  name: '0004-agreements',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table agreement (
        hash text primary key,
        content text not null, -- canonical JSON, immutable
        purpose text not null,
        domain text not null,
        proposed_at timestamptz not null
      )`.execute(db)
    await sql`create index agreement_domain on agreement (domain)`.execute(db)
    await sql`
      create table agreement_signature (
        hash text not null,
        agency_id text not null,
        type text not null check (type in ('accept', 'reject', 'revoke')),
        statement text not null, -- the JWS as its party signed it
        received_at timestamptz not null,
        primary key (hash, agency_id, type)
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table agreement_signature`.execute(db)
    await sql`drop table agreement`.execute(db)
  },
}
