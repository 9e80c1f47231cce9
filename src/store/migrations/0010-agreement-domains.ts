import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const agreementDomains: Migration = {
  name: '0010-agreement-domains',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table agreement_party (
        agency_id text not null,
        hash text not null,
        proposer boolean not null,
        primary key (agency_id, hash)
      )`.execute(db)
    await sql`
      insert into agreement_party (agency_id, hash, proposer)
      select distinct party ->> 'agency', agreement.hash, false
      from agreement, jsonb_array_elements(agreement.content::jsonb -> 'parties') as party`.execute(
      db,
    )
    await sql`
      create table domain_agreement (
        domain text not null,
        hash text not null, -- of an agreement that is or was in force: its parties hold the domain
        in_force_at timestamptz not null,
        primary key (domain, hash)
      )`.execute(db)
    await sql`
      insert into domain_agreement (domain, hash, in_force_at)
      select agreement.domain, agreement.hash, max(agreement_signature.received_at)
      from agreement join agreement_signature on agreement_signature.hash = agreement.hash
      where agreement_signature.type = 'accept'
      group by agreement.domain, agreement.hash
      having count(*) = jsonb_array_length(min(agreement.content)::jsonb -> 'parties')`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table domain_agreement`.execute(db)
    await sql`drop table agreement_party`.execute(db)
  },
}
