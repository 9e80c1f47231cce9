import {
  cover,
  fold,
  type Hash,
  type NodePosition,
  nodeHash,
  ProofError,
  splitOf,
} from './merkle.ts'

/**
 * One proof for many leaves of a tree at once: the subtrees that hold none of them, each given once. With the leaves
 * they make the root, which shows that every leaf stands at its index. Many times smaller than an audit path for each.
 */

export type ProvenLeaf = { readonly index: number; readonly hash: Hash }

/** @throws ProofError unless the indexes rise and lie in the tree */
function assertRising(indexes: readonly number[], size: number): void {
  let before = -1
  for (const index of indexes) {
    if (!Number.isSafeInteger(index) || index <= before || index >= size)
      throw new ProofError('the entries are not in order, or not in the tree')
    before = index
  }
}

/** The place of the first of `indexes` from `from` on that is not below `limit`. */
function placeOf(indexes: readonly number[], limit: number, from: number, to: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((indexes[middle] ?? 0) < limit) low = middle + 1
    else high = middle
  }
  return low
}

type Visitor<Result> = {
  readonly leaf: (place: number) => Result
  readonly empty: (positions: readonly NodePosition[]) => Result
  readonly join: (left: Result, right: Result) => Result
}

/** Walks the tree as RFC 6962 splits it, down to the leaves and to the subtrees that hold none of them. */
function walk<Result>(
  indexes: readonly number[],
  size: number,
  { leaf, empty, join }: Visitor<Result>,
): Result {
  const below = (low: number, high: number, from: number, to: number): Result => {
    if (from === to) return empty(cover(low, high))
    if (high - low === 1) return leaf(from)
    const middle = low + splitOf(high - low)
    const place = placeOf(indexes, middle, from, to)
    return join(below(low, middle, from, place), below(middle, high, place, to))
  }
  return below(0, size, 0, indexes.length)
}

/**
 * The subtrees whose hashes prove these leaves in a tree of `size`, from left to right.
 * @throws ProofError unless the indexes rise and lie in the tree
 */
export function multiproofPositions(indexes: readonly number[], size: number): NodePosition[] {
  assertRising(indexes, size)
  const found: NodePosition[] = []
  if (size === 0) return found
  walk<void>(indexes, size, {
    leaf: () => {},
    empty: (positions) => {
      found.push(...positions)
    },
    join: () => {},
  })
  return found
}

/**
 * The root that these leaves and subtrees make. That it is the root of a checkpoint proves every leaf.
 * @throws ProofError unless the leaves rise and lie in the tree, and every subtree that is needed is there
 */
export function rootOfLeaves(
  leaves: readonly ProvenLeaf[],
  size: number,
  nodeAt: (position: NodePosition) => Hash | undefined,
): Hash {
  const indexes = leaves.map(({ index }) => index)
  assertRising(indexes, size)
  if (size === 0) return fold([])
  const hashOf = (position: NodePosition): Hash => {
    const hash = nodeAt(position)
    if (hash?.length === 32) return hash
    throw new ProofError(`node ${position.level}/${position.index} of the tree is not there`)
  }
  return walk<Hash>(indexes, size, {
    leaf: (place) => leaves[place]?.hash ?? hashOf({ level: 0, index: indexes[place] ?? 0 }),
    empty: (positions) => fold(positions.map(hashOf)),
    join: nodeHash,
  })
}
