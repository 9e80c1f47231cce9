import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const webhooks: Migration = {
  name: '0025-webhooks',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table notification_key (
        id integer primary key check (id = 1),
        sealed_key bytea not null, -- private JWK under the column key
        made_at timestamptz not null
      )`.execute(db)
    await sql`
      create table webhook (
        -- immutable
        id text primary key,
        agency_id text not null,
        url text not null,
        key_thumbprint text not null, -- of the receiver's key, under which it answers challenges
        made_at timestamptz not null,
        -- mutable
        state text not null check (state in ('unconfirmed', 'active', 'paused')),
        confirmed_at timestamptz,
        failures integer not null, -- in a row, of the notice that is next
        dead_in_a_row boolean not null, -- the notice before this one was given up, and none got through since
        next_attempt_at timestamptz not null,
        claimed_by text, -- the run of a worker that delivers now
        claimed_until timestamptz
      )`.execute(db)
    await sql`create index webhook_of_agency on webhook (agency_id, id)`.execute(db)
    await sql`create index webhook_due on webhook (next_attempt_at) where state = 'active'`.execute(
      db,
    )
    await sql`
      create table webhook_delivery (
        webhook_id text not null,
        notice_id text not null,
        state text not null check (state in ('waiting', 'delivered', 'dead')),
        attempts integer not null,
        attempted_at timestamptz,
        result text, -- of the last attempt, in one word
        status integer, -- that the receiver answered with
        primary key (webhook_id, notice_id)
      )`.execute(db)
    await sql`create index webhook_delivery_of_notice on webhook_delivery (notice_id)`.execute(db)
    await sql`
      create index webhook_delivery_waiting on webhook_delivery (webhook_id)
        where state = 'waiting'`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table webhook_delivery`.execute(db)
    await sql`drop table webhook`.execute(db)
    await sql`drop table notification_key`.execute(db)
  },
}
