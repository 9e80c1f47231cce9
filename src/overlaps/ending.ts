import { type Clock, dayOf } from '../kernel/clock.ts'
import type { SignalId } from '../kernel/ids.ts'
import type { MatchableSignal, Matching } from '../signals/types.ts'
import type { Tx } from '../store/transact.ts'
import type { EndedOverlap } from '../wire/signal.ts'
import { groupsAround, mostLinks, type Neighbourhood, neighbourhoodOf } from './neighbourhood.ts'
import * as store from './store.ts'

type Cause = EndedOverlap['cause']

/** Whether a signal appears to concern one subject with a signal of another agency. */
function touchesAnother(neighbourhood: Neighbourhood, own: SignalId): boolean {
  const agency = neighbourhood.signals.get(own)?.agency
  return groupsAround(neighbourhood, own).some(({ members }) =>
    members.some((id) => {
      const other = neighbourhood.signals.get(id)
      return other !== undefined && other.agency !== agency
    }),
  )
}

/**
 * What becomes of overlaps when signals end or change. Whoever knew an overlap sees that it is over, on
 * which day, and in one word whose doing it was; never which signal, nor whether that one was withdrawn,
 * was corrected or expired.
 */
export function openOverlapEnding({
  clock,
  match,
}: {
  readonly clock: Clock
  readonly match: Matching['match']
}): Pick<Matching, 'unlink' | 'relink'> {
  const end = (tx: Tx, signals: readonly SignalId[], cause: Cause): Promise<void> =>
    store.endHandles(tx, signals, { on: dayOf(clock.now()), cause })

  /** Ends the overlaps of those among these signals that touch no other agency's any more. */
  async function settle(tx: Tx, signals: readonly SignalId[], cause: Cause): Promise<void> {
    if (signals.length === 0) return
    const neighbourhood = await neighbourhoodOf(tx, signals)
    const alone = signals.filter((signal) => !touchesAnother(neighbourhood, signal))
    await end(tx, alone, cause)
  }

  /** Live signals whose overlaps may rest on these ones, without these. */
  async function around(tx: Tx, signals: readonly SignalId[]): Promise<SignalId[]> {
    const own = new Set(signals)
    return [...(await neighbourhoodOf(tx, signals)).signals.keys()].filter((id) => !own.has(id))
  }

  return {
    async unlink(tx, signals, because) {
      const others = await around(tx, signals)
      await store.removeLinksOf(tx, signals)
      await end(tx, signals, because === 'agreement' ? 'agreement' : 'own-signal')
      await settle(tx, others, because === 'agreement' ? 'agreement' : 'other-signal')
    },

    async relink(tx, signal: MatchableSignal) {
      const others = await around(tx, [signal.id])
      const before = await store.linksOf(tx, [signal.id], mostLinks)
      await store.removeLinksOf(tx, [signal.id])
      await match(tx, [signal])
      await store.keepFoundAt(tx, before)
      await settle(tx, others, 'other-signal')
      await settle(tx, [signal.id], 'own-signal')
    },
  }
}
