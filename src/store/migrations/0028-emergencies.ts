import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const emergencies: Migration = {
  name: '0028-emergencies',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table emergency (
        number text primary key, -- made by the receiver's client
        receiver_id text not null,
        owner_id text not null,
        agreement_hash text not null,
        signal_id text not null, -- the owner's
        receiver_signal_id text, -- at the gateway
        fields text not null, -- JSON array of sealed fields
        counted_at timestamptz not null, -- of which day it is a use
        -- null until released
        statements text, -- JSON array: the JWS of both officers
        officers text, -- JSON array: thumbprints of their keys
        necessity bytea, -- JSON, sealed by the column key, at the gateway; erased after a time
        released_at timestamptz,
        review_due_at timestamptz,
        -- null until reviewed
        outcome text,
        reviewed_at timestamptz,
        review_reminded_at timestamptz -- when the owner was last told that it is due; at the gateway
      )`.execute(db)
    await sql`create index emergency_of_receiver on emergency (receiver_id, agreement_hash, counted_at)`.execute(
      db,
    )
    await sql`create index emergency_of_owner on emergency (owner_id, agreement_hash, released_at)`.execute(
      db,
    )
    await sql`
      create index emergency_to_review on emergency (review_due_at)
        where outcome is null and review_due_at is not null`.execute(db)
    await sql`
      create table emergency_route (
        owner_id text not null,
        receiver_id text not null,
        agreement_hash text not null,
        is_open boolean not null,
        said_at timestamptz not null, -- as the owner dated it; earlier words change nothing
        primary key (owner_id, receiver_id, agreement_hash)
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table emergency_route`.execute(db)
    await sql`drop table emergency`.execute(db)
  },
}

/** Where signals are, what their owner signed of what it sealed. */
export const seals: Migration = {
  name: '0033-seals',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`alter table signal add column seal text -- the JWS as the owner signed it`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`alter table signal drop column seal`.execute(db)
  },
}
