import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const restrictions: Migration = {
  name: '0040-restrictions',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`alter table signal drop constraint signal_state_check`.execute(db)
    await sql`
      alter table signal add constraint signal_state_check
        check (state in ('live', 'restricted', 'withdrawn', 'expired'))`.execute(db)
    await sql`
      create table signal_restriction (
        signal_id text not null,
        measure text not null check (measure in ('restriction', 'confidentiality')),
        agency_id text not null, -- the owner
        ground text not null,
        since timestamptz not null,
        review_on date not null, -- when its owner has to look at it again; it stays until lifted
        remind_at timestamptz not null, -- when the owner is told next
        primary key (signal_id, measure)
      )`.execute(db)
    await sql`create index signal_restriction_of_agency on signal_restriction (agency_id, review_on)`.execute(
      db,
    )
    await sql`create index signal_restriction_to_remind on signal_restriction (remind_at)`.execute(
      db,
    )
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table signal_restriction`.execute(db)
    await sql`update signal set state = 'live' where state = 'restricted'`.execute(db)
    await sql`alter table signal drop constraint signal_state_check`.execute(db)
    await sql`
      alter table signal add constraint signal_state_check
        check (state in ('live', 'withdrawn', 'expired'))`.execute(db)
  },
}
