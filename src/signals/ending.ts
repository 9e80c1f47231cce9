import type { Clock } from '../kernel/clock.ts'
import type { SignalId } from '../kernel/ids.ts'
import type { Tx } from '../store/transact.ts'
import { removeRestrictions } from './restriction-store.ts'
import * as store from './store.ts'
import type { Matching } from './types.ts'

export type End = (
  tx: Tx,
  signals: readonly SignalId[],
  state: 'withdrawn' | 'expired',
  because?: 'signal' | 'agreement',
) => Promise<void>

/**
 * The one way in which signals end: index rows, tokens, sealed fields, links and everything that tells
 * of the subject or the case go, whoever knew an overlap can see that it is over, a tombstone stays.
 * Append to the ledger before: its lock keeps two ends of one signal apart. Signals that have ended
 * already are passed over.
 */
export const openEnding =
  ({ clock, matching }: { readonly clock: Clock; readonly matching: Matching }): End =>
  async (tx, signals, state, because = 'signal') => {
    const live = await store.liveSignals(tx, signals, store.kept)
    if (live.length === 0) return
    await matching.unlink(tx, live, because)
    await removeRestrictions(
      tx,
      live.map(({ id }) => id),
    )
    await store.endSignals(
      tx,
      live.map(({ id }) => id),
      state,
      clock.now(),
    )
  }
