import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const archive: Migration = {
  name: '0023-archive',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table archive_key (
        agreement_hash text primary key,
        sealed_key bytea not null, -- of the HMAC over tokens that are archived under this agreement; goes with the last of them
        made_at timestamptz not null
      )`.execute(db)
    await sql`
      create table archived_signal (
        signal_id text primary key, -- of a signal that expired past its retention; its tombstone stands in signal
        agency_id text not null, -- whose signal it was
        agreement_hash text not null,
        purpose text not null,
        contact_desk text, -- of the signal; null: the party's
        known_since date not null, -- first day of the quarter in which it was submitted
        kept_until date not null,
        tokens text, -- HMACs under the archive key, by key type, as JSON; null once it was given
        given_to text, -- the signal to whose submitter it was given; null: not yet
        given_on date
      )`.execute(db)
    await sql`create index archived_signal_owner on archived_signal (agency_id, agreement_hash, signal_id)`.execute(
      db,
    )
    await sql`create index archived_signal_end on archived_signal (kept_until, signal_id)`.execute(
      db,
    )
    await sql`create index archived_signal_under on archived_signal (agreement_hash)`.execute(db)
    await sql`create index archived_signal_given on archived_signal (given_to) where given_to is not null`.execute(
      db,
    )
    await sql`
      create table archived_token (
        agreement_hash text not null,
        token bytea not null,
        signal_id text not null,
        primary key (agreement_hash, token, signal_id)
      )`.execute(db)
    await sql`create index archived_token_signal on archived_token (signal_id)`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of ['archived_token', 'archived_signal', 'archive_key']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
  },
}
