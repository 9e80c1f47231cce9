/** Where the published weights come from, and that anybody can find them again. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import {
  estimate,
  type Observed,
  type Pattern,
} from '../../scripts/estimate-weights/expectation.ts'
import type { CompositeType } from '../../src/wire/codes.ts'

const folder = new URL('../../../shared/data/linkage/', import.meta.url)
const skip = existsSync(folder) ? false : 'the development sets are not here'
const at = (name: string) => fileURLToPath(new URL(name, folder))
const script = fileURLToPath(new URL('../../scripts/estimate-weights.ts', import.meta.url))
const weights = new URL('../../src/linkage/weights.ts', import.meta.url)

/** Pairs as chance makes them when types are independent: so many of one person, so many of two. */
const observed = (
  truth: ReadonlyMap<CompositeType, { readonly m: number; readonly u: number }>,
  { ofOne, all }: { readonly ofOne: number; readonly all: number },
): Observed => {
  const types = [...truth.keys()]
  const patterns = Array.from({ length: 2 ** types.length }, (_, bits): Pattern => {
    const agrees = types.map((_, place) => ((bits >> place) & 1) === 1)
    const share = (side: 'm' | 'u') =>
      types.reduce((product, type, place) => {
        const chance = truth.get(type)?.[side] ?? 0
        return product * (agrees[place] ? chance : 1 - chance)
      }, 1)
    const outcomes = Object.fromEntries(
      types.map((type, place) => [type, agrees[place] ? 'agree' : 'differ']),
    ) as Pattern['outcomes']
    return { outcomes, pairs: ofOne * share('m') + (all - ofOne) * share('u') }
  })
  const seen = patterns.filter(({ outcomes }) => Object.values(outcomes).includes('agree'))
  const comparable = Object.fromEntries(types.map((type) => [type, all])) as Observed['comparable']
  return { types, patterns: seen, comparable, allPairs: all }
}

t.test('what is hidden in counts of patterns is found without the truth', async (t) => {
  const truth = new Map<CompositeType, { m: number; u: number }>([
    ['names', { m: 0.9, u: 1e-4 }],
    ['names-birth-month', { m: 0.7, u: 1e-6 }],
    ['name-ends-birthday', { m: 0.8, u: 1e-5 }],
    ['name-ends-birth-year', { m: 0.6, u: 3e-5 }],
  ])
  const found = estimate(observed(truth, { ofOne: 2_000, all: 25_000_000 }))
  for (const [type, { m, u }] of truth) {
    const { m: foundM = 0, u: foundU = 0 } = found.get(type) ?? {}
    t.ok(Math.abs(foundM - m) < 0.01, `${type}: m ${foundM.toFixed(3)}`)
    t.ok(Math.abs(Math.log2(foundU / u)) < 0.1, `${type}: u ${foundU.toExponential(2)}`)
  }
})

t.test(
  'the published weights are what the script finds, which changes nothing',
  { skip },
  async (t) => {
    const before = readFileSync(weights, 'utf8')
    const sets = [
      'febrl4-a.csv,febrl4-b.csv',
      'febrl2.csv',
      'dutch-synthetic-a.csv,dutch-synthetic-b.csv',
    ]
    const named = sets.map((set) => set.split(',').map(at).join())
    const output = execFileSync(process.execPath, [script, ...named, '--json'], {
      encoding: 'utf8',
    })
    const lines: {
      type: string
      agree: number
      disagree: number
      published: { agree: number; disagree: number }
    }[] = JSON.parse(output)
    t.equal(lines.length, 16)
    for (const { type, agree, disagree, published } of lines) {
      t.ok(Math.abs(agree - published.agree) <= 0.1, `${type}: agree ${agree}`)
      t.ok(Math.abs(disagree - published.disagree) <= 0.1, `${type}: disagree ${disagree}`)
    }
    t.equal(readFileSync(weights, 'utf8'), before)
  },
)
