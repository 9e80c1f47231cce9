import { type Clock, dayOf } from '../kernel/clock.ts'
import type { AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Matching } from '../signals/types.ts'
import type { Tx } from '../store/transact.ts'
import type { EndedOverlap } from '../wire/signal.ts'
import type { LinkSignals } from './links.ts'
import { mostLinks } from './neighbourhood.ts'
import * as store from './store.ts'
import type { OverlapTelling } from './telling.ts'

type Cause = EndedOverlap['cause']

export type Separating = {
  /** Parts live signals under one agreement for good: people found that they are about different subjects. */
  readonly separate: (
    tx: Tx,
    agreement: AgreementHash,
    pairs: readonly (readonly [SignalId, SignalId])[],
  ) => Promise<void>
}

/**
 * What becomes of overlaps when signals end or change. Whoever could see an overlap, by the thresholds in
 * force, sees that it is over, on which day, and in one word whose doing it was; never which signal, nor
 * whether that one was withdrawn, was corrected or expired. Of an overlap that the thresholds kept from
 * its receivers nobody is told.
 */
export function openOverlapEnding({
  clock,
  link,
  telling,
}: {
  readonly clock: Clock
  readonly link: LinkSignals
  readonly telling: OverlapTelling
}): Pick<Matching, 'unlink' | 'relink'> & Separating {
  async function end(
    tx: Tx,
    agreement: AgreementHash,
    signals: readonly SignalId[],
    cause: Cause,
  ): Promise<void> {
    const handles = await store.endHandles(tx, signals, { on: dayOf(clock.now()), cause })
    await telling.ended(tx, agreement, handles)
  }

  /** Those of these live signals, and of the ones around them, that touch another agency's now. */
  const touching = async (
    tx: Tx,
    agreement: AgreementHash,
    signals: readonly SignalId[],
  ): Promise<SignalId[]> => [...(await telling.around(tx, agreement, signals)).keys()]

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
    await end(tx, agreement, alone, cause)
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
        await end(tx, agreement, ownSeen, because === 'agreement' ? 'agreement' : 'own-signal')
        await store.forgetUnseenHandles(tx, [...own])
        await store.forgetSeparationsOf(tx, [...own])
        await settle(tx, agreement, others, because === 'agreement' ? 'agreement' : 'other-signal')
      }
    },

    async separate(tx, agreement, pairs) {
      const ends = [...new Set(pairs.flat())]
      const seen = (await touching(tx, agreement, ends)).filter((id) => ends.includes(id))
      await store.addSeparations(tx, pairs, clock.now())
      await settle(tx, agreement, seen, 'not-the-same')
    },

    async relink(tx, signal, replace) {
      const { id, agreement } = signal
      const before = await telling.around(tx, agreement, [id])
      const seen = [...before.keys()]
      const links = await store.linksOf(tx, [id], mostLinks)
      await store.removeLinksOf(tx, [id])
      await replace()
      const linked = await link(tx, [signal])
      await store.keepFoundAt(tx, links)
      for (const { ends } of linked) {
        await telling.found(tx, agreement, { fresh: [id], ends, before })
      }
      const others = seen.filter((one) => one !== id)
      await settle(tx, agreement, others, 'other-signal')
      await settle(tx, agreement, seen.includes(id) ? [id] : [], 'own-signal')
    },
  }
}
