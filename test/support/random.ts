import { createCipheriv, createHash, randomInt } from 'node:crypto'
import type { Randomness } from '../../src/kernel/random.ts'

export type SeededRandomness = Randomness & {
  readonly seed: string
  /** A whole number from 0 up to, not including, `limit`. */
  readonly below: (limit: number) => number
}

type Test = {
  readonly teardown: (work: () => void) => void
  readonly passing: () => boolean
  readonly comment: (text: string) => void
}

/** Randomness that `RAAKVLAK_TEST_SEED` brings back; the seed is told when the test `t` fails. */
export function seededRandomness(t: Test): SeededRandomness {
  const seed = process.env.RAAKVLAK_TEST_SEED ?? String(randomInt(1_000_000_000))
  const key = createHash('sha256').update(seed).digest()
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  const bytes = (length: number) => new Uint8Array(stream.update(Buffer.alloc(length)))
  t.teardown(() => {
    if (!t.passing()) t.comment(`repeat with RAAKVLAK_TEST_SEED=${seed}`)
  })
  return {
    seed,
    bytes,
    below: (limit) => new DataView(bytes(4).buffer).getUint32(0) % limit,
  }
}
