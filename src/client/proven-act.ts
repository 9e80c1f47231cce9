import type { ReceiptVerdict } from '../proofs/receipt.ts'

/** An act on a signal that a receipt should prove. */
export type ActOnSignal = {
  readonly kind: 'signal.submit' | 'signal.correct'
  readonly agency: string
  readonly signalId: string
  readonly onBehalfOf?: string
}

/**
 * Whether a receipt proves, under the pinned key of the ledger, that just this act of this agency was
 * permitted, and for whom it acted. Otherwise a gateway could drop signals and hand out one old receipt for all.
 */
export function provesAct(verdict: ReceiptVerdict, act: ActOnSignal): boolean {
  const entry: Readonly<Record<string, unknown>> | undefined = verdict.valid
    ? verdict.entry
    : undefined
  return (
    entry?.kind === act.kind &&
    entry.signalId === act.signalId &&
    entry.agency === act.agency &&
    entry.onBehalfOf === act.onBehalfOf &&
    entry.outcome === 'permit'
  )
}
