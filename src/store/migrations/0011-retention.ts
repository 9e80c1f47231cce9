import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

/** What tells of the subject or the case; null in the tombstone of a signal that has ended. */
const erased = [
  'category',
  'indicators',
  'observed_on',
  'role',
  'case_reference',
  'age_band',
  'retain_until',
  'lead_route',
  'body_hash',
]

export const retention: Migration = {
  name: '0011-retention',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    for (const column of erased) {
      await sql`alter table signal alter column ${sql.ref(column)} drop not null`.execute(db)
    }
    await sql`
      update signal
      set category = null, indicators = null, observed_on = null, role = null, case_reference = null,
        age_band = null, retain_until = null, lead_route = null, body_hash = null, region = null,
        contact_desk = null
      where state <> 'live'`.execute(db)
    await sql`create index signal_past_retention on signal (retain_until, id) where state = 'live'`.execute(
      db,
    )
    await sql`create index signal_live_under on signal (agreement_hash, id) where state = 'live'`.execute(
      db,
    )
    await sql`
      alter table overlap_handle
        add column ended_on date, -- when the overlap was last over for this receiver; null: never
        add column end_cause text check (end_cause in ('own-signal', 'other-signal', 'agreement'))`.execute(
      db,
    )
    await sql`
      create table retention_run (
        run text primary key, -- kind of due work
        last_succeeded_at timestamptz not null
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table retention_run`.execute(db)
    await sql`delete from overlap_handle where ended_on is not null`.execute(db)
    await sql`alter table overlap_handle drop column ended_on, drop column end_cause`.execute(db)
    await sql`drop index signal_live_under`.execute(db)
    await sql`drop index signal_past_retention`.execute(db)
    // The older schema has no tombstones.
    await sql`delete from signal where state <> 'live'`.execute(db)
    for (const column of erased) {
      await sql`alter table signal alter column ${sql.ref(column)} set not null`.execute(db)
    }
  },
}
