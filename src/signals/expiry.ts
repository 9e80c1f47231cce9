import type { Agreements } from '../agreements/agreements.ts'
import { type Clock, dayOf } from '../kernel/clock.ts'
import type { SignalId } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { End } from './ending.ts'
import * as store from './store.ts'
import type { Archiving } from './types.ts'

/** Why signals end without anybody asking. */
export const expiryCauses = ['past-retention', 'agreement-ended'] as const
export type ExpiryCause = (typeof expiryCauses)[number]

/** Signals ended in one transaction at most. */
export const largestExpiry = 100

/** Ends signals whose time is over, by the clock that was handed in. */
export function openExpiry({
  clock,
  db,
  ledger,
  agreements,
  archiving,
  end,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Agreements
  readonly archiving: Pick<Archiving, 'keep'>
  readonly end: End
}) {
  const due = async (reader: Reader, cause: ExpiryCause): Promise<store.DueSignal[]> =>
    cause === 'past-retention'
      ? store.pastRetention(reader, dayOf(clock.now()), largestExpiry)
      : store.liveUnder(reader, await agreements.over(reader), largestExpiry)

  return {
    /** How many signals wait for this, counted up to what one transaction can end. */
    waiting: async (cause: ExpiryCause): Promise<number> => (await due(db, cause)).length,

    /**
     * Ends what is due, at most `largestExpiry` signals, in one transaction. Safe to run twice and in
     * two processes at once: the second waits for the first and finds what that one left.
     * `askAgain` is called inside the transaction when more may be left.
     * @returns how many signals it ended
     */
    async expire(cause: ExpiryCause, askAgain: (tx: Tx) => Promise<void>): Promise<number> {
      // Mostly nothing is due, and then nobody's submission has to wait for the lock below.
      if ((await due(db, cause)).length === 0) return 0
      return transact(db, 'signals/expire', async (tx) => {
        await ledger.hold(tx)
        const signals = await due(tx, cause)
        const ids = signals.map(({ id }) => id)
        const archived =
          cause === 'past-retention'
            ? await archiving.keep(tx, await store.expiringSignals(tx, ids))
            : new Map<SignalId, string>()
        await ledger.append(
          tx,
          signals.map(({ id, agency, agreement, purpose }) => {
            const archivedUntil = archived.get(id)
            return {
              kind: 'signal.expire' as const,
              agency,
              agreement,
              purpose,
              signalId: id,
              cause,
              ...(archivedUntil === undefined ? {} : { archivedUntil }),
            }
          }),
        )
        await end(tx, ids, 'expired', cause === 'agreement-ended' ? 'agreement' : 'signal')
        if (signals.length === largestExpiry) await askAgain(tx)
        return signals.length
      })
    },
  }
}
