import fc from 'fast-check'
import t from 'tap'
import { utf8 } from '../../src/kernel/bytes.ts'
import { appendLeaves, emptyFrontier, leafHash, rootOf } from '../../src/proofs/merkle.ts'
import { multiproofPositions, rootOfLeaves } from '../../src/proofs/multiproof.ts'

function treeOf(size: number) {
  const hashes = Array.from({ length: size }, (_, index) => leafHash(utf8(`leaf ${index}`)))
  const { frontier, completed } = appendLeaves(emptyFrontier, hashes)
  const nodes = new Map(completed.map(({ level, index, hash }) => [`${level}/${index}`, hash]))
  return { hashes, root: rootOf(frontier), nodes }
}

const someLeaves = fc
  .integer({ min: 1, max: 300 })
  .chain((size) =>
    fc.tuple(fc.constant(size), fc.subarray(Array.from({ length: size }, (_, index) => index))),
  )

t.test(
  'any leaves of any tree make its root with the subtrees that the proof names, and no others',
  async () => {
    fc.assert(
      fc.property(someLeaves, ([size, indexes]) => {
        const { hashes, root, nodes } = treeOf(size)
        const given = new Map(
          multiproofPositions(indexes, size).map(({ level, index }) => [
            `${level}/${index}`,
            nodes.get(`${level}/${index}`),
          ]),
        )
        const leaves = indexes.map((index) => ({ index, hash: hashes[index] ?? root }))
        const made = rootOfLeaves(leaves, size, ({ level, index }) =>
          given.get(`${level}/${index}`),
        )
        return Buffer.from(made).equals(Buffer.from(root))
      }),
    )
  },
)

t.test('a changed, moved, missing or doubled leaf makes no root, or another one', async (t) => {
  const size = 100
  const { hashes, root, nodes } = treeOf(size)
  const indexes = [3, 17, 64, 99]
  const leaves = indexes.map((index) => ({ index, hash: hashes[index]! }))
  const nodeAt = ({ level, index }: { level: number; index: number }) =>
    multiproofPositions(indexes, size).some((one) => one.level === level && one.index === index)
      ? nodes.get(`${level}/${index}`)
      : undefined
  const rootWith = (changed: typeof leaves, of = size) => rootOfLeaves(changed, of, nodeAt)
  t.same(rootWith(leaves), root)
  const [first, second, ...others] = leaves as [never, never]
  t.notSame(rootWith([{ index: 3, hash: hashes[4]! }, second, ...others]), root, 'changed')
  t.throws(() => rootWith([{ index: 4, hash: hashes[3]! }, second, ...others]), /not there/)
  t.throws(() => rootWith([second, ...others]), /not there/, 'missing')
  t.throws(() => rootWith([first, first, second, ...others]), /not in order/, 'doubled')
  t.throws(() => rootWith([second, first, ...others]), /not in order/, 'moved')
  t.throws(() => rootWith(leaves, 99), /not in the tree/, 'beyond the tree')
  t.throws(() => multiproofPositions([-1], 4), /not in order/)
  t.throws(() => multiproofPositions([0.5], 4), /not in order/)
})

t.test('the proof of many leaves is small: each subtree once', async (t) => {
  const size = 1 << 14
  const indexes = Array.from({ length: 1000 }, (_, at) => at * 16)
  t.ok(
    multiproofPositions(indexes, size).length < 1000 * 14 * 0.5,
    'less than half of single paths',
  )
})
