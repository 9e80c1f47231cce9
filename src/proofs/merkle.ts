import { sha256 } from '@noble/hashes/sha2.js'
import { concat, equalBytes } from '../kernel/bytes.ts'

/**
 * The Merkle tree of RFC 6962 §2.1 (the same in RFC 9162 §2.1): hashes, roots, inclusion and
 * consistency proofs. Sizes and indexes are whole numbers below 2^53, so nothing here shifts bits.
 */

/** 32 bytes of SHA-256. */
export type Hash = Uint8Array

/** A complete subtree: at level L it covers 2^L leaves, from leaf index·2^L on. */
export type NodePosition = { readonly level: number; readonly index: number }
export type TreeNode = NodePosition & { readonly hash: Hash }

/**
 * All that a tree must remember to grow: the roots of its complete subtrees, largest (leftmost)
 * first; one per bit that is set in `size`.
 */
export type Frontier = { readonly size: number; readonly hashes: readonly Hash[] }

/** Gives the hashes of complete subtrees in the order asked; may fetch them all at once. */
export type NodeLookup = (positions: readonly NodePosition[]) => Promise<readonly Hash[]>

/** A size or an index that does not fit the tree. */
export class TreeRangeError extends RangeError {
  constructor(message: string) {
    super(message)
    this.name = 'TreeRangeError'
  }
}

/** A proof that does not prove; the message says in what it fails. */
export class ProofError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ProofError'
  }
}

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

export const leafHash = (leaf: Uint8Array): Hash => sha256(concat(leafPrefix, leaf))

export const nodeHash = (left: Hash, right: Hash): Hash => sha256(concat(nodePrefix, left, right))

/** The root of a tree without leaves. */
export const emptyRoot: Hash = sha256(new Uint8Array(0))

export const emptyFrontier: Frontier = { size: 0, hashes: [] }

