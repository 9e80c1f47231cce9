import { createCipheriv, createHash } from 'node:crypto'
import type { Randomness } from '../../src/kernel/random.ts'
import { type Chance, chanceOf } from '../demo-people/chance.ts'

/**
 * Streams of chance under one seed, each for itself: what one party draws changes nothing for another. Keys of
 * sessions, which WebCrypto makes, are not among them; nothing that stands on a ledger depends on those.
 */
export function openSeed(seed: number) {
  const digestOf = (name: string) => createHash('sha256').update(`${seed} ${name}`).digest()
  return {
    randomness(name: string): Randomness {
      const stream = createCipheriv('aes-256-ctr', digestOf(name), Buffer.alloc(16))
      return { bytes: (length) => new Uint8Array(stream.update(Buffer.alloc(length))) }
    },
    chance: (name: string): Chance => chanceOf(digestOf(name).readUInt32BE(0)),
  }
}
export type Seed = ReturnType<typeof openSeed>
