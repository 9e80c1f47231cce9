import { type Clock, dayOf } from '../kernel/clock.ts'
import type { AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Thresholds } from '../linkage/weights.ts'
import type { Matching } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
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
 * What becomes of overlaps when signals end or change. Whoever could see an overlap, by the thresholds in
 * force, sees that it is over, on which day, and in one word whose doing it was; never which signal, nor
 * whether that one was withdrawn, was corrected or expired. Of an overlap that the thresholds kept from
 * its receivers nobody is told.
 */
export function openOverlapEnding({
  clock,
  match,
  thresholdsOf,
}: {
  readonly clock: Clock
  readonly match: Matching['match']
  readonly thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>
}): Pick<Matching, 'unlink' | 'relink'> {
  const end = (tx: Tx, signals: readonly SignalId[], cause: Cause): Promise<void> =>
    store.endHandles(tx, signals, { on: dayOf(clock.now()), cause })

  /** Those of these live signals, and of the ones around them, that touch another agency's now. */
  async function touching(
    tx: Tx,
    agreement: AgreementHash,
    signals: readonly SignalId[],
  ): Promise<SignalId[]> {
    const neighbourhood = await neighbourhoodOf(tx, signals, await thresholdsOf(tx, agreement))
    return [...neighbourhood.signals.keys()].filter((id) => touchesAnother(neighbourhood, id))
  }

  /** Ends the overlaps of those among these signals that touch no other agency's any more. */
  async function settle(
    tx: Tx,
    agreement: AgreementHash,
    signals: readonly SignalId[],
    cause: Cause,
  ): Promise<void> {
    if (signals.length === 0) return
    const still = new Set(await touching(tx, agreement, signals))
    const alone = signals.filter((signal) => !still.has(signal))
    await end(tx, alone, cause)
  }

  return {
    async unlink(tx, signals, because) {
      for (const [agreement, ending] of Map.groupBy(signals, (signal) => signal.agreement)) {
        const own = new Set(ending.map(({ id }) => id))
        const seen = await touching(tx, agreement, [...own])
        const [ownSeen, others] = [
          seen.filter((id) => own.has(id)),
          seen.filter((id) => !own.has(id)),
        ]
        await store.removeLinksOf(tx, [...own])
        await end(tx, ownSeen, because === 'agreement' ? 'agreement' : 'own-signal')
        await store.forgetUnseenHandles(tx, [...own])
        await settle(tx, agreement, others, because === 'agreement' ? 'agreement' : 'other-signal')
      }
    },

    async relink(tx, signal, replace) {
      const { id, agreement } = signal
      const seen = await touching(tx, agreement, [id])
      const before = await store.linksOf(tx, [id], mostLinks)
      await store.removeLinksOf(tx, [id])
      await replace()
      await match(tx, [signal])
      await store.keepFoundAt(tx, before)
      const others = seen.filter((one) => one !== id)
      await settle(tx, agreement, others, 'other-signal')
      await settle(tx, agreement, seen.includes(id) ? [id] : [], 'own-signal')
    },
  }
}
