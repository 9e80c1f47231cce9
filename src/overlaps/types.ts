import type { SignalId } from '../kernel/ids.ts'
import type { Link } from '../linkage/types.ts'

/** That signals of two agencies under one agreement may concern one subject, as kept. */
export type KeptLink = {
  readonly one: SignalId
  readonly other: SignalId
  readonly foundAt: Date
}

/** A kept link with its evidence, weighed by the thresholds in force when it is read. */
export type FoundLink = Link<SignalId> & Pick<KeptLink, 'foundAt'>
