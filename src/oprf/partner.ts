import type { Randomness } from '../kernel/random.ts'
import type { Blinding, Evaluation, PerOperator } from './types.ts'

declare const pending: (...args: readonly unknown[]) => never
export const blind = (inputs: readonly Uint8Array[], random: Randomness): Blinding =>
  pending(inputs, random)
export const verifyEvaluation = (
  publicKey: Uint8Array,
  blinded: Uint8Array,
  evaluation: Evaluation,
): boolean => pending(publicKey, blinded, evaluation)
export const combineAndFinalize = (work: {
  readonly inputs: readonly Uint8Array[]
  readonly blinds: Uint8Array
  readonly blinded: Uint8Array
  readonly evaluations: PerOperator<Evaluation>
  readonly publicKeys: PerOperator<Uint8Array>
}): Uint8Array[] => pending(work)
