import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const oauth: Migration = {
  name: '0003-oauth',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table oauth_replay (
        id text primary key, -- hash of issuer and number of a client assertion or proof at the token endpoint
        expires_at timestamptz not null
      )`.execute(db)
    await sql`create index oauth_replay_expiry on oauth_replay (expires_at)`.execute(db)
    await sql`
      create table dpop_replay (
        jkt text not null, -- thumbprint of the key that signed the proof
        jti_hash bytea not null, -- SHA-256 of the proof's number, which its sender chooses
        expires_at timestamptz not null,
        primary key (jkt, jti_hash)
      )`.execute(db)
    await sql`create index dpop_replay_expiry on dpop_replay (expires_at)`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of ['dpop_replay', 'oauth_replay']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
  },
}
