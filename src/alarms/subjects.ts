import { sql } from 'kysely'
import type { AgencyId } from '../kernel/ids.ts'
import { askedName } from './counting.ts'
import type { FindSubjects, Subject } from './types.ts'

type Row = {
  readonly agency: AgencyId
  readonly about: string
  readonly name: string
  readonly region: string | null
  readonly over_since: Date | null
  readonly submitted_at: Date | null
  readonly touches: boolean | null
  readonly staff: boolean
}

/**
 * What acts name, as far as it is the agency's own: its signal, or its handle of an overlap or a follow-up.
 * One subject has one name, by whichever of the three it is looked at. Of signals of others nothing is read.
 */
export const findSubjects: FindSubjects = async (reader, asked) => {
  if (asked.length === 0) return new Map()
  const { rows } = await sql<Row>`
    with asked as (
      select distinct agency, about from unnest(
        ${asked.map(({ agency }) => agency)}::text[],
        ${asked.map(({ about }) => about)}::text[]) as given (agency, about)
    ), named as (
      select asked.*, signal.id as signal_id, null::text as follow_up_id
      from asked join signal on signal.id = asked.about and signal.agency_id = asked.agency
      union all
      select asked.*, overlap_handle.signal_id, null
      from asked join overlap_handle
        on overlap_handle.handle = asked.about and overlap_handle.agency_id = asked.agency
      union all
      select asked.*, null, follow_up_agency.follow_up_id
      from asked join follow_up_agency
        on follow_up_agency.handle = asked.about and follow_up_agency.agency_id = asked.agency
    )
    select distinct on (named.agency, named.about)
      named.agency, named.about,
      coalesce(own.handle, named.signal_id, named.about) as name,
      coalesce(signal.region, own.region) as region,
      least(signal.ended_at, own.left_at, case when follow_up.state = 'closed' then follow_up.closed_at end) as over_since,
      signal.submitted_at,
      case when exists (
        select 1 from agreement
        cross join lateral jsonb_array_elements(agreement.content::jsonb -> 'parties') as party
        where agreement.hash = signal.agreement_hash
          and party ->> 'agency' = named.agency and party -> 'roles' @> '"receive"'
      ) then own.handle is not null end as touches,
      exists (
        select 1 from protected_staff_signal as noted
        join signal as mine on mine.id = noted.signal_id and mine.agency_id = named.agency
        where mine.id = named.signal_id or mine.id in (
          select signal_id from follow_up_signal where follow_up_id = follow_up.id
        )
      ) as staff
    from named
    left join signal on signal.id = named.signal_id
    left join follow_up_signal as member on member.signal_id = named.signal_id
    left join follow_up on follow_up.id = coalesce(named.follow_up_id, member.follow_up_id)
    left join follow_up_agency as own
      on own.follow_up_id = follow_up.id and own.agency_id = named.agency
    order by named.agency, named.about, own.joined_at, own.handle`.execute(reader)
  return new Map(
    rows.map(({ agency, about, name, region, over_since, submitted_at, touches, staff }) => [
      askedName(agency, about),
      {
        name,
        region: region ?? undefined,
        overSince: over_since ?? undefined,
        submittedAt: submitted_at ?? undefined,
        touches: touches ?? undefined,
        staff,
      } satisfies Subject,
    ]),
  )
}
