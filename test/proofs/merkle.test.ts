import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import t from 'tap'
import { fromHex, hex, utf8 } from '../../src/kernel/bytes.ts'
import {
  appendLeaves,
  type ConsistencyClaim,
  consistencyProof,
  emptyFrontier,
  emptyRoot,
  type Frontier,
  frontierPositions,
  type Hash,
  type InclusionClaim,
  inclusionProof,
  leafHash,
  type NodeLookup,
  nodeHash,
  ProofError,
  proofsFrom,
  rootOf,
  TreeRangeError,
  verifyConsistency,
  verifyInclusion,
} from '../../src/proofs/merkle.ts'

type Vectors = {
  readonly someHash: string
  readonly emptyRoot: string
  readonly leaves: readonly string[]
  readonly roots: readonly string[]
  readonly inclusion: readonly { index: number; size: number; proof: string[] }[]
  readonly consistency: readonly { from: number; to: number; proof: string[] }[]
}

const vectors: Vectors = JSON.parse(
  await readFile(new URL('../vectors/merkle.json', import.meta.url), 'utf8'),
)

type Tree = {
  readonly leaves: readonly Hash[]
  readonly frontiers: readonly Frontier[]
  readonly roots: readonly Hash[]
  readonly lookup: NodeLookup
}

/** A whole tree in memory with every root it ever had. */
function grow(leaves: readonly Hash[]): Tree {
  const nodes = new Map<string, Hash>()
  const frontiers: Frontier[] = [emptyFrontier]
  for (const leaf of leaves) {
    const grown = appendLeaves(frontiers.at(-1)!, [leaf])
    frontiers.push(grown.frontier)
    for (const { level, index, hash } of grown.completed) nodes.set(`${level}/${index}`, hash)
  }
  return {
    leaves,
    frontiers,
    roots: frontiers.map(rootOf),
    lookup: async (positions) =>
      positions.map(({ level, index }) => nodes.get(`${level}/${index}`)!),
  }
}

const accepts = (check: () => void): boolean => {
  try {
    check()
    return true
  } catch (error) {
    if (error instanceof ProofError) return false
    throw error
  }
}

const included = (claim: InclusionClaim) => accepts(() => verifyInclusion(claim))
const consistent = (claim: ConsistencyClaim) => accepts(() => verifyConsistency(claim))
const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => leafHash(utf8(`leaf ${at}`)))
const flipped = (hash: Hash, byte: number, bits: number): Hash => {
  const copy = hash.slice()
  copy[byte] = copy[byte]! ^ bits
  return copy
}

/** The definition of RFC 6962 §2.1, word for word. */
function definedRoot(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return emptyRoot
  if (leaves.length === 1) return leaves[0]!
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return nodeHash(definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)))
}

t.test('the roots of the published trees of 0 to 8 leaves come out', async (t) => {
  const tree = grow(vectors.leaves.map((leaf) => leafHash(fromHex(leaf))))
  t.equal(hex(tree.roots[0]!), vectors.emptyRoot)
  t.same(tree.roots.slice(1).map(hex), vectors.roots)
})

t.test(
  'published inclusion proofs are made and accepted, and all their corruptions refused',
  async (t) => {
    const tree = grow(vectors.leaves.map((leaf) => leafHash(fromHex(leaf))))
    const some = fromHex(vectors.someHash)
    let refused = 0
    for (const { index, size, proof: encoded } of vectors.inclusion) {
      const proof = encoded.map(fromHex)
      const root = fromHex(vectors.roots[size - 1]!)
      const leaf = tree.leaves[index]!
      const claim = { index, size, root, leaf, proof }
      t.same((await inclusionProof(index, size, tree.lookup)).map(hex), encoded)
      t.ok(included(claim), `leaf ${index} of ${size}`)
      const corrupted: [string, InclusionClaim][] = [
        ['index - 1', { ...claim, index: index - 1 }],
        ['index + 1', { ...claim, index: index + 1 }],
        ['index ^ 2', { ...claim, index: index ^ 2 }],
        ['size * 2', { ...claim, size: size * 2 }],
        ['size / 2', { ...claim, size: Math.floor(size / 2) }],
        ['wrong leaf', { ...claim, leaf: utf8('WrongLeaf') }],
        ['empty root', { ...claim, root: emptyRoot }],
        ['random root', { ...claim, root: some }],
        ['trailing garbage', { ...claim, proof: [...proof, new Uint8Array(0)] }],
        ['trailing root', { ...claim, proof: [...proof, root] }],
        ['preceding garbage', { ...claim, proof: [new Uint8Array(0), ...proof] }],
        ['preceding root', { ...claim, proof: [root, ...proof] }],
        ...proof.map((_, at): [string, InclusionClaim] => [
          `modified proof[${at}] bit 3`,
          {
            ...claim,
            proof: proof.map((hash, other) => (other === at ? flipped(hash, 0, 8) : hash)),
          },
        ]),
      ]
      if (proof.length > 0) corrupted.push(['removed', { ...claim, proof: proof.slice(0, -1) }])
      if (proof.length > 1) {
        corrupted.push(['inserted', { ...claim, proof: [proof[0]!, some, ...proof.slice(1)] }])
      }
      for (const [name, bad] of corrupted) {
        t.notOk(included(bad), `leaf ${index} of ${size}: ${name}`)
        refused += 1
      }
    }
    t.equal(refused, 77)
  },
)

