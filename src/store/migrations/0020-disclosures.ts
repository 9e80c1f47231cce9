import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const disclosures: Migration = {
  name: '0020-disclosures',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table disclosure (
        -- immutable
        number text primary key, -- made by the receiver's client
        receiver_id text not null,
        owner_id text not null,
        agreement_hash text not null,
        purpose text not null,
        receiver_signal_id text not null,
        signal_id text not null, -- the owner's
        fields text not null, -- JSON array of sealed fields
        article text not null, -- code of a legal basis
        request_hash bytea not null, -- SHA-256 of the signed request
        requested_at timestamptz not null,
        due_at timestamptz not null, -- by when the owner has to answer
        -- mutable
        state text not null check (state in ('requested', 'asked', 'refused', 'granted')),
        refusal text, -- why not, in one word
        objected boolean not null, -- a refusal was objected to; that can be done once
        request bytea, -- as signed, sealed by the column key; erased after a time
        remarks bytea, -- JSON, sealed by the column key; erased after a time
        grant_number text,
        grant_statement text, -- the JWS as the owner signed it
        granted_fields text, -- JSON array of sealed fields
        grant_expires_at timestamptz,
        changed_at timestamptz not null
      )`.execute(db)
    await sql`create index disclosure_of_owner on disclosure (owner_id, agreement_hash, number)`.execute(
      db,
    )
    await sql`
      create index disclosure_of_receiver on disclosure (receiver_id, agreement_hash, number)
      `.execute(db)
    await sql`create index disclosure_of_signal on disclosure (signal_id, receiver_id)`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table disclosure`.execute(db)
  },
}
