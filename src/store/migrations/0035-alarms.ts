import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

/** Alarms, and what they are counted from. Days are those of the Netherlands, as YYYY-MM-DD. */
export const alarms: Migration = {
  name: '0035-alarms',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table alarm_scan (
        id smallint primary key check (id = 1),
        ledger_index bigint not null -- entries up to here were counted
      )`.execute(db)
    await sql`
      create table alarm_tally (
        agency_id text not null,
        measure text not null,
        actor text not null, -- officer:NAME, client:NAME, or '' for the whole agency
        key text not null, -- what it was about, under the agency's own name for it; '' for nothing
        day text not null,
        client text not null, -- the machine seen last
        amount bigint not null,
        primary key (agency_id, measure, actor, key, day)
      )`.execute(db)
    await sql`create index alarm_tally_by_day on alarm_tally (day)`.execute(db)
    await sql`
      create table alarm (
        -- immutable
        id text primary key,
        agency_id text not null, -- whom it is about, and who alone sees it
        rule text not null,
        actor text not null,
        officer text,
        ledger_index bigint not null, -- of the entry that says it was raised
        raised_at timestamptz not null,
        day text not null,
        due_at timestamptz not null,
        -- mutable
        client text,
        about text,
        last_at timestamptz not null,
        count integer not null,
        threshold double precision not null,
        measured double precision not null,
        usual double precision, -- what is usual there, where the rule compares with that
        remind_at timestamptz, -- null once it is closed
        taken_by_client text,
        taken_by_officer text,
        taken_at timestamptz,
        outcome text,
        reason text,
        closed_at timestamptz,
        closed_day text -- what was done up to this day counts no more
      )`.execute(db)
    await sql`create index alarm_of_agency on alarm (agency_id, ledger_index)`.execute(db)
    await sql`create index alarm_of_actor on alarm (agency_id, rule, actor, ledger_index)`.execute(
      db,
    )
    await sql`create index alarm_to_remind on alarm (remind_at) where remind_at is not null`.execute(
      db,
    )
    await sql`
      create table alarm_firing (
        alarm_id text not null,
        day text not null,
        about text not null, -- '' for nothing
        measured double precision not null,
        primary key (alarm_id, day, about)
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of ['alarm_firing', 'alarm', 'alarm_tally', 'alarm_scan']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
  },
}
