import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const nonPunishment: Migration = {
  name: '0029-non-punishment',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table review_flag (
        -- immutable
        id text primary key,
        agreement_hash text not null,
        reviewer_id text not null,
        raised_at timestamptz not null,
        due_at timestamptz not null,
        -- mutable
        remind_at timestamptz, -- null once it is closed or lapsed
        escalated_at timestamptz,
        lapsed_at timestamptz, -- the signals that it rested on are not there any more
        outcome text,
        reason text,
        closed_at timestamptz
      )`.execute(db)
    await sql`create index review_flag_of_reviewer on review_flag (reviewer_id, agreement_hash)`.execute(
      db,
    )
    await sql`create index review_flag_to_remind on review_flag (remind_at) where remind_at is not null`.execute(
      db,
    )
    await sql`
      create table review_flag_signal (
        flag_id text not null,
        signal_id text not null, -- goes with the signal; its role stands there alone
        agency_id text not null,
        mention text not null unique, -- what one says on the telephone
        primary key (flag_id, signal_id)
      )`.execute(db)
    await sql`create index review_flag_signal_of_signal on review_flag_signal (signal_id)`.execute(
      db,
    )
    await sql`
      create table review_flag_scan (
        agreement_hash text primary key,
        ledger_index bigint not null, -- signals up to here were looked at
        thresholds text not null -- by which; when people move one, all are looked at again
      )`.execute(db)
    await sql`create index signal_by_ledger on signal (agreement_hash, ledger_index) where state = 'live'`.execute(
      db,
    )
  },
  async down(db: Kysely<unknown>) {
    await sql`drop index signal_by_ledger`.execute(db)
    await sql`drop table review_flag_scan`.execute(db)
    await sql`drop table review_flag_signal`.execute(db)
    await sql`drop table review_flag`.execute(db)
  },
}
