import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const decisions: Migration = {
  name: '0015-decisions',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    // No identity, token, case reference or id of a signal: what policies look at, and nothing else.
    await sql`
      create table decision (
        hash bytea primary key, -- SHA-256 over the columns below but used_at
        act text not null,
        agency text not null, -- for whom the act was done
        agreement text not null,
        purpose text not null,
        facts text not null, -- canonical JSON: everything that the decision looked at
        outcome text not null check (outcome in ('permit', 'refuse')),
        reasons text not null, -- JSON: names of the policies that decided
        policy_set text not null, -- hash of the set that decided
        used_at timestamptz not null -- to the day: when it was made last
      )`.execute(db)
    await sql`create index decision_used_at on decision (used_at)`.execute(db)
    await sql`
      create table decision_entry (
        ledger_index bigint not null, -- the entry of the act that was decided
        decision_hash bytea not null,
        decided_at timestamptz not null,
        primary key (ledger_index, decision_hash)
      )`.execute(db)
    await sql`create index decision_entry_decided_at on decision_entry (decided_at)`.execute(db)
    await sql`
      create table review (
        id uuid primary key,
        policy text not null, -- that asked for the review
        agency text not null,
        agreement text not null,
        purpose text not null,
        since timestamptz not null, -- when the first decision asked for it
        due_at timestamptz not null,
        closed_at timestamptz,
        finding text check (finding in ('in-order', 'mended'))
      )`.execute(db)
    await sql`
      create unique index review_open on review (agency, agreement, policy)
        where closed_at is null`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of ['review', 'decision_entry', 'decision']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
  },
}
