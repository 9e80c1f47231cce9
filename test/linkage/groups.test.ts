import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { groupLinks } from '../../src/linkage/groups.ts'
import type { Group, Link } from '../../src/linkage/types.ts'
import { type Quality, qualities } from '../../src/wire/codes.ts'

const usualBits: Record<Quality, number> = { certain: 40, probable: 35, possible: 8 }

const link = (one: string, other: string, quality: Quality, bits = usualBits[quality]): Link => ({
  one,
  other,
  evidence: { quality, bits, reasons: ['phone'], restsOnIdentifier: true },
})

/** A link by names alone, which may be as certain as it likes. */
const byNames = (one: string, other: string, quality: Quality): Link => {
  const { evidence } = link(one, other, quality)
  return { one, other, evidence: { ...evidence, restsOnIdentifier: false } }
}

const apart =
  (...pairs: readonly string[]) =>
  (one: string, other: string) =>
    pairs.includes(one + other) || pairs.includes(other + one)

const shown = (groups: readonly Group[]) =>
  groups.map(({ members, quality }) => `${members.join('')} ${quality}`)

t.test('one link is one group', async (t) => {
  t.same(groupLinks([link('b', 'a', 'probable')], apart()), [
    { members: ['a', 'b'], quality: 'probable', links: [link('a', 'b', 'probable')] },
  ])
  t.same(groupLinks([], apart()), [])
  t.same(groupLinks([link('a', 'a', 'certain')], apart()), [], 'nothing overlaps with itself')
})

t.test('certain links chain', async (t) => {
  const links = [link('a', 'b', 'certain'), link('b', 'c', 'certain'), link('c', 'd', 'certain')]
  t.same(shown(groupLinks(links, apart())), ['abcd certain'])
})

t.test('weak links join only when every pair across is linked', async (t) => {
  const chain = [link('a', 'b', 'possible'), link('b', 'c', 'possible')]
  t.same(shown(groupLinks(chain, apart())), ['ab possible', 'bc possible'])
  t.same(shown(groupLinks([...chain, link('a', 'c', 'possible')], apart())), ['abc possible'])
})

t.test('two persons with a shared phone in the middle are not chained into one', async (t) => {
  // a and b share a BSN, c and d another; x knows only the phone that b and c both use.
  const links = [
    link('a', 'b', 'certain'),
    link('c', 'd', 'certain'),
    link('b', 'x', 'possible'),
    link('c', 'x', 'possible'),
  ]
  t.same(shown(groupLinks(links, apart('ac', 'ad', 'bc', 'bd'))), [
    'ab certain',
    'bx possible',
    'cd certain',
    'cx possible',
  ])
})

t.test('two persons who both look like a third by name are not chained into one', async (t) => {
  const chain = [byNames('a', 'x', 'certain'), byNames('x', 'b', 'certain')]
  t.same(shown(groupLinks(chain, apart())), ['ax certain', 'bx certain'])
  const held = [...chain, byNames('a', 'b', 'probable')]
  t.same(shown(groupLinks(held, apart())), ['abx certain'], 'unless they look alike themselves')
  const grown = [link('a', 'c', 'certain'), byNames('c', 'x', 'certain'), link('x', 'd', 'certain')]
  t.same(shown(groupLinks(grown, apart())), ['ac certain', 'cx certain', 'dx certain'])
})

t.test('a contradiction keeps clusters apart even across a certain link', async (t) => {
  // One passport, shown by two persons who each have a BSN.
  const links = [
    link('a', 'b', 'certain'),
    link('b', 'c', 'certain', 30),
    link('c', 'd', 'certain'),
  ]
  t.same(shown(groupLinks(links, apart('ad', 'bd', 'ac', 'bc'))), [
    'ab certain',
    'bc certain',
    'cd certain',
  ])
})

t.test('the quality is that of the weakest link that is needed', async (t) => {
  const held = [link('a', 'b', 'certain'), link('b', 'c', 'certain'), link('a', 'c', 'possible')]
  t.same(shown(groupLinks(held, apart())), ['abc certain'], 'the weak one is not needed')
  const needed = [link('a', 'b', 'certain'), link('b', 'c', 'possible'), link('a', 'c', 'probable')]
  t.same(shown(groupLinks(needed, apart())), ['abc probable'])
  t.equal(groupLinks(needed, apart())[0]?.links.length, 3, 'all links are told')
})

