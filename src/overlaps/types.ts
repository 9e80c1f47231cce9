import type { OverlapHandle, SignalId } from '../kernel/ids.ts'
import type { Link } from '../linkage/types.ts'
import type { EndedOverlap } from '../wire/signal.ts'

/** Evidence between signals of two agencies under one agreement, and since when. */
export type FoundLink = Link<SignalId> & { readonly foundAt: Date }

/** On which day an overlap was last over for one receiver, and why in one word. It may be there again. */
export type Ending = { readonly on: string; readonly cause: EndedOverlap['cause'] }

/** A receiver's handle, and its own signal to which that is anchored. */
export type Anchor = {
  readonly handle: OverlapHandle
  readonly signal: SignalId
  /** Undefined as long as no overlap under this handle was over. */
  readonly ending?: Ending
}
