import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const consoleTables: Migration = {
  name: '0046-console',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table console_session (
        -- immutable
        id_hash bytea primary key, -- SHA-256 of the number that the browser holds
        agency_id text not null,
        officer text not null, -- the agency's own opaque name
        name bytea not null, -- sealed: what the officer is shown as to itself
        roles text not null, -- separated by spaces
        csrf bytea not null, -- what forms carry; a confirmation keeps it, so that open forms stay good
        browser_hash bytea not null, -- of what the browser says it is
        begun_at timestamptz not null,
        proved_at timestamptz not null, -- the second factor
        ends_at timestamptz not null,
        -- mutable
        seen_at timestamptz not null
      )`.execute(db)
    await sql`create index console_session_of_officer on console_session (agency_id, officer)`.execute(
      db,
    )
    await sql`
      create table console_sign_in (
        state_hash bytea primary key,
        browser_hash bytea not null, -- of a cookie that only the browser that began has
        nonce text not null,
        verifier text not null, -- PKCE
        return_to text not null, -- a path of the console
        session_hash bytea, -- of whoever proves its second factor again
        expires_at timestamptz not null
      )`.execute(db)
    await sql`
      create table console_filter (
        agency_id text not null,
        officer text not null,
        name text not null,
        query text not null,
        primary key (agency_id, officer, name)
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table console_filter`.execute(db)
    await sql`drop table console_sign_in`.execute(db)
    await sql`drop table console_session`.execute(db)
  },
}
