import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const signals: Migration = {
  name: '0006-signals',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table signal (
        -- immutable
        id text primary key, -- made by the client
        agency_id text not null,
        client text not null,
        agreement_hash text not null,
        purpose text not null,
        domain text not null,
        epoch integer not null,
        subject_kind text not null,
        category text not null,
        indicators text not null, -- JSON array of codes
        region text,
        observed_on date not null,
        role text not null,
        case_reference bytea not null, -- sealed by the column key
        contact_desk text, -- null: the desk in the agreement
        age_band text not null, -- computed by the partner, unchecked
        retain_until date not null, -- computed by the partner, unchecked
        lead_route text not null, -- computed by the partner, unchecked
        body_hash bytea not null, -- tells a retry from another signal with the same id
        submitted_at timestamptz not null,
        ledger_index bigint not null,
        -- mutable
        sealed text, -- gone when the signal ends
        tokens text, -- HMACs by key type; gone when the signal ends
        state text not null check (state in ('live', 'withdrawn', 'expired')),
        ended_at timestamptz
      )`.execute(db)
    await sql`create index signal_of_agency on signal (agency_id, agreement_hash, state)`.execute(
      db,
    )
    await sql`
      create table signal_token (
        token bytea not null, -- HMAC of domain, epoch and token
        signal_id text not null,
        agreement_hash text not null,
        primary key (token, signal_id)
      )`.execute(db)
    await sql`create index signal_token_of_signal on signal_token (signal_id)`.execute(db)
    await sql`
      create table idempotency_key (
        agency_id text not null,
        client text not null,
        key text not null,
        request_hash bytea not null,
        first_used_at timestamptz not null,
        primary key (agency_id, client, key)
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of ['idempotency_key', 'signal_token', 'signal']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
  },
}
