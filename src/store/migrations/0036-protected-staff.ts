import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

/** Staff whom agencies protect against looks of their own people. No identity: HMACs of tokens. */
export const protectedStaff: Migration = {
  name: '0036-protected-staff',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table protected_staff (
        id text primary key, -- of a member, known to nobody else
        agency_id text not null, -- whose staff, and who alone may see or end it
        domain text not null,
        protected_at timestamptz not null,
        expires_on date not null
      )`.execute(db)
    await sql`create index protected_staff_of_agency on protected_staff (agency_id, domain)`.execute(
      db,
    )
    await sql`
      create table protected_staff_token (
        agency_id text not null,
        token bytea not null, -- HMAC of domain, epoch and token, as in signal_token
        member_id text not null,
        primary key (agency_id, token, member_id)
      )`.execute(db)
    await sql`create index protected_staff_token_of_member on protected_staff_token (member_id)`.execute(
      db,
    )
    await sql`
      create table protected_staff_signal (
        signal_id text not null, -- a signal of the same agency that shares a token with a member
        member_id text not null,
        noted_at timestamptz not null,
        primary key (signal_id, member_id)
      )`.execute(db)
    await sql`create index protected_staff_signal_of_member on protected_staff_signal (member_id)`.execute(
      db,
    )
  },
  async down(db: Kysely<unknown>) {
    for (const table of ['protected_staff_signal', 'protected_staff_token', 'protected_staff']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
  },
}
