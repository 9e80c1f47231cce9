import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

const tables = [
  'follow_up_step',
  'follow_up_vouched',
  'disclosure_term',
  'follow_up_settlement',
  'follow_up_feedback',
  'follow_up_clock',
  'follow_up_event',
  'follow_up_contact',
  'follow_up_signal',
  'follow_up_agency',
  'follow_up',
]

export const followUp: Migration = {
  name: '0026-follow-up',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table follow_up (
        -- immutable
        id text primary key, -- known to the gateway alone; agencies have handles
        agreement_hash text not null,
        purpose text not null,
        begun_at timestamptz not null,
        -- mutable
        state text not null check (state in ('open', 'closed', 'ended', 'merged')),
        quality text not null check (quality in ('certain', 'probable', 'possible')),
        version integer not null, -- grows by one with every change
        changed_at timestamptz not null,
        lead_id text not null, -- the agency that has the lead; there is always one
        lead_ground text not null,
        lead_since timestamptz not null,
        offered_to text, -- the agency to which the lead offered it
        disputed_by text,
        dispute_reason text,
        outcome text,
        closed_at timestamptz,
        reopened integer not null, -- how often an agency did; signals that join are not counted
        ended_on date,
        end_cause text check (end_cause in ('signals', 'thresholds', 'merged')),
        merged_into text
      )`.execute(db)
    await sql`create index follow_up_of_agreement on follow_up (agreement_hash, state)`.execute(db)
    await sql`
      create table follow_up_agency (
        follow_up_id text not null,
        agency_id text not null,
        handle text not null unique, -- random: two agencies cannot join theirs
        joined_at timestamptz not null,
        region text, -- of its first signal here; for the measures
        acknowledged_at timestamptz,
        left_at timestamptz, -- null while one of its signals is a member
        primary key (follow_up_id, agency_id)
      )`.execute(db)
    await sql`create index follow_up_agency_of on follow_up_agency (agency_id, follow_up_id)`.execute(
      db,
    )
    await sql`
      create table follow_up_signal (
        follow_up_id text not null,
        signal_id text not null,
        agency_id text not null,
        joined_at timestamptz not null,
        silent boolean not null, -- joined without notice and clock
        primary key (follow_up_id, signal_id)
      )`.execute(db)
    await sql`create index follow_up_of_signal on follow_up_signal (signal_id)`.execute(db)
    await sql`
      create table follow_up_contact (
        signal_id text not null,
        one_id text not null, -- the agency whose name comes first
        other_id text not null,
        follow_up_id text not null, -- whose outcome said so
        primary key (signal_id, one_id, other_id),
        check (one_id < other_id)
      )`.execute(db)
    await sql`
      create table follow_up_event (
        follow_up_id text not null,
        at timestamptz not null,
        place integer not null, -- order among the events of one follow-up
        event text not null,
        agency_id text,
        detail text, -- a code; never free text
        primary key (follow_up_id, place)
      )`.execute(db)
    await sql`
      create table follow_up_clock (
        follow_up_id text not null,
        agency_id text not null,
        clock text not null check (clock in ('acknowledge', 'close', 'offer', 'dispute')),
        started_at timestamptz not null,
        due_at timestamptz not null,
        step integer not null, -- how many times somebody was told
        next_at timestamptz not null, -- when somebody is told next
        primary key (follow_up_id, agency_id, clock)
      )`.execute(db)
    await sql`create index follow_up_clock_next on follow_up_clock (next_at)`.execute(db)
    await sql`
      create table follow_up_feedback (
        signal_id text primary key,
        agency_id text not null,
        status text not null, -- coarse, as whoever may only submit is told
        outcome text, -- as whoever may receive is told
        at timestamptz not null
      )`.execute(db)
    await sql`
      create table follow_up_settlement (
        agreement_hash text primary key,
        thresholds text not null -- JSON; by which its overlaps were last looked through
      )`.execute(db)
    await sql`
      create table disclosure_term (
        number text primary key, -- of the disclosure
        due_at timestamptz not null, -- for which due time; a reply gives another one
        step integer not null, -- how many times somebody was told
        next_at timestamptz not null -- when somebody is told next
      )`.execute(db)
    await sql`
      create table follow_up_step (
        id text primary key,
        at timestamptz not null,
        kind text not null check (kind in ('remind', 'escalate', 'lapse')),
        step text not null -- canonical JSON; vouched for by the entry of the day
      )`.execute(db)
    await sql`create index follow_up_step_at on follow_up_step (at)`.execute(db)
    await sql`
      create table follow_up_vouched (
        id smallint primary key check (id = 1),
        until timestamptz not null -- steps before it are vouched for on the ledger
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of tables) await sql`drop table ${sql.table(table)}`.execute(db)
  },
}
