import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

/** Receivers of opened texts are told of a restriction too, and of its end. */
export const restrictionRecalls: Migration = {
  name: '0048-restriction-recalls',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      alter table signal
        add column restricted_at timestamptz, -- the last time
        add column restriction_lifted_at timestamptz`.execute(db)
    await sql`
      update signal set restricted_at = signal_restriction.since
      from signal_restriction
      where signal_restriction.signal_id = signal.id
      and signal_restriction.measure = 'restriction'`.execute(db)
    await sql`alter table recall drop constraint recall_cause_check`.execute(db)
    await sql`
      alter table recall add constraint recall_cause_check check (
        cause in ('corrected', 'withdrawn', 'expired', 'restricted', 'restriction-lifted')
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`delete from recall where cause in ('restricted', 'restriction-lifted')`.execute(db)
    await sql`alter table recall drop constraint recall_cause_check`.execute(db)
    await sql`
      alter table recall add constraint recall_cause_check
        check (cause in ('corrected', 'withdrawn', 'expired'))`.execute(db)
    await sql`alter table signal drop column restricted_at, drop column restriction_lifted_at`.execute(
      db,
    )
  },
}
