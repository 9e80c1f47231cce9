import { concat } from '../kernel/bytes.ts'
import type { Randomness } from '../kernel/random.ts'
import {
  addElements,
  addScalars,
  hashToScalar,
  isScalar,
  multiplyGenerator,
  subtractScalars,
} from './ristretto.ts'
import { drawScalar, framed, tags } from './suite.ts'
import type { KeyShare, OperatorName, PerOperator } from './types.ts'

/** The share with this scalar and its public key. @throws RangeError when it is zero or not reduced */
export const keyShareOf = (scalar: Uint8Array): KeyShare => ({
  scalar: scalar.slice(),
  publicKey: multiplyGenerator(scalar),
})

/**
 * DeriveKeyPair (RFC 9497 §3.2.1): the same seed and info always give the same share.
 * @param seed 32 secret, uniform bytes
 * @param info names what the share is for, here `domain|epoch`; at most 65,535 bytes
 * @throws RangeError for a seed of another length or an info that is too long
 */
export const deriveKeyShare = (seed: Uint8Array, info: Uint8Array): KeyShare => {
  if (seed.length !== 32) throw new RangeError('a seed is 32 bytes long')
  if (info.length > 65_535) throw new RangeError('the info is too long')
  const input = concat(seed, framed(info))
  for (let counter = 0; counter <= 255; counter += 1) {
    const scalar = hashToScalar(concat(input, Uint8Array.of(counter)), tags.keyPair)
    if (isScalar(scalar)) return keyShareOf(scalar)
  }
  throw new RangeError('no key can be derived from this seed')
}

/**
 * The public key of the joint key, whose scalar exists nowhere. Share refresh leaves it as it is.
 * @throws InvalidElement when a key is none, or when the two cancel each other out
 */
export const combinePublicKeys = (publicKeys: PerOperator<Uint8Array>): Uint8Array =>
  addElements(publicKeys.gateway, publicKeys.keyholder)

/** The amount by which both shares move in one refresh. As secret as a share. */
export const drawRefresh = (random: Randomness): Uint8Array => drawScalar(random)

/**
 * One operator's scalar after a refresh: k_G + δ, k_K − δ. Tokens and joint key stay; an old share is
 * of no use with a new one. Does NOT check that the other operator does its part.
 * @throws RangeError when an argument is no scalar, or when nothing would be left of the share
 */
export const refreshShare = (
  name: OperatorName,
  scalar: Uint8Array,
  delta: Uint8Array,
): Uint8Array => {
  const moved = name === 'gateway' ? addScalars(scalar, delta) : subtractScalars(scalar, delta)
  if (!isScalar(moved)) throw new RangeError('this refresh would leave a share of zero')
  return moved
}
