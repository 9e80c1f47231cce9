import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const obligations: Migration = {
  name: '0031-obligations',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table notify_obligation (
        id uuid primary key,
        policy text not null, -- that asks for it
        role text not null check (role in ('privacy-officer', 'coordinator', 'contact-desk')),
        agency text not null, -- whose role it is
        agreement text not null,
        purpose text not null,
        act text not null, -- that was permitted and done
        on_day date not null, -- one a day for the same reason
        since timestamptz not null,
        unique (agency, agreement, policy, role, act, on_day)
      )`.execute(db)
    await sql`create index notify_obligation_since on notify_obligation (since)`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table notify_obligation`.execute(db)
  },
}
