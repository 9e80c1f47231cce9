import type { Hash } from '../proofs/merkle.ts'

/**
 * Hashes by index. Those that come in order lie side by side in one buffer (32 bytes each, so that
 * millions fit); those that come out of order are kept too.
 */
export type HashColumn = {
  /** False, and nothing is changed, when there is a hash at this index already. */
  readonly put: (index: number, hash: Hash) => boolean
  readonly get: (index: number) => Hash | undefined
  /** The indexes that have a hash, ascending. */
  readonly indexes: () => Iterable<number>
  /** One more than the highest index. */
  readonly end: () => number
}

export function hashColumn(): HashColumn {
  let bytes = new Uint8Array(32 * 1024)
  let inOrder = 0
  let end = 0
  const strays = new Map<number, Hash>()
  const get = (index: number): Hash | undefined =>
    index >= 0 && index < inOrder ? bytes.slice(32 * index, 32 * index + 32) : strays.get(index)
  return {
    get,
    put(index, hash) {
      if (get(index) !== undefined) return false
      // Once something came out of order the rest is kept apart, so that indexes stay ascending.
      if (index === inOrder && strays.size === 0 && hash.length === 32) {
        if (32 * (inOrder + 1) > bytes.length) {
          const wider = new Uint8Array(bytes.length * 2)
          wider.set(bytes)
          bytes = wider
        }
        bytes.set(hash, 32 * index)
        inOrder += 1
      } else {
        strays.set(index, hash)
      }
      end = Math.max(end, index + 1)
      return true
    },
    *indexes() {
      for (let index = 0; index < inOrder; index += 1) yield index
      yield* [...strays.keys()].sort((one, other) => one - other)
    },
    end: () => end,
  }
}
