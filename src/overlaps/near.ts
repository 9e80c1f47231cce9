import type { OverlapHandle, SignalId } from '../kernel/ids.ts'
import type { Thresholds } from '../linkage/weights.ts'
import type { Reader } from '../store/reader.ts'
import { groupsAround, neighbourhoodOf } from './neighbourhood.ts'
import * as store from './store.ts'

/**
 * What each of these live signals touches, by the thresholds in force: what its owner is shown, as signals.
 * For operators' eyes.
 */
export const openNear =
  (thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>) =>
  async (
    reader: Reader,
    agreement: string,
    ids: readonly SignalId[],
  ): Promise<ReadonlyMap<SignalId, readonly SignalId[]>> => {
    if (ids.length === 0) return new Map()
    const whole = await neighbourhoodOf(reader, ids, await thresholdsOf(reader, agreement))
    return new Map(
      ids.map((own) => [
        own,
        [...new Set(groupsAround(whole, own).flatMap(({ members }) => members))].filter(
          (id) => id !== own,
        ),
      ]),
    )
  }

/** The handle that is anchored to a signal, if it ever touched another. */
export const handleAt = async (
  reader: Reader,
  signal: SignalId,
): Promise<OverlapHandle | undefined> => (await store.handlesOf(reader, [signal])).get(signal)
