import sodium from 'libsodium-wrappers-sumo'

/**
 * libsodium's compiled functions, called with addresses in their own memory. The wrapped forms copy
 * every argument into a fresh allocation and free it without wiping; over a batch that costs about 2 %
 * and leaves key material behind. All lengths and addresses are checked by the callers in `ristretto.ts`.
 */
export type GroupMachine = {
  readonly HEAPU8: Uint8Array
  readonly _malloc: (bytes: number) => number
  readonly _crypto_core_ristretto255_is_valid_point: (element: number) => number
  readonly _crypto_core_ristretto255_add: (out: number, one: number, other: number) => number
  readonly _crypto_core_ristretto255_sub: (out: number, one: number, other: number) => number
  readonly _crypto_core_ristretto255_from_hash: (out: number, wide: number) => number
  readonly _crypto_core_ristretto255_scalar_reduce: (out: number, wide: number) => void
  readonly _crypto_core_ristretto255_scalar_add: (out: number, one: number, other: number) => void
  readonly _crypto_core_ristretto255_scalar_sub: (out: number, one: number, other: number) => void
  readonly _crypto_core_ristretto255_scalar_mul: (out: number, one: number, other: number) => void
  readonly _crypto_core_ristretto255_scalar_invert: (out: number, scalar: number) => number
  readonly _crypto_scalarmult_ristretto255: (out: number, scalar: number, element: number) => number
  readonly _crypto_scalarmult_ristretto255_base: (out: number, scalar: number) => number
  readonly _crypto_hash_sha512: (out: number, message: number, low: number, high: number) => number
}

await sodium.ready

/** The wrapper publishes its machine without declaring it; this is the one place that knows. */
export const machine = (sodium as unknown as { readonly libsodium: GroupMachine }).libsodium
