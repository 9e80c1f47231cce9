import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const evaluation: Migration = {
  name: '0005-evaluation',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table domain_share (
        domain text not null,
        epoch integer not null,
        sealed_share bytea not null, -- this operator's scalar under the column key; the seed is gone
        public_key bytea not null,
        opened_at timestamptz not null,
        primary key (domain, epoch)
      )`.execute(db)
    await sql`
      create table domain_manifest (
        domain text not null,
        epoch integer not null,
        peer_public_key bytea not null, -- first one seen; another is refused
        gateway_statement text,
        keyholder_statement text not null,
        primary key (domain, epoch)
      )`.execute(db)
    await sql`
      create table evaluation_batch (
        agency_id text not null,
        number text not null,
        body_hash bytea not null, -- tells an identical retry from a replay with another body
        received_at timestamptz not null,
        primary key (agency_id, number)
      )`.execute(db)
    await sql`
      create table quota_use (
        agency_id text not null,
        domain text not null,
        kind text not null check (kind in ('evaluation', 'submission', 'withdrawal')),
        day date not null,
        used bigint not null,
        primary key (agency_id, domain, kind, day)
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of ['quota_use', 'evaluation_batch', 'domain_manifest', 'domain_share']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
  },
}
