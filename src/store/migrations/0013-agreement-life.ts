import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const agreementLife: Migration = {
  name: '0013-agreement-life',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      alter table agency
        add column signatory_thumbprints text -- JSON array: keys on the card that may sign agreements
      `.execute(db)
    await sql`
      alter table agreement
        add column superseded_at timestamptz, -- from when on a later version stands in its place
        add column superseded_by text -- the hash of that version
      `.execute(db)
    await sql`
      delete from agreement_party where hash in ( -- of the form before this one, which counts no more
        select hash from agreement where content::jsonb ->> 'form' <> 'raakvlak-agreement/2'
      )`.execute(db)
    await sql`
      alter table agreement_signature
        add column signer text not null default '' -- thumbprint; '' where it was not kept
      `.execute(db)
    await sql`alter table agreement_signature alter column signer drop default`.execute(db)
    await sql`alter table agreement_signature drop constraint agreement_signature_pkey`.execute(db)
    await sql`alter table agreement_signature add primary key (hash, agency_id, type, signer)`.execute(
      db,
    )
    await sql`
      create table agreement_suspension (
        hash text primary key,
        suspended boolean not null, -- false: lifted
        statement text not null, -- the JWS as the administrator signed it
        issued_at timestamptz not null -- an older statement is refused
      )`.execute(db)
    await sql`
      create table delegation (
        number text not null,
        agency_id text not null, -- the delegator
        acting_agency_id text not null,
        agreement_hash text not null,
        not_before timestamptz not null,
        not_after timestamptz not null,
        statement text not null, -- the JWS as the delegator signed it
        received_at timestamptz not null,
        primary key (agency_id, number)
      )`.execute(db)
    await sql`create index delegation_of_acting on delegation (acting_agency_id)`.execute(db)
    await sql`
      create table delegation_end (
        agency_id text not null,
        number text not null, -- also of a delegation that was not received
        statement text not null,
        received_at timestamptz not null,
        primary key (agency_id, number)
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    for (const table of ['delegation_end', 'delegation', 'agreement_suspension']) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
    await sql`alter table agreement_signature drop constraint agreement_signature_pkey`.execute(db)
    await sql`
      delete from agreement_signature as one using agreement_signature as other
      where one.hash = other.hash and one.agency_id = other.agency_id and one.type = other.type
        and one.signer > other.signer`.execute(db)
    await sql`alter table agreement_signature drop column signer`.execute(db)
    await sql`alter table agreement_signature add primary key (hash, agency_id, type)`.execute(db)
    await sql`alter table agreement drop column superseded_at, drop column superseded_by`.execute(
      db,
    )
    await sql`alter table agency drop column signatory_thumbprints`.execute(db)
  },
}
