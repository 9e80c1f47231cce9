import { type RawBuilder, sql } from 'kysely'
import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'

/** An entry with what opens its commitment. Goes only to the agency that may see it. */
export type EvidenceRow = {
  readonly index: number
  readonly salt: Uint8Array
  readonly payload: string
}

/** A stretch of the ledger: by time, and below an index. */
export type Stretch = { readonly from: Date; readonly until: Date; readonly end: number }

/** Which events belong to an agency. */
export type EventsOf = {
  readonly agency: AgencyId
  /** Kinds that count when they name the agency. */
  readonly ownKinds: readonly string[]
  /** Kinds that count for everybody; those of a domain only for these domains. */
  readonly operatorKinds: readonly string[]
  readonly domains: readonly string[]
  /** Kinds that count under these agreements. */
  readonly agreementKinds: readonly string[]
  readonly agreements: readonly string[]
}

const payload = sql`(payload::jsonb)`

const rowsPerPage = 1_000

async function* pagesOf(
  reader: Reader,
  conditions: readonly RawBuilder<boolean>[],
  { from, until, end }: Stretch,
): AsyncGenerator<readonly EvidenceRow[]> {
  let after = -1
  for (;;) {
    const rows = await reader
      .selectFrom('ledger_entry')
      .select(['index', 'salt', 'payload'])
      .where((where) => where.and([...conditions]))
      .where('at', '>=', from)
      .where('at', '<', until)
      .where('index', '<', end)
      .where('index', '>', after)
      .orderBy('index')
      .limit(rowsPerPage)
      .execute()
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.flatMap(({ index, salt, payload: text }) =>
      salt === null || text === null ? [] : [{ index, salt, payload: text }],
    )
    if (rows.length < rowsPerPage) return
    after = last.index
  }
}

/** What the clients of an agency did, the oldest first. Erased entries are not there. */
export const actEvidence = (reader: Reader, agency: AgencyId, stretch: Stretch) =>
  pagesOf(
    reader,
    [
      sql<boolean>`${payload} ->> 'agency' = ${agency}`,
      sql<boolean>`${payload} ->> 'client' is not null`,
    ],
    stretch,
  )

/** What happened besides and belongs to an agency, the oldest first. No act of a client of any agency is among it. */
export const eventEvidence = (reader: Reader, of: EventsOf, stretch: Stretch) =>
  pagesOf(
    reader,
    [
      sql<boolean>`${payload} ->> 'client' is null`,
      sql<boolean>`kind = any(${[...of.ownKinds, ...of.operatorKinds, ...of.agreementKinds]}::text[])`,
      sql<boolean>`(
        kind = any(${[...of.ownKinds]}::text[])
          and ${of.agency} in (${payload} ->> 'agency', ${payload} ->> 'actingAgency')
        or kind = any(${[...of.operatorKinds]}::text[])
          and coalesce(${payload} ->> 'domain' = any(${[...of.domains]}::text[]), true)
        or kind = any(${[...of.agreementKinds]}::text[])
          and ${payload} ->> 'agreement' = any(${[...of.agreements]}::text[]))`,
    ],
    stretch,
  )
