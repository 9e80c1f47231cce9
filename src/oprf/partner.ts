import { concat, utf8 } from '../kernel/bytes.ts'
import type { Randomness } from '../kernel/random.ts'
import { verifyProof } from './proof.ts'
import {
  addElements,
  countElements,
  elementAt,
  hash,
  hashToElement,
  invertScalar,
  multiplyElement,
} from './ristretto.ts'
import { drawScalar, framed, tags } from './suite.ts'
import {
  type Blinding,
  type Evaluation,
  elementBytes,
  InvalidElement,
  inputLimit,
  operatorNames,
  type PerOperator,
  scalarBytes,
  UnprovenEvaluation,
} from './types.ts'

const finalizeLabel = utf8('Finalize')

/**
 * Blind (RFC 9497 §3.3.1) for each input: elements that say nothing about the inputs, not even to
 * somebody with unlimited time. Each blind serves once and stays secret.
 * @throws RangeError for an input above 65,535 bytes; InvalidElement for none, or for more than 65,535
 */
export const blind = (inputs: readonly Uint8Array[], random: Randomness): Blinding => {
  const elements = new Uint8Array(inputs.length * elementBytes)
  const blinds = new Uint8Array(inputs.length * scalarBytes)
  countElements(elements)
  inputs.forEach((input, index) => {
    if (input.length > inputLimit) throw new RangeError(`input ${index} is too long`)
    const scalar = drawScalar(random)
    blinds.set(scalar, index * scalarBytes)
    elements.set(multiplyElement(scalar, hashToElement(input, tags.element)), index * elementBytes)
    scalar.fill(0)
  })
  return { blinds, elements }
}

/** Whether the proof shows that exactly these blinded elements were multiplied by the key's scalar. */
export const verifyEvaluation = (
  publicKey: Uint8Array,
  blinded: Uint8Array,
  evaluation: Evaluation,
): boolean => verifyProof(publicKey, blinded, evaluation.elements, evaluation.proof)

/** The work of a partner after both operators have answered. */
export type Finalization = {
  readonly inputs: readonly Uint8Array[]
  /** What `blind` gave for these inputs, in the same order. */
  readonly blinds: Uint8Array
  readonly blinded: Uint8Array
  readonly evaluations: PerOperator<Evaluation>
  /** The pinned keys of both operators for the domain and epoch; never keys from the same answer. */
  readonly publicKeys: PerOperator<Uint8Array>
}

/**
 * Verifies BOTH proofs, adds the two shares of every element, unblinds and hashes (Finalize, RFC 9497
 * §3.3.2): one 64-byte token per input, the same as under the undivided key. Does NOT check that
 * `blinds` and `blinded` belong to `inputs`; with others the tokens mean nothing.
 *
 * Both proofs are needed: an operator that sees the other's answer E first could send B − E as its own,
 * which makes the joint key 1 and the token open to guessing.
 * @throws UnprovenEvaluation naming the operator; InvalidElement, RangeError for unfit arguments
 */
export const combineAndFinalize = (work: Finalization): Uint8Array[] => {
  const { inputs, blinds, blinded, evaluations, publicKeys } = work
  const count = countElements(blinded)
  if (inputs.length !== count || blinds.length !== count * scalarBytes) {
    throw new InvalidElement('inputs, blinds and blinded elements differ in number')
  }
  for (const name of operatorNames) {
    if (!verifyEvaluation(publicKeys[name], blinded, evaluations[name]))
      throw new UnprovenEvaluation(name)
  }
  return inputs.map((input, index) => {
    const evaluated = addElements(
      elementAt(evaluations.gateway.elements, index),
      elementAt(evaluations.keyholder.elements, index),
    )
    const inverse = invertScalar(blinds.subarray(index * scalarBytes, (index + 1) * scalarBytes))
    const unblinded = multiplyElement(inverse, evaluated)
    return hash(concat(framed(input, unblinded), finalizeLabel))
  })
}
