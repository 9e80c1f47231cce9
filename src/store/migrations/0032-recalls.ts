import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const recalls: Migration = {
  name: '0032-recalls',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table recall (
        -- immutable
        id text primary key,
        owner_id text not null,
        receiver_id text not null,
        agreement_hash text not null,
        disclosure text not null, -- number of a disclosure, or of an emergency
        signal_id text not null, -- the owner's
        cause text not null check (cause in ('corrected', 'withdrawn', 'expired')),
        changed_at timestamptz not null, -- when the signal was corrected or ended
        told_at timestamptz not null,
        -- mutable
        reminders integer not null default 0,
        remind_at timestamptz, -- null once nobody has to be reminded
        overtaken_at timestamptz, -- a later change of the signal is recalled instead
        answer text,
        reason text,
        statement text, -- the JWS by which the receiver confirmed
        confirmed_at timestamptz,
        unique (disclosure, cause, changed_at)
      )`.execute(db)
    await sql`create index recall_of_owner on recall (owner_id, told_at)`.execute(db)
    await sql`create index recall_of_receiver on recall (receiver_id, told_at)`.execute(db)
    await sql`create index recall_to_remind on recall (remind_at) where remind_at is not null`.execute(
      db,
    )
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table recall`.execute(db)
  },
}
