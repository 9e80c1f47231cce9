import { uuidOf } from './ids.ts'

/** Source of randomness. Injected everywhere, so that a test can seed it. */
export type Randomness = {
  /** `length` bytes, unpredictable in production. */
  readonly bytes: (length: number) => Uint8Array
}

/** The platform's cryptographic source; works in Node and in a browser. */
export const systemRandomness: Randomness = {
  bytes(length) {
    const out = new Uint8Array(length)
    // getRandomValues refuses more than 65,536 bytes at once.
    for (let start = 0; start < length; start += 65_536) {
      globalThis.crypto.getRandomValues(out.subarray(start, Math.min(start + 65_536, length)))
    }
    return out
  },
}

/** A random UUID, version 4 (RFC 9562). */
export const randomUuid = (random: Randomness): string => uuidOf(random.bytes(16))