t.test(
  'published consistency proofs are made and accepted, and all their corruptions refused',
  async (t) => {
    const tree = grow(vectors.leaves.map((leaf) => leafHash(fromHex(leaf))))
    let refused = 0
    for (const { from, to, proof: encoded } of vectors.consistency) {
      const proof = encoded.map(fromHex)
      const fromRoot = fromHex(vectors.roots[from - 1]!)
      const toRoot = fromHex(vectors.roots[to - 1]!)
      const claim = { from, to, fromRoot, toRoot, proof }
      t.same((await consistencyProof(from, to, tree.lookup)).map(hex), encoded)
      t.ok(consistent(claim), `${from} to ${to}`)
      if (proof.length === 0) continue
      const corrupted: [string, ConsistencyClaim][] = [
        ['from - 1', { ...claim, from: from - 1 }],
        ['from + 1', { ...claim, from: from + 1 }],
        ['from ^ 2', { ...claim, from: from ^ 2 }],
        ['to * 2', { ...claim, to: to * 2 }],
        ['to / 2', { ...claim, to: Math.floor(to / 2) }],
        ['wrong old root', { ...claim, fromRoot: utf8('WrongRoot') }],
        ['wrong new root', { ...claim, toRoot: utf8('WrongRoot') }],
        ['swapped roots', { ...claim, fromRoot: toRoot, toRoot: fromRoot }],
        ['empty proof', { ...claim, proof: [] }],
        ['trailing garbage', { ...claim, proof: [...proof, new Uint8Array(0)] }],
        ['trailing old root', { ...claim, proof: [...proof, fromRoot] }],
        ['trailing new root', { ...claim, proof: [...proof, toRoot] }],
        ['preceding garbage', { ...claim, proof: [new Uint8Array(0), ...proof] }],
        ['preceding old root', { ...claim, proof: [fromRoot, ...proof] }],
        ['preceding new root', { ...claim, proof: [toRoot, ...proof] }],
        ['preceding proof[0]', { ...claim, proof: [proof[0]!, ...proof] }],
        ['truncated', { ...claim, proof: proof.slice(0, -1) }],
        ...proof.map((_, at): [string, ConsistencyClaim] => [
          `modified proof[${at}] bit 4`,
          {
            ...claim,
            proof: proof.map((hash, other) => (other === at ? flipped(hash, 0, 16) : hash)),
          },
        ]),
      ]
      for (const [name, bad] of corrupted) {
        t.notOk(consistent(bad), `${from} to ${to}: ${name}`)
        refused += 1
      }
    }
    t.equal(refused, 79)
  },
)

t.test('published border cases of consistency come out as published', async (t) => {
  const one = utf8("don't care 1")
  const two = utf8("don't care 2")
  const garbage = [emptyRoot]
  const cases: [number, number, Hash, Hash, Hash[], boolean][] = [
    [0, 0, one, one, [], true],
    [1, 1, two, two, [], true],
    [0, 0, one, two, [], false],
    [1, 1, one, two, [], false],
    [0, 1, one, two, [], false],
    [0, 1, emptyRoot, emptyRoot, garbage, false],
    [1, 0, one, two, [], false],
    [2, 1, one, two, [], false],
    [1, 2, one, two, [], false],
    [0, 0, emptyRoot, two, [], false],
    [1, 1, emptyRoot, two, [], false],
    [0, 0, emptyRoot, emptyRoot, garbage, false],
    [1, 1, emptyRoot, emptyRoot, garbage, false],
  ]
  for (const [from, to, fromRoot, toRoot, proof, good] of cases) {
    t.equal(consistent({ from, to, fromRoot, toRoot, proof }), good, `${from} to ${to}`)
  }
})

