import type { Randomness } from '../kernel/random.ts'
import { prove } from './proof.ts'
import { multiplyEach } from './ristretto.ts'
import type { Evaluation, KeyShare } from './types.ts'

/**
 * The blinded elements times one operator's share, without a proof: for re-evaluation among parties
 * that trust each other. A partner must never accept it.
 * @throws InvalidElement naming the first element that is not canonical or is the identity
 */
export const multiply = (share: KeyShare, blinded: Uint8Array): Uint8Array =>
  multiplyEach(share.scalar, blinded)

/**
 * BlindEvaluate (RFC 9497 §3.3.2) for a flat batch of 1 to 65,535 elements, under one operator's share:
 * as many elements back, in the same order, and one proof over all of them. Does NOT check that
 * `share.publicKey` fits `share.scalar`; with another, no partner accepts the proof. Slow work: about
 * a quarter of a millisecond per element.
 * @throws InvalidElement naming the first element that is not canonical or is the identity
 */
export const evaluate = (share: KeyShare, blinded: Uint8Array, random: Randomness): Evaluation => {
  const elements = multiplyEach(share.scalar, blinded)
  return { elements, proof: prove(share, blinded, elements, random) }
}
