import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import t from 'tap'
import {
  estimatePrecision,
  type Histogram,
  histogramOf,
  isWhole,
  pairsFrom,
  pairsOf,
  withoutDuplicates,
} from '../../src/linkage/calibration.ts'
import { nameBits } from '../../src/linkage/evidence.ts'
import { linkageKeys } from '../../src/linkage/keys.ts'
import { readIdentity } from '../../src/linkage/read-identity.ts'
import type { RawIdentity, Tokens } from '../../src/linkage/types.ts'
import { startThresholds } from '../../src/linkage/weights.ts'
import { scoreEdges } from '../../src/wire/calibration.ts'
import { type KeyType, qualities } from '../../src/wire/codes.ts'

const keysOf = (raw: RawIdentity): Tokens => {
  const byType = new Map<KeyType, Set<string>>()
  for (const { type, value } of linkageKeys(readIdentity(raw).identity).keys) {
    byType.set(type, (byType.get(type) ?? new Set()).add(value))
  }
  return byType
}

/** Pairs by bin, as a histogram of so many subjects; the rest falls into the lowest bin. */
const histogram = (subjects: number, bins: Readonly<Record<number, number>> = {}): Histogram => {
  const counts = Array.from({ length: scoreEdges.length + 1 }, () => 0)
  for (const [edge, pairs] of Object.entries(bins)) {
    counts[scoreEdges.map(String).indexOf(edge) + 1] = pairs
  }
  const high = counts.reduce((sum, count) => sum + count, 0)
  counts[0] = pairsOf(subjects) - high
  return { subjects, counts }
}

t.test('an estimate is what paper and pencil say', async (t) => {
  const own = histogram(200, { 20: 7, 30: 2, 45: 1 })
  t.equal(pairsOf(200), 19_900)
  t.equal(pairsFrom(own, 20), 10)
  t.equal(pairsFrom(own, 21), 10, 'inside a bin the whole bin counts')
  t.equal(pairsFrom(own, 30), 3)
  t.equal(pairsFrom(own, 160), 0)
  const at = (bits: number, histograms = [own]) =>
    estimatePrecision({ histograms, bits, crossPairs: 40_000, cross: 100 })
  // 3.5 × 40,000 ÷ 19,900 = 7.03518 false ones among 100.
  t.equal(at(30)?.toFixed(6), '0.929648')
  // 0.5 × 40,000 ÷ 19,900 = 1.00503: nothing seen is not nothing there.
  t.equal(at(60)?.toFixed(6), '0.989950')
  t.equal(at(0), 0, 'more false ones than pairs found is 0, not less')
  t.equal(at(30, []), undefined)
  t.equal(estimatePrecision({ histograms: [own], bits: 30, crossPairs: 9, cross: 0 }), undefined)
})

t.test('no single histogram raises an estimate', async (t) => {
  const honest = [histogram(300, { 30: 4 }), histogram(400, { 30: 9 }), histogram(500, { 30: 8 })]
  const at = (histograms: readonly Histogram[]) =>
    estimatePrecision({ histograms, bits: 30, crossPairs: 40_000, cross: 100 }) ?? Number.NaN
  const liar = histogram(1_000_000)
  t.equal(at([honest[0] ?? liar, liar]), at(honest.slice(0, 1)), 'of two the worse one counts')
  // Left out in turn: 17.5 of 204,550 pairs; 12.5 of 169,600; 13.5 of 124,650, the worst.
  t.equal(at(honest).toFixed(6), (1 - (13.5 / 124_650) * 400).toFixed(6))
  t.ok(at([...honest, liar]) <= at(honest) + (1 - at(honest)) / 2)
  fc.assert(
    fc.property(
      fc.array(fc.record({ subjects: fc.integer({ min: 200, max: 5_000 }), high: fc.nat(150) }), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.record({ subjects: fc.integer({ min: 200, max: 1_000_000 }), high: fc.nat(150) }),
      (others, lie) => {
        const made = others.map(({ subjects, high }) => histogram(subjects, { 30: high }))
        const all = [...made, histogram(lie.subjects, { 30: lie.high })]
        const pooled = made.reduce((sum, one) => sum + pairsFrom(one, 30), 0.5)
        const pairs = made.reduce((sum, one) => sum + pairsOf(one.subjects), 0)
        return at(all) <= Math.max(0, 1 - (pooled / pairs) * 400) + 1e-12
      },
    ),
  )
})

t.test('an estimate lies between 0 and 1, and moves the way it should', async (t) => {
  const bins = fc.array(fc.nat(50), {
    minLength: scoreEdges.length,
    maxLength: scoreEdges.length,
  })
  const made = (high: readonly number[]) =>
    histogram(500, Object.fromEntries(scoreEdges.map((edge, at) => [edge, high[at] ?? 0])))
  fc.assert(
    fc.property(
      fc.array(bins, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 10_000_000 }),
      fc.integer({ min: 1, max: 5_000 }),
      fc.nat(200),
      (all, crossPairs, cross, bits) => {
        const histograms = all.map(made)
        const at = (change: Partial<Parameters<typeof estimatePrecision>[0]> = {}) =>
          estimatePrecision({ histograms, bits, crossPairs, cross, ...change }) ?? Number.NaN
        t.ok(histograms.every(isWhole))
        const here = at()
        return (
          here >= 0 &&
          here <= 1 &&
          at({ bits: bits + 10 }) >= here &&
          at({ crossPairs: crossPairs * 2 }) <= here &&
          at({ cross: cross * 2 }) >= here
        )
      },
    ),
    { numRuns: 200 },
  )
})

