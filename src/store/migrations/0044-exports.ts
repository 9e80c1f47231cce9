import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

/** What others read of the ledger: of which action an entry is a part, for whom it is, and how far it was pushed. */
export const exports: Migration = {
  name: '0044-exports',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    // Beside the entry and not in it: the ids may be of a caller's choosing, and go when an entry is erased.
    await sql`
      create table ledger_trace (
        ledger_index bigint primary key,
        trace_id bytea not null check (length(trace_id) = 16), -- W3C Trace Context
        span_id bytea not null check (length(span_id) = 8), -- of the action: a request, or what time made due
        parent_span_id bytea check (length(parent_span_id) = 8), -- of the action that asked for it
        began_at timestamptz not null
      )`.execute(db)
    await sql`create index ledger_trace_ids on ledger_trace (trace_id, span_id, ledger_index)`.execute(
      db,
    )
    await sql`
      create index ledger_entry_of_controller on ledger_entry (
        coalesce(payload::jsonb ->> 'onBehalfOf', payload::jsonb ->> 'agency'), index
      )`.execute(db)
    await sql`
      create table export_position (
        log text primary key check (log in ('processing', 'decision')),
        next_index bigint not null, -- the first entry that was not pushed yet
        pushed_at timestamptz not null
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table export_position`.execute(db)
    await sql`drop index ledger_entry_of_controller`.execute(db)
    await sql`drop table ledger_trace`.execute(db)
  },
}
