import type { Randomness } from '../kernel/random.ts'
import type { Evaluation, KeyShare } from './types.ts'

declare const pending: (...args: readonly unknown[]) => never
export const multiply = (share: KeyShare, blinded: Uint8Array): Uint8Array =>
  pending(share, blinded)
export const evaluate = (share: KeyShare, blinded: Uint8Array, random: Randomness): Evaluation =>
  pending(share, blinded, random)
