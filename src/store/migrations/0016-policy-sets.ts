import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const policySets: Migration = {
  name: '0016-policy-sets',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table policy_set (
        hash text primary key,
        files text not null, -- JSON: names and texts
        known_since timestamptz not null
      )`.execute(db)
    await sql`
      create table policy_set_in_force (
        id smallint primary key default 1 check (id = 1),
        hash text not null,
        since timestamptz not null,
        agreed boolean not null -- by two administrators; else it came with the files at a start
      )`.execute(db)
    await sql`
      create table policy_set_signature (
        from_hash text not null,
        to_hash text not null,
        administrator text not null, -- thumbprint of the key that signed
        statement text not null, -- the JWS
        received_at timestamptz not null,
        primary key (from_hash, to_hash, administrator)
      )`.execute(db)
    await sql`
      create table administrator_voucher (
        thumbprint text not null, -- of the key of a new administrator
        vouched_by text not null, -- thumbprint of an administrator's key
        statement text not null, -- the JWS
        received_at timestamptz not null,
        primary key (thumbprint, vouched_by)
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of [
      'administrator_voucher',
      'policy_set_signature',
      'policy_set_in_force',
      'policy_set',
    ]) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
  },
}