t.test('a pair named twice counts with its strongest link', async (t) => {
  const links = [link('a', 'b', 'possible'), link('b', 'a', 'certain')]
  t.same(groupLinks(links, apart()), [
    { members: ['a', 'b'], quality: 'certain', links: [link('a', 'b', 'certain')] },
  ])
})

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const anyLink = fc
  .tuple(fc.subarray(ids, { minLength: 2, maxLength: 2 }), fc.constantFrom(...qualities), fc.nat(3))
  .map(([[one = '', other = ''], quality, more]) =>
    link(one, other, quality, usualBits[quality] + more),
  )
const anyPairs = fc.array(
  fc.subarray(ids, { minLength: 2, maxLength: 2 }).map((pair) => pair.join('')),
  {
    maxLength: 6,
  },
)
const anyCase = fc.tuple(fc.array(anyLink, { maxLength: 15 }), anyPairs)

const rank = (quality: Quality) => qualities.indexOf(quality)

/** The quality of a group by another road: the best weakest link on any path, at its worst pair. */
const bottleneck = ({ members, links }: Group): Quality | undefined => {
  const reach = new Map<string, number>()
  for (const { one, other, evidence } of links) {
    reach.set(one + other, rank(evidence.quality)).set(other + one, rank(evidence.quality))
  }
  const at = (one: string, other: string) => reach.get(one + other) ?? Number.POSITIVE_INFINITY
  for (const via of members)
    for (const one of members)
      for (const other of members)
        reach.set(one + other, Math.min(at(one, other), Math.max(at(one, via), at(via, other))))
  const worst = Math.max(
    ...members.flatMap((one) =>
      members.filter((other) => other !== one).map((other) => at(one, other)),
    ),
  )
  return qualities[worst]
}

t.test('grouping keeps its promises for any links', async () => {
  fc.assert(
    fc.property(anyCase, ([links, pairs]) => {
      const contradicts = apart(...pairs)
      const groups = groupLinks(links, contradicts)
      const linked = (one: string, other: string) =>
        links.some((each) => [each.one, each.other].sort().join() === [one, other].sort().join())
      const told = groups.flatMap((group) => group.links.map(({ one, other }) => one + other))
      const wanted = new Set(links.map(({ one, other }) => [one, other].sort().join('')))
      deepEqual(told.sort(), [...wanted].sort(), 'every linked pair is in exactly one group')
      for (const group of groups) {
        deepEqual(group.members, [...new Set(group.members)].sort())
        ok(group.members.length >= 2)
        equal(group.quality, bottleneck(group))
        if (group.members.length === 2) continue
        for (const one of group.members) {
          for (const other of group.members)
            ok(!contradicts(one, other), `${one} and ${other} are two`)
        }
        const onlyWeak = group.links.every(({ evidence }) => evidence.quality !== 'certain')
        if (onlyWeak) {
          for (const one of group.members)
            for (const other of group.members) ok(one === other || linked(one, other))
        }
      }
    }),
    { numRuns: 2000 },
  )
})

t.test('neither the order nor the direction of links matters', async () => {
  const shuffled = anyCase.chain(([links, pairs]) =>
    fc.tuple(
      fc.constant(links),
      fc.constant(pairs),
      fc.shuffledSubarray(links, { minLength: links.length, maxLength: links.length }),
      fc.infiniteStream(fc.boolean()),
    ),
  )
  fc.assert(
    fc.property(shuffled, ([links, pairs, mixed, turns]) => {
      const turned = mixed.map((each) =>
        turns.next().value === true ? { ...each, one: each.other, other: each.one } : each,
      )
      deepEqual(groupLinks(turned, apart(...pairs)), groupLinks(links, apart(...pairs)))
    }),
    { numRuns: 500 },
  )
})

t.test('one phone in three hundred signals is grouped in reasonable time', async (t) => {
  const names = Array.from({ length: 300 }, (_, at) => `s${at}`)
  const links = names.flatMap((one, at) =>
    names.slice(at + 1).map((other) => link(one, other, 'possible')),
  )
  t.equal(groupLinks(links, apart()).length, 1)
})