t.test('the thresholds of the start stand on edges of bins', async (t) => {
  for (const quality of qualities) {
    t.ok(
      scoreEdges.some((edge) => edge === startThresholds[quality]),
      quality,
    )
  }
})

t.test('each person counts once, and two who only look alike count as two', async (t) => {
  const ewa = { givenNames: 'Ewa', familyName: 'Nowak', birthDate: '1990-02-05' }
  const left = (...raws: RawIdentity[]) => withoutDuplicates(raws.map(keysOf)).length
  t.equal(left(ewa, { ...ewa, givenNames: 'Ewá' }), 1, 'the same names and date')
  t.equal(left({ bsn: '999990007' }, { ...ewa, bsn: '999990007' }), 1, 'the same number')
  t.equal(left(ewa, { ...ewa, givenNames: 'Jan' }), 2, 'a twin')
  t.equal(left(ewa, { ...ewa, birthDate: '1990-02-06' }), 2, 'another day')
  t.equal(left({ phone: '0612345678' }, { phone: '0612345678' }), 2, 'a phone alone')
  const told: number[] = []
  withoutDuplicates([ewa, ewa, ewa].map(keysOf), (done) => told.push(done))
  t.strictSame(told, [1, 2, 3])
})

t.test('the histogram is what looking at every pair gives', async (t) => {
  const name = fc.constantFrom('Anna', 'Ana', 'Bart', 'Jansen', 'de Boer', 'Nowak')
  const person = fc.record({
    givenNames: name,
    familyName: name,
    birthDate: fc.constantFrom('1990-02-05', '1990-05-02', '1991-02-05', '1990-01-01'),
  })
  fc.assert(
    fc.property(fc.array(person, { minLength: 2, maxLength: 25 }), (people) => {
      const subjects = people.map(keysOf)
      const found = histogramOf(subjects)
      const wanted = scoreEdges.map(() => 0)
      for (const [at, one] of subjects.entries()) {
        for (const other of subjects.slice(at + 1)) {
          const bits = nameBits(one, other)
          for (const [edge, from] of scoreEdges.entries()) {
            if (bits >= from) wanted[edge] = (wanted[edge] ?? 0) + 1
          }
        }
      }
      t.ok(isWhole(found))
      t.strictSame(
        scoreEdges.map((edge) => pairsFrom(found, edge)),
        wanted,
      )
    }),
    { numRuns: 50 },
  )
})

const folder = new URL('../../../shared/data/linkage/', import.meta.url)
const skip = existsSync(folder) ? false : 'the development sets are not here'
type Subject = { readonly entity: string; readonly tokens: Tokens }
const load = (file: string): Subject[] => {
  const rows: Record<string, string>[] = parse(readFileSync(new URL(file, folder)), {
    columns: true,
  })
  return rows.map(({ entityId = '', ...raw }) => ({ entity: entityId, tokens: keysOf(raw) }))
}

/** Scores of the pairs across two files that share a key, with whether they are one person. */
function* scored(ones: readonly Subject[], others: readonly Subject[]) {
  const holders = new Map<string, Subject[]>()
  const valuesOf = ({ tokens }: Subject) => [...tokens.values()].flatMap((values) => [...values])
  for (const other of others) {
    for (const value of valuesOf(other)) {
      holders.set(value, [...(holders.get(value) ?? []), other])
    }
  }
  for (const one of ones) {
    for (const other of new Set(valuesOf(one).flatMap((value) => holders.get(value) ?? []))) {
      yield { bits: nameBits(one.tokens, other.tokens), right: one.entity === other.entity }
    }
  }
}

for (const name of ['febrl4', 'dutch-synthetic']) {
  t.test(
    `the estimate is close to the truth that it does not know: ${name}`,
    { skip },
    async (t) => {
      const [ones, others] = [load(`${name}-a.csv`), load(`${name}-b.csv`)]
      const begun = performance.now()
      const histograms = [ones, others].map((side) =>
        histogramOf(withoutDuplicates(side.map(({ tokens }) => tokens))),
      )
      t.comment(`two histograms in ${Math.round(performance.now() - begun)} ms`)
      const pairs = [...scored(ones, others)]
      const crossPairs = ones.length * others.length
      for (const bits of scoreEdges.filter((edge) => edge >= startThresholds.possible)) {
        const reached = pairs.filter((pair) => pair.bits >= bits)
        if (reached.length < 20) continue
        const estimate =
          estimatePrecision({ histograms, bits, crossPairs, cross: reached.length }) ?? Number.NaN
        const truth = reached.filter(({ right }) => right).length / reached.length
        t.comment(`${bits} bits: estimate ${estimate.toFixed(4)}, truth ${truth.toFixed(4)}`)
        t.ok(estimate - truth <= 0.002, `${bits} bits: not far above`)
        if (estimate >= 0.95) t.ok(truth - estimate <= 0.032, `${bits} bits: not far below`)
      }
    },
  )
}

t.test('doubles that are not found make an estimate lower', { skip }, async (t) => {
  const subjects = load('febrl2.csv')
  const firsts = [...new Map(subjects.map((one) => [one.entity, one])).values()]
  const from = (side: readonly Subject[]) =>
    histogramOf(withoutDuplicates(side.map(({ tokens }) => tokens)))
  const at = (found: Histogram) =>
    estimatePrecision({ histograms: [found], bits: 30, crossPairs: 1e7, cross: 2_000 }) ??
    Number.NaN
  t.ok(at(from(subjects)) < at(from(firsts)))
})
