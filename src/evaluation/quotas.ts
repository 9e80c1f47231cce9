import { sql } from 'kysely'
import { type Clock, dayOf, secondsSinceEpoch } from '../kernel/clock.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { Tx } from '../store/transact.ts'

export type QuotaKind = 'evaluation' | 'submission' | 'withdrawal' | 'correction'

/** What is counted: per acting agency and domain, over all its clients and agreements. */
export type QuotaUse = {
  readonly agency: AgencyId
  readonly domain: string
  readonly kind: QuotaKind
  readonly amount: number
  readonly limitPerDay: number
}

/**
 * Counts `amount` against today's quota inside `tx`, all of it or nothing of it. Returns false when
 * it does not fit. One statement, so that two at once cannot both take the last piece.
 */
export async function takeQuota(tx: Tx, clock: Clock, use: QuotaUse): Promise<boolean> {
  if (use.amount > use.limitPerDay) return false
  const { rows } = await sql<{ used: string }>`
    insert into quota_use as held (agency_id, domain, kind, day, used)
    values (${use.agency}, ${use.domain}, ${use.kind}, ${dayOf(clock.now())}, ${use.amount})
    on conflict (agency_id, domain, kind, day)
    do update set used = held.used + excluded.used
    where held.used + excluded.used <= ${use.limitPerDay}
    returning used`.execute(tx)
  return rows.length > 0
}

/** Seconds until the quotas of the next day (UTC) begin. */
export const secondsUntilNextDay = (clock: Clock): number =>
  86_400 - (secondsSinceEpoch(clock.now()) % 86_400)
