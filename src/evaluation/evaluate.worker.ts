import { systemRandomness } from '../kernel/random.ts'
import { keyShareOf } from '../oprf/key-share.ts'
import { evaluate as evaluateBatch } from '../oprf/operator.ts'
import { type Evaluation, InvalidElement } from '../oprf/types.ts'

/** Everything here runs on a thread of its own and is called through `workers.ts` only. */

export type Work = { readonly share: Uint8Array; readonly points: Uint8Array }

/** A refusal is an answer, not an error: errors lose their class on the way between threads. */
export type Outcome =
  | { readonly evaluation: Evaluation }
  | { readonly refused: { readonly message: string; readonly index: number | undefined } }

/**
 * One batch under one share. The randomness of the proof comes from the system's source on this
 * thread and never leaves it: whoever knew it could compute the share from the proof.
 */
export const evaluate = ({ share, points }: Work): Outcome => {
  const keyShare = keyShareOf(share)
  try {
    return { evaluation: evaluateBatch(keyShare, points, systemRandomness) }
  } catch (error) {
    if (error instanceof InvalidElement)
      return { refused: { message: error.message, index: error.index } }
    throw error
  } finally {
    keyShare.scalar.fill(0)
    share.fill(0)
  }
}
