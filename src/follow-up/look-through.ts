import type { AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Thresholds } from '../linkage/weights.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import type { Membership } from './membership.ts'
import type { Rooms } from './rooms.ts'
import * as store from './store.ts'

/** Signals or follow-ups that one transaction looks at. */
const largestTurn = 50
/** Stands for the overlaps that were there before follow-ups were kept. */
const before = 'before'

/** What the rooms below tell for it. */
export type Anchored = (
  reader: Reader,
  page: { readonly agreement?: string; readonly after: string; readonly limit: number },
) => Promise<{ readonly id: SignalId; readonly agreement: AgreementHash }[]>
export type Thresholding = {
  readonly thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>
  /** Agreements under which a threshold was ever moved. */
  readonly movedUnder: (reader: Reader) => Promise<AgreementHash[]>
}

/**
 * Looks overlaps through for follow-ups when no submission does: after thresholds were moved, and once
 * for the overlaps of the time before there were follow-ups. What they show now begins, what they hide ends.
 */
export function openLookThrough(
  { db, ledger }: Rooms,
  { settle, reconsider }: Membership,
  anchored: Anchored,
  { thresholdsOf, movedUnder }: Thresholding,
) {
  async function begin(isClosing: () => boolean, agreement?: AgreementHash): Promise<void> {
    let after = ''
    while (!isClosing()) {
      const page = await anchored(db, {
        ...(agreement === undefined ? {} : { agreement }),
        after,
        limit: largestTurn,
      })
      await transact(db, 'follow-up/look-through', async (tx) => {
        await ledger.hold(tx)
        for (const [hash, alike] of Map.groupBy(page, (one) => one.agreement)) {
          await settle(
            tx,
            hash,
            alike.map(({ id }) => id),
          )
        }
      })
      if (page.length < largestTurn) return
      after = page.at(-1)?.id ?? ''
    }
  }

  async function end(isClosing: () => boolean, agreement: AgreementHash): Promise<void> {
    let after = ''
    while (!isClosing()) {
      const page = await store.openUnder(db, agreement, after, largestTurn)
      await transact(db, 'follow-up/look-through', async (tx) => {
        await ledger.hold(tx)
        await reconsider(tx, page, 'thresholds')
      })
      if (page.length < largestTurn) return
      after = page.at(-1) ?? ''
    }
  }

  return {
    async lookThrough(isClosing: () => boolean): Promise<void> {
      const settled = await store.settlementsOf(db)
      if (!settled.has(before)) {
        await begin(isClosing)
        if (!isClosing()) await store.noteSettlement(db, before, '')
      }
      for (const agreement of await movedUnder(db)) {
        const thresholds = JSON.stringify(await thresholdsOf(db, agreement))
        if (settled.get(agreement) === thresholds) continue
        await end(isClosing, agreement)
        await begin(isClosing, agreement)
        if (!isClosing()) await store.noteSettlement(db, agreement, thresholds)
      }
    },
  }
}
