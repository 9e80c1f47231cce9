import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const agreementChains: Migration = {
  name: '0022-agreement-chains',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      alter table agreement
        add column first_version text -- hash of the first agreement in its chain of versions; its own without a predecessor
      `.execute(db)
    await sql`
      with recursive chain (hash, first_version) as (
        select hash, hash from agreement
        where content::jsonb ->> 'previous' is null
          or content::jsonb ->> 'previous' not in (select hash from agreement)
        union all
        select agreement.hash, chain.first_version
        from agreement join chain on agreement.content::jsonb ->> 'previous' = chain.hash
      )
      update agreement set first_version = chain.first_version
      from chain where chain.hash = agreement.hash`.execute(db)
    await sql`alter table agreement alter column first_version set not null`.execute(db)
    await sql`
      delete from agreement_suspension as one using agreement_suspension as other, agreement, agreement as sibling
      where agreement.hash = one.hash and sibling.hash = other.hash
        and sibling.first_version = agreement.first_version and one.hash <> other.hash
        and (other.suspended, other.issued_at, other.hash) > (one.suspended, one.issued_at, one.hash)
      `.execute(db) // of several words about one chain, a suspension stands rather than its end
    await sql`
      update agreement_suspension set hash = agreement.first_version
      from agreement where agreement.hash = agreement_suspension.hash`.execute(db)
    await sql`alter table agreement_suspension rename column hash to first_version`.execute(db)
    await sql`
      alter table agreement_signature
        add column completes boolean not null default false -- of an accept: with it the party had accepted
      `.execute(db)
    await sql`
      update agreement_signature as signature set completes = true
      where type = 'accept' and (
        exists (select 1 from domain_agreement where domain_agreement.hash = signature.hash)
        or (
          select coalesce((party ->> 'fourEyes')::boolean, false) from agreement,
            jsonb_array_elements(agreement.content::jsonb -> 'parties') as party
          where agreement.hash = signature.hash and party ->> 'agency' = signature.agency_id
          limit 1
        ) is false
      )`.execute(db) // where four eyes are awaited still, its accepts are counted anew
  },
  async down(db: Kysely<unknown>) {
    await sql`alter table agreement_signature drop column completes`.execute(db)
    await sql`alter table agreement_suspension rename column first_version to hash`.execute(db)
    await sql`alter table agreement drop column first_version`.execute(db)
  },
}
