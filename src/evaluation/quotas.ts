import { sql } from 'kysely'
import { type Clock, dayOf, secondsSinceEpoch } from '../kernel/clock.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { Acting } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'

/** Requests of subjects that one agency files in a day in one domain at most. */
export const subjectRequestsPerDay = 20

export type QuotaKind =
  | 'evaluation'
  | 'submission'
  | 'withdrawal'
  | 'correction'
  | 'subject-request'

/**
 * What is counted: per agency and domain, over all its clients and agreements, and over everything that
 * others do for it.
 */
export type QuotaUse = {
  readonly agency: AgencyId
  readonly domain: string
  readonly kind: QuotaKind
  readonly amount: number
  readonly limitPerDay: number
}

/** Whose quotas an act takes: those of who acts and of whom it acts for, each agency once. */
export const chargedFor = ({ agency, caller }: Acting): AgencyId[] => [
  ...new Set([agency, caller.agency]),
]

/** The same order everywhere, so that no two transactions wait for each other's rows. */
const inOrder = <Use extends Pick<QuotaUse, 'agency' | 'domain'>>(uses: readonly Use[]): Use[] => {
  const keyOf = ({ agency, domain }: Use): string => `${agency} ${domain}`
  return [...uses].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

/**
 * Counts uses against today's quotas inside `tx`, all of them or nothing. Returns false when one does not
 * fit. One statement for each, so that two at once cannot both take the last piece. Uses of one call name
 * different agencies. Who calls it more than once in a transaction locks the quotas first (`holdQuotas`).
 */
export async function takeQuotas(
  tx: Tx,
  clock: Clock,
  uses: readonly QuotaUse[],
): Promise<boolean> {
  const day = dayOf(clock.now())
  const taken: QuotaUse[] = []
  for (const use of inOrder(uses)) {
    if (!(await take(tx, day, use))) {
      for (const one of taken) await giveBack(tx, day, one)
      return false
    }
    taken.push(use)
  }
  return true
}

/** Locks quotas of today until `tx` is over, so that they can be taken in any order. */
export async function holdQuotas(
  tx: Tx,
  clock: Clock,
  quotas: readonly Pick<QuotaUse, 'agency' | 'domain' | 'kind'>[],
): Promise<void> {
  const day = dayOf(clock.now())
  for (const { agency, domain, kind } of inOrder(quotas)) {
    await sql`
      insert into quota_use as held (agency_id, domain, kind, day, used)
      values (${agency}, ${domain}, ${kind}, ${day}, 0)
      on conflict (agency_id, domain, kind, day) do update set used = held.used`.execute(tx)
  }
}

async function take(tx: Tx, day: string, use: QuotaUse): Promise<boolean> {
  if (use.amount > use.limitPerDay) return false
  const { rows } = await sql<{ used: string }>`
    insert into quota_use as held (agency_id, domain, kind, day, used)
    values (${use.agency}, ${use.domain}, ${use.kind}, ${day}, ${use.amount})
    on conflict (agency_id, domain, kind, day)
    do update set used = held.used + excluded.used
    where held.used + excluded.used <= ${use.limitPerDay}
    returning used`.execute(tx)
  return rows.length > 0
}

const giveBack = async (tx: Tx, day: string, use: QuotaUse): Promise<void> => {
  await sql`
    update quota_use set used = used - ${use.amount}
    where agency_id = ${use.agency} and domain = ${use.domain} and kind = ${use.kind}
      and day = ${day}`.execute(tx)
}

/** Seconds until the quotas of the next day (UTC) begin. */
export const secondsUntilNextDay = (clock: Clock): number =>
  86_400 - (secondsSinceEpoch(clock.now()) % 86_400)

/** What agencies used of their quotas on days (UTC). */
export async function quotaUsesOn(
  reader: Reader,
  agencies: readonly AgencyId[],
  days: readonly string[],
): Promise<(Pick<QuotaUse, 'agency' | 'domain' | 'kind'> & { readonly used: number })[]> {
  if (agencies.length === 0 || days.length === 0) return []
  const { rows } = await sql<{ agency: AgencyId; domain: string; kind: QuotaKind; used: string }>`
    select agency_id as agency, domain, kind, used from quota_use
    where agency_id = any(${[...agencies]}::text[]) and day = any(${[...days]}::date[])
    order by agency_id, domain, kind, day`.execute(reader)
  return rows.map(({ used, ...one }) => ({ ...one, used: Number(used) }))
}