const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** The largest power of two that is smaller than `size`; `size` ≥ 2. No logarithm: those round. */
export const splitOf = (size: number): number => {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

/**
 * The complete subtrees that make up the leaves from `start` to `end` (exclusive), largest first.
 * `start` must be a multiple of a power of two that is not smaller than the range.
 */
export const cover = (start: number, end: number): NodePosition[] => {
  const positions: NodePosition[] = []
  let at = start
  while (at < end) {
    let width = 1
    let level = 0
    while (at + width * 2 <= end) {
      width *= 2
      level += 1
    }
    positions.push({ level, index: at / width })
    at += width
  }
  return positions
}

/** The complete subtrees whose hashes are a frontier of this size, in the frontier's order. */
export const frontierPositions = (size: number): readonly NodePosition[] => cover(0, size)

/** One hash of the complete subtrees of a range: folded from the right, as RFC 6962 nests them. */
export const fold = (hashes: readonly Hash[]): Hash =>
  hashes.reduceRight((right: Hash | undefined, left) => {
    return right === undefined ? left : nodeHash(left, right)
  }, undefined) ?? emptyRoot

export const rootOf = (frontier: Frontier): Hash => fold(frontier.hashes)

/**
 * Appends leaves, given by their leaf hashes.
 * @returns the new frontier and every subtree that became complete, the leaves themselves (level 0)
 *   included: what a store must keep so that each later proof can be made
 */
export function appendLeaves(
  frontier: Frontier,
  leafHashes: readonly Hash[],
): { readonly frontier: Frontier; readonly completed: readonly TreeNode[] } {
  const hashes = [...frontier.hashes]
  const completed: TreeNode[] = []
  let size = frontier.size
  for (const leaf of leafHashes) {
    let index = size
    let level = 0
    let hash = leaf
    completed.push({ level, index, hash })
    while (index % 2 === 1) {
      const left = hashes.pop()
      if (left === undefined) throw new TreeRangeError('the frontier does not fit its size')
      hash = nodeHash(left, hash)
      index = (index - 1) / 2
      level += 1
      completed.push({ level, index, hash })
    }
    hashes.push(hash)
    size += 1
  }
  return { frontier: { size, hashes }, completed }
}

/** Each step of a proof as the complete subtrees that fold into it; leaf side first. */
type ProofPlan = readonly (readonly NodePosition[])[]

function inclusionPlan(index: number, size: number): ProofPlan {
  if (!isSize(size) || !isSize(index) || index >= size) {
    throw new TreeRangeError(`a tree of ${size} leaves has no leaf ${index}`)
  }
  const steps: NodePosition[][] = []
  let low = 0
  let high = size
  while (high - low > 1) {
    const middle = low + splitOf(high - low)
    if (index < middle) {
      steps.push(cover(middle, high))
      high = middle
    } else {
      steps.push(cover(low, middle))
      low = middle
    }
  }
  return steps.reverse()
}

function consistencyPlan(from: number, to: number): ProofPlan {
  if (!isSize(from) || !isSize(to) || from > to) {
    throw new TreeRangeError(`a tree cannot grow from ${from} to ${to} leaves`)
  }
  if (from === 0 && to > 0) throw new TreeRangeError('every tree is consistent with an empty one')
  const steps: NodePosition[][] = []
  let low = 0
  let high = to
  let oldRootIsKnown = true
  while (from !== high) {
    const middle = low + splitOf(high - low)
    if (from <= middle) {
      steps.push(cover(middle, high))
      high = middle
    } else {
      steps.push(cover(low, middle))
      low = middle
      oldRootIsKnown = false
    }
  }
  if (!oldRootIsKnown) steps.push(cover(low, high))
  return steps.reverse()
}

async function prove(plan: ProofPlan, lookup: NodeLookup): Promise<Hash[]> {
  const found = await lookup(plan.flat())
  let at = 0
  return plan.map((step) => {
    const hashes = found.slice(at, at + step.length)
    at += step.length
    if (hashes.length !== step.length) throw new TreeRangeError('the lookup left out a node')
    return fold(hashes)
  })
}

/**
 * The audit path of RFC 6962 §2.1.1, leaf side first. One call of `lookup`.
 * @throws TreeRangeError unless 0 ≤ index < size
 */
export const inclusionProof = async (
  index: number,
  size: number,
  lookup: NodeLookup,
): Promise<Hash[]> => prove(inclusionPlan(index, size), lookup)

/**
 * The consistency proof of RFC 6962 §2.1.2. Empty when `from` equals `to`. One call of `lookup`.
 * @throws TreeRangeError unless 0 < from ≤ to (or both are 0)
 */
export const consistencyProof = async (
  from: number,
  to: number,
  lookup: NodeLookup,
): Promise<Hash[]> => prove(consistencyPlan(from, to), lookup)

/**
 * Inclusion proofs from nodes at hand: `nodes` must hold the frontier before an append and what the
 * append completed; then every leaf of that append can be proven in the grown tree.
 */
export function proofsFrom(nodes: readonly TreeNode[]): (index: number, size: number) => Hash[] {
  const known = new Map(nodes.map(({ level, index, hash }) => [`${level}/${index}`, hash]))
  return (index, size) =>
    inclusionPlan(index, size).map((step) =>
      fold(
        step.map((node) => {
          const hash = known.get(`${node.level}/${node.index}`)
          if (hash === undefined)
            throw new TreeRangeError(`node ${node.level}/${node.index} is not at hand`)
          return hash
        }),
      ),
    )
}

const checkHashes = (what: string, hashes: readonly Hash[]): void => {
  if (hashes.some((hash) => hash.length !== 32)) {
    throw new ProofError(`${what} holds something that is not a SHA-256 hash`)
  }
}

export type InclusionClaim = {
  readonly index: number
  readonly size: number
  readonly leaf: Hash
  readonly root: Hash
  readonly proof: readonly Hash[]
}

/**
 * Checks that `leaf` (a leaf hash) stands at `index` in the tree of `size` with this root
 * (RFC 9162 §2.1.3.2). Does not check who vouches for the root.
 * @throws ProofError saying what fails
 */
export function verifyInclusion({ index, size, leaf, root, proof }: InclusionClaim): void {
  if (!isSize(size) || !isSize(index) || index >= size) {
    throw new ProofError(`a tree of ${size} leaves has no leaf ${index}`)
  }
  checkHashes('the inclusion proof', [leaf, root, ...proof])
  let hash = leaf
  let node = index
  let last = size - 1
  for (const sibling of proof) {
    if (last === 0) throw new ProofError('the inclusion proof is too long')
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      // A right edge without a sibling rises until it is a right child.
      while (node % 2 === 0 && node !== 0) {
        node /= 2
        last = Math.floor(last / 2)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0) throw new ProofError('the inclusion proof is too short')
  if (!equalBytes(hash, root)) throw new ProofError('the inclusion proof leads to another root')
}

export type ConsistencyClaim = {
  readonly from: number
  readonly to: number
  readonly fromRoot: Hash
  readonly toRoot: Hash
  readonly proof: readonly Hash[]
}

/**
 * Checks that the tree of `to` leaves begins with the tree of `from` leaves (RFC 9162 §2.1.4.2).
 * A claim from size 0 proves nothing and is refused, save that of 0 to 0.
 * @throws ProofError saying what fails
 */
export function verifyConsistency({ from, to, fromRoot, toRoot, proof }: ConsistencyClaim): void {
  if (!isSize(from) || !isSize(to) || from > to) {
    throw new ProofError(`a tree cannot grow from ${from} to ${to} leaves`)
  }
  if (from === to) {
    if (proof.length > 0) throw new ProofError('the consistency proof is too long')
    if (!equalBytes(fromRoot, toRoot)) throw new ProofError('two roots for one size')
    return
  }
  if (from === 0) throw new ProofError('a consistency proof from an empty tree proves nothing')
  checkHashes('the consistency proof', [fromRoot, toRoot, ...proof])
  let node = from - 1
  let last = to - 1
  while (node % 2 === 1) {
    node = (node - 1) / 2
    last = Math.floor(last / 2)
  }
  // When the old size is a power of two, its root is itself the first node of the proof.
  const [first, ...path] = node === 0 ? [fromRoot, ...proof] : proof
  if (first === undefined) throw new ProofError('the consistency proof is too short')
  let oldHash = first
  let newHash = first
  for (const sibling of path) {
    if (last === 0) throw new ProofError('the consistency proof is too long')
    if (node % 2 === 1 || node === last) {
      oldHash = nodeHash(sibling, oldHash)
      newHash = nodeHash(sibling, newHash)
      while (node % 2 === 0 && node !== 0) {
        node /= 2
        last = Math.floor(last / 2)
      }
    } else {
      newHash = nodeHash(newHash, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0) throw new ProofError('the consistency proof is too short')
  if (!equalBytes(oldHash, fromRoot)) {
    throw new ProofError('the consistency proof leads to another old root')
  }
  if (!equalBytes(newHash, toRoot)) {
    throw new ProofError('the consistency proof leads to another new root')
  }
}
