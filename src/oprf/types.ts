/**
 * The words of the oblivious pseudorandom function: VOPRF(ristretto255, SHA-512) of RFC 9497, mode 1,
 * its key split additively over two operators. Elements travel flat: 32 bytes each, one after the other.
 */

/** Length of one encoded ristretto255 element (RFC 9496 §4.3.2). */
export const elementBytes = 32
/** Length of one scalar, little-endian and below the group order. */
export const scalarBytes = 32
/** Length of a proof: challenge and response, 32 bytes each (RFC 9497 §2.2). */
export const proofBytes = 64
/** Largest batch: the proof counts elements in two bytes (RFC 9497 §2.2.1). */
export const batchLimit = 65_535
/** Longest input: its length is hashed in two bytes (RFC 9497 §3.3.2). */
export const inputLimit = 65_535

export const operatorNames = ['gateway', 'keyholder'] as const
export type OperatorName = (typeof operatorNames)[number]
export type PerOperator<Thing> = { readonly [name in OperatorName]: Thing }

/** One operator's part of the key of one domain and epoch. `scalar` never leaves that operator. */
export type KeyShare = { readonly scalar: Uint8Array; readonly publicKey: Uint8Array }

/** What an operator answers: as many elements as were asked, and one proof over all of them. */
export type Evaluation = { readonly elements: Uint8Array; readonly proof: Uint8Array }

/** `elements` go to the operators; `blinds` (32 bytes each) stay with the partner until it finalises. */
export type Blinding = { readonly blinds: Uint8Array; readonly elements: Uint8Array }

/**
 * An element (or a whole batch) that does not belong in the computation.
 * `index` counts elements from 0 and is absent when the batch as a whole is wrong.
 */
export class InvalidElement extends Error {
  readonly index: number | undefined

  constructor(message: string, index?: number) {
    super(index === undefined ? message : `element ${index}: ${message}`)
    this.name = 'InvalidElement'
    this.index = index
  }
}

/** An operator's answer that its proof does not cover: another key, another batch, or damaged. */
export class UnprovenEvaluation extends Error {
  readonly operator: OperatorName

  constructor(operator: OperatorName) {
    super(`the evaluation of the ${operator} is not proven under its published key`)
    this.name = 'UnprovenEvaluation'
    this.operator = operator
  }
}
