import type { Randomness } from '../kernel/random.ts'
import type { KeyShare, PerOperator } from './types.ts'

declare const pending: (...args: readonly unknown[]) => never
export const deriveKeyShare = (seed: Uint8Array, info: Uint8Array): KeyShare => pending(seed, info)
export const keyShareOf = (scalar: Uint8Array): KeyShare => pending(scalar)
export const combinePublicKeys = (publicKeys: PerOperator<Uint8Array>): Uint8Array =>
  pending(publicKeys)
export const drawRefresh = (random: Randomness): Uint8Array => pending(random)
export const refreshShare = (
  name: keyof PerOperator<unknown>,
  scalar: Uint8Array,
  delta: Uint8Array,
): Uint8Array => pending(name, scalar, delta)
