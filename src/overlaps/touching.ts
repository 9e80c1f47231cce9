import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Thresholds } from '../linkage/weights.ts'
import { findSignals } from '../signals/store.ts'
import type { Reader } from '../store/reader.ts'
import { groupsAround, neighbourhoodOf } from './neighbourhood.ts'
import * as store from './store.ts'

/** A receiver's own live signal, and the signals of others that it touches, strongest evidence first. */
export type Touched = {
  readonly own: { readonly id: SignalId; readonly agreement: AgreementHash }
  readonly others: readonly { readonly id: SignalId; readonly agency: AgencyId }[]
}

/**
 * Which signals stand behind a receiver's handle: the very ones that its overlap is shown from, so that
 * nothing can be asked of a signal that the receiver may not know of. For operators' eyes; a receiver is
 * told agencies and contact desks.
 */
export const openTouching =
  (thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>) =>
  async (reader: Reader, receiver: AgencyId, handle: string): Promise<Touched | undefined> => {
    const anchor = await store.anchorOf(reader, receiver, handle)
    const [own] = anchor === undefined ? [] : await findSignals(reader, [anchor.signal])
    if (own?.state !== 'live') return undefined
    const thresholds = await thresholdsOf(reader, own.agreement)
    const neighbourhood = await neighbourhoodOf(reader, [own.id], thresholds)
    const direct = (neighbourhood.linksAt.get(own.id) ?? []).map(({ one, other }) =>
      one === own.id ? other : one,
    )
    const near = groupsAround(neighbourhood, own.id).flatMap(({ members }) => members)
    const inOrder = [...direct.filter((id) => near.includes(id)), ...near]
    const others = [...new Set(inOrder)].flatMap((id) => {
      const agency = neighbourhood.signals.get(id)?.agency
      return agency === undefined || agency === receiver ? [] : [{ id, agency }]
    })
    return { own: { id: own.id, agreement: own.agreement }, others }
  }