t.test(
  'every proof of every tree up to 70 leaves holds, and only for its own place and size',
  async (t) => {
    const largest = 70
    const tree = grow(numbered(largest))
    let proofs = 0
    for (let size = 1; size <= largest; size += 1) {
      t.same(tree.roots[size], definedRoot(tree.leaves.slice(0, size)))
      for (let index = 0; index < size; index += 1) {
        const claim = {
          index,
          size,
          leaf: tree.leaves[index]!,
          root: tree.roots[size]!,
          proof: await inclusionProof(index, size, tree.lookup),
        }
        const good =
          included(claim) &&
          !included({ ...claim, index: (index + 1) % (size + 1) }) &&
          !included({ ...claim, leaf: tree.leaves[(index + 1) % largest]! }) &&
          !included({ ...claim, root: tree.roots[size - 1]! })
        if (!good) t.fail(`inclusion of ${index} in ${size}`)
        proofs += 1
      }
      for (let from = 1; from <= size; from += 1) {
        const proof = await consistencyProof(from, size, tree.lookup)
        const claim = {
          from,
          to: size,
          fromRoot: tree.roots[from]!,
          toRoot: tree.roots[size]!,
          proof,
        }
        const good =
          consistent(claim) &&
          !consistent({ ...claim, fromRoot: tree.roots[from - 1]! }) &&
          !consistent({ ...claim, toRoot: tree.roots[(size + 1) % (largest + 1)]! }) &&
          (from === size || !consistent({ ...claim, proof: proof.slice(0, -1) })) &&
          !consistent({ ...claim, proof: [...proof, emptyRoot] })
        if (!good) t.fail(`consistency of ${from} with ${size}`)
        proofs += 1
      }
    }
    t.equal(proofs, largest * (largest + 1))
  },
)

t.test('a change of any bit of any part of a proof is refused', async () => {
  const tree = grow(numbered(70))
  fc.assert(
    fc.property(fc.nat(69), fc.nat(255), fc.nat(), (index, bit, pick) => {
      const size = 70
      const byte = bit >> 3
      const mask = 1 << (bit & 7)
      const proof = proofsFrom(appendLeaves(emptyFrontier, tree.leaves).completed)(index, size)
      const claim = { index, size, leaf: tree.leaves[index]!, root: tree.roots[size]!, proof }
      const at = pick % (proof.length + 2)
      const bad =
        at === proof.length
          ? { ...claim, leaf: flipped(claim.leaf, byte, mask) }
          : at === proof.length + 1
            ? { ...claim, root: flipped(claim.root, byte, mask) }
            : {
                ...claim,
                proof: proof.map((hash, n) => (n === at ? flipped(hash, byte, mask) : hash)),
              }
      return included(claim) && !included(bad)
    }),
    { numRuns: 300 },
  )
})

t.test(
  'leaves appended in batches give the tree, nodes and proofs that one by one gives',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 8 }),
        async (batches) => {
          const tree = grow(numbered(batches.reduce((total, count) => total + count, 0)))
          let frontier = emptyFrontier
          for (const count of batches) {
            const fresh = tree.leaves.slice(frontier.size, frontier.size + count)
            const before = frontierPositions(frontier.size).map((position, at) => ({
              ...position,
              hash: frontier.hashes[at]!,
            }))
            const grown = appendLeaves(frontier, fresh)
            const prove = proofsFrom([...before, ...grown.completed])
            const { size } = grown.frontier
            for (let index = frontier.size; index < size; index += 1) {
              const expected = await inclusionProof(index, size, tree.lookup)
              if (prove(index, size).map(hex).join() !== expected.map(hex).join()) return false
            }
            frontier = grown.frontier
            if (hex(rootOf(frontier)) !== hex(tree.roots[size]!)) return false
          }
          return true
        },
      ),
      { numRuns: 60 },
    )
  },
)

t.test(
  'places and sizes that do not exist are refused, also where doubles grow coarse',
  async (t) => {
    const tree = grow(numbered(5))
    await t.rejects(inclusionProof(5, 5, tree.lookup), TreeRangeError)
    await t.rejects(inclusionProof(-1, 5, tree.lookup), TreeRangeError)
    await t.rejects(inclusionProof(0.5, 5, tree.lookup), TreeRangeError)
    await t.rejects(consistencyProof(0, 5, tree.lookup), TreeRangeError)
    await t.rejects(consistencyProof(5, 4, tree.lookup), TreeRangeError)
    await t.rejects(inclusionProof(0, 2 ** 53, tree.lookup), TreeRangeError)
    // 2^49 + 1 is where splitting by a rounded logarithm goes wrong.
    const size = 2 ** 49 + 1
    const asked: number[] = []
    const proof = await inclusionProof(size - 1, size, async (positions) => {
      asked.push(...positions.map(({ level }) => level))
      return positions.map(() => emptyRoot)
    })
    t.same(asked, [49])
    const leaf = leafHash(utf8('last'))
    t.ok(included({ index: size - 1, size, leaf, root: nodeHash(emptyRoot, leaf), proof }))
  },
)

t.test(
  'a proof that goes on above the root of its size is refused, even to a root made for it',
  async (t) => {
    const tree = grow(numbered(8))
    const extra = leafHash(utf8('above'))
    const above = (root: Hash) => nodeHash(extra, root)
    t.notOk(
      included({
        index: 5,
        size: 8,
        leaf: tree.leaves[5]!,
        root: above(tree.roots[8]!),
        proof: [...(await inclusionProof(5, 8, tree.lookup)), extra],
      }),
    )
    t.notOk(
      consistent({
        from: 6,
        to: 8,
        fromRoot: above(tree.roots[6]!),
        toRoot: above(tree.roots[8]!),
        proof: [...(await consistencyProof(6, 8, tree.lookup)), extra],
      }),
    )
  },
)
