import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import { secondsUntilNextDay, takeQuota } from '../evaluation/quotas.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { Tx } from '../store/transact.ts'
import type { Asker } from './types.ts'

/** Where in an agreement the limit of each kind of act on signals stands. Corrections have as many as withdrawals. */
const limits = {
  submission: 'submissionsPerDay',
  correction: 'withdrawalsPerDay',
  withdrawal: 'withdrawalsPerDay',
} as const

export type SignalQuota = ReturnType<typeof openSignalQuota>

/** What acts on signals take of the day's quota of whoever acts, each kind for itself. */
export const openSignalQuota = (clock: Clock, agreements: Agreements) => ({
  /** Counts an act, or as many as `amount`: all of them or none. False when they do not fit. */
  async take(
    tx: Tx,
    kind: keyof typeof limits,
    { agency }: Pick<Asker, 'agency'>,
    agreement: Agreement,
    amount = 1,
  ): Promise<boolean> {
    const quotas = await agreements.quotasOf(tx, agreement, agency)
    const { domain } = agreement.content
    const limitPerDay = quotas[limits[kind]]
    return takeQuota(tx, clock, { agency, domain, kind, amount, limitPerDay })
  },

  exhausted: (): Fault =>
    new Fault('signals/quota-exhausted', [], { retryAfterSeconds: secondsUntilNextDay(clock) }),
})
