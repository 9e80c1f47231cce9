import type { Ledger } from '../ledger/ledger.ts'
import type { Tx } from '../store/transact.ts'
import { isAcceptedByAll } from './lifecycle.ts'
import * as store from './store.ts'
import type { Agreement } from './types.ts'

/**
 * What a signature on `successor` means for the agreement that it names as its predecessor. A version
 * that all accepted takes its predecessor's place from its first day on. Revoked before that day, it
 * gives the place back; afterwards the predecessor stays ended. Both have to be locked in `tx`.
 */
export async function succeed(
  tx: Tx,
  {
    ledger,
    successor,
    now,
  }: { readonly ledger: Ledger; readonly successor: Agreement; readonly now: Date },
): Promise<void> {
  const { hash, content } = successor
  const earlier =
    content.previous === undefined ? undefined : await store.findAgreement(tx, content.previous)
  if (earlier === undefined) return
  const { supersededAt, supersededBy } = earlier
  if (isAcceptedByAll(successor)) {
    if (supersededAt !== undefined) return
    const begins = new Date(content.validity.notBefore)
    const from = begins > now ? begins : now
    await ledger.append(tx, [
      {
        kind: 'agreement.supersede',
        outcome: 'permit',
        agreement: earlier.hash,
        purpose: earlier.content.purpose,
        successor: hash,
        from: from.toISOString(),
      },
    ])
    await store.setSuperseded(tx, earlier.hash, { at: from, by: hash })
  } else if (supersededBy === hash && supersededAt !== undefined && supersededAt > now) {
    await store.setSuperseded(tx, earlier.hash, undefined)
  }
}
