import type { Clock } from '../kernel/clock.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Tell, Telling } from '../notification/types.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import * as store from './store.ts'
import type { DrawnLook } from './types.ts'

/** Terms told of in one transaction at most. */
export const mostPassed = 200

/** A look without a reason waits for its reviewer next; one that nobody judged in time waits on, and stays visible. */
const isUnexplained = ({ justification, justifyBy, reviewBy }: DrawnLook, now: Date): boolean =>
  justification === undefined && justifyBy <= now && now < reviewBy

/** Tells agencies of terms that passed: each once for the reason and once for the judgement. */
export function openTerms({
  clock,
  db,
  ledger,
  tell,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly tell: Tell
}) {
  return {
    waiting: async (): Promise<number> => (await store.passed(db, clock.now(), mostPassed)).length,

    async tellPassed(): Promise<number> {
      if ((await store.passed(db, clock.now(), 1)).length === 0) return 0
      return transact(db, 'justifications/terms', async (tx) => {
        // Of two gateways at once the second finds nothing left.
        await ledger.hold(tx)
        const now = clock.now()
        const late = await store.passed(tx, now, mostPassed)
        const notices = new Map<string, Telling>()
        for (const one of late) {
          const unexplained = isUnexplained(one, now)
          const kind = unexplained ? 'looks-unexplained' : 'looks-unreviewed'
          notices.set(`${one.agency} ${kind}`, {
            agency: one.agency,
            kind,
            about: { type: 'samples' },
          })
          await store.putDue(tx, one.id, unexplained ? one.reviewBy : undefined)
        }
        await tell(tx, [...notices.values()])
        return late.length
      })
    },
  }
}
