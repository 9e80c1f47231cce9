import { concat, equalBytes, utf8 } from '../kernel/bytes.ts'
import type { Randomness } from '../kernel/random.ts'
import {
  addElements,
  countElements,
  elementAt,
  hash,
  hashToScalar,
  isScalar,
  multiplyElement,
  multiplyGenerator,
  multiplyScalars,
  subtractScalars,
} from './ristretto.ts'
import { drawScalar, framed, tags, uint16 } from './suite.ts'
import { InvalidElement, type KeyShare, proofBytes, scalarBytes } from './types.ts'

/**
 * One proof that a whole batch was multiplied by the scalar behind a public key: the batched
 * discrete-logarithm equality proof of RFC 9497 §2.2.
 */

const compositeLabel = utf8('Composite')
const challengeLabel = utf8('Challenge')

/**
 * The weights d_i that fold a batch into one element. They hang on the key and on every element of
 * both batches, so that nobody can choose elements whose errors cancel out.
 */
const weighElements = (publicKey: Uint8Array, blinded: Uint8Array, evaluated: Uint8Array) => {
  const seed = hash(framed(publicKey, tags.seed))
  const head = framed(seed)
  const transcript = concat(
    head,
    uint16(0),
    framed(elementAt(blinded, 0), elementAt(evaluated, 0)),
    compositeLabel,
  )
  const numberAt = head.length
  const blindedAt = numberAt + 2 + 2
  const evaluatedAt = blindedAt + 32 + 2
  return (index: number): Uint8Array => {
    transcript.set(uint16(index), numberAt)
    transcript.set(elementAt(blinded, index), blindedAt)
    transcript.set(elementAt(evaluated, index), evaluatedAt)
    return hashToScalar(transcript, tags.scalar)
  }
}

/** Σ d_i · element_i for one batch or several, each with the same weights. */
const foldElements = (
  weightOf: (index: number) => Uint8Array,
  count: number,
  batches: readonly Uint8Array[],
): Uint8Array[] => {
  const sums: Uint8Array[] = []
  for (let index = 0; index < count; index += 1) {
    const weight = weightOf(index)
    batches.forEach((batch, which) => {
      const weighed = multiplyElement(weight, elementAt(batch, index))
      const sum = sums[which]
      sums[which] = sum === undefined ? weighed : addElements(sum, weighed)
    })
  }
  return sums
}

const challengeOf = (...elements: readonly Uint8Array[]): Uint8Array =>
  hashToScalar(concat(framed(...elements), challengeLabel), tags.scalar)

/**
 * GenerateProof (RFC 9497 §2.2.1) with ComputeCompositesFast. Promises a proof only for `evaluated`
 * that was made with `share.scalar`; that it was is NOT checked, nor that `share.publicKey` fits.
 * @throws InvalidElement
 */
export const prove = (
  share: KeyShare,
  blinded: Uint8Array,
  evaluated: Uint8Array,
  random: Randomness,
): Uint8Array => {
  const count = countElements(blinded)
  const weightOf = weighElements(share.publicKey, blinded, evaluated)
  const [folded = new Uint8Array()] = foldElements(weightOf, count, [blinded])
  const nonce = drawScalar(random)
  const challenge = challengeOf(
    share.publicKey,
    folded,
    multiplyElement(share.scalar, folded),
    multiplyGenerator(nonce),
    multiplyElement(nonce, folded),
  )
  const response = subtractScalars(nonce, multiplyScalars(challenge, share.scalar))
  nonce.fill(0)
  return concat(challenge, response)
}

/**
 * VerifyProof (RFC 9497 §2.2.2) with ComputeComposites. False for anything malformed, too.
 * Zero challenges and responses, which come up once in 2^252 proofs, are refused as well.
 */
export const verifyProof = (
  publicKey: Uint8Array,
  blinded: Uint8Array,
  evaluated: Uint8Array,
  proof: Uint8Array,
): boolean => {
  if (proof.length !== proofBytes || blinded.length !== evaluated.length) return false
  const challenge = proof.subarray(0, scalarBytes)
  const response = proof.subarray(scalarBytes)
  if (!isScalar(challenge) || !isScalar(response)) return false
  try {
    const count = countElements(blinded)
    const weightOf = weighElements(publicKey, blinded, evaluated)
    const [asked = new Uint8Array(), answered = new Uint8Array()] = foldElements(weightOf, count, [
      blinded,
      evaluated,
    ])
    const expected = challengeOf(
      publicKey,
      asked,
      answered,
      addElements(multiplyGenerator(response), multiplyElement(challenge, publicKey)),
      addElements(multiplyElement(response, asked), multiplyElement(challenge, answered)),
    )
    return equalBytes(expected, challenge)
  } catch (error) {
    if (error instanceof InvalidElement) return false
    throw error
  }
}
