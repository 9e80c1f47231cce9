import { type RawBuilder, sql } from 'kysely'

/**
 * Whether an agency rests its part in an agreement on one of these legal bases, as an expression over a row;
 * without an agreement: in any agreement that was ever proposed to it.
 */
export const restsOn = (
  bases: readonly string[],
  agency: RawBuilder<unknown>,
  agreement?: RawBuilder<unknown>,
): RawBuilder<boolean> => sql<boolean>`exists (
  select 1
  from agreement_party as own
  join agreement as resting on resting.hash = own.hash,
    jsonb_array_elements(resting.content::jsonb -> 'parties') as party,
    jsonb_array_elements(party -> 'legalBases') as basis
  where own.agency_id = ${agency}
    ${agreement === undefined ? sql`` : sql`and own.hash = ${agreement}`}
    and party ->> 'agency' = ${agency}
    and basis ->> 'code' = any(${[...bases]}::text[]))`
