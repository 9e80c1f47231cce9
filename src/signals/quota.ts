import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import { chargedFor, holdQuotas, secondsUntilNextDay, takeQuotas } from '../evaluation/quotas.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { Acting } from '../policy/types.ts'
import type { Tx } from '../store/transact.ts'

/** Where in an agreement the limit of each kind of act on signals stands. Corrections have as many as withdrawals. */
const limits = {
  submission: 'submissionsPerDay',
  correction: 'withdrawalsPerDay',
  withdrawal: 'withdrawalsPerDay',
} as const

export type SignalQuota = ReturnType<typeof openSignalQuota>

/** What acts on signals take of the day's quotas of whoever acts and of whom it acts for, each kind for itself. */
export const openSignalQuota = (clock: Clock, agreements: Agreements) => ({
  /**
   * Counts an act, or as many as `amount`: all of them or none, for both agencies or for neither. False
   * when they do not fit.
   */
  async take(
    tx: Tx,
    kind: keyof typeof limits,
    acting: Acting,
    agreement: Agreement,
    amount = 1,
  ): Promise<boolean> {
    const { domain } = agreement.content
    const uses = chargedFor(acting).map(async (agency) => {
      const quotas = await agreements.quotasOf(tx, agreement, agency)
      return { agency, domain, kind, amount, limitPerDay: quotas[limits[kind]] }
    })
    return takeQuotas(tx, clock, await Promise.all(uses))
  },

  /** Locks the quotas of these acts until `tx` is over: before several are taken in one transaction. */
  async hold(
    tx: Tx,
    kind: keyof typeof limits,
    acts: readonly { readonly acting: Acting; readonly domain: string }[],
  ): Promise<void> {
    const quotas = acts.flatMap(({ acting, domain }) =>
      chargedFor(acting).map(
        (agency) => [`${agency} ${domain}`, { agency, domain, kind }] as const,
      ),
    )
    await holdQuotas(tx, clock, [...new Map(quotas).values()])
  },

  exhausted: (): Fault =>
    new Fault('signals/quota-exhausted', [], { retryAfterSeconds: secondsUntilNextDay(clock) }),
})
