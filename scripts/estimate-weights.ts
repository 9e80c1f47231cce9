/**
 * Estimates the weights of the name keys anew, without knowing who is who, and shows how they differ from
 * the published ones. It changes nothing: whether they are taken over is for people to decide.
 */
import { Command } from 'commander'
import { readIdentity } from '../src/linkage/read-identity.ts'
import { compositeWeights } from '../src/linkage/weights.ts'
import { compositeTypes } from '../src/wire/codes.ts'
import { alikePeople } from './alike-people/people.ts'
import { type Comparison, readSet } from './bench/linkage/people.ts'
import { bitsOf, type Estimate, estimate } from './estimate-weights/expectation.ts'
import { observe } from './estimate-weights/patterns.ts'

const program = new Command('estimate-weights')
  .description('Weights of name keys by expectation maximisation, beside the published ones.')
  .argument('<sets...>', 'A.csv, or A.csv,B.csv for the pairs across two; each set counts once')
  .option('--alike <count>', 'so many sets of invented people who are hard to tell apart', '3')
  .option('--json', 'print one JSON document and nothing else')
  .parse()

const alike = (seed: number): Comparison => {
  const rows = alikePeople(seed).map(({ entityId, raw }) => ({
    entityId,
    raw,
    identity: readIdentity(raw).identity,
  }))
  return { ones: rows, others: rows, isOneSet: true }
}

const named = (set: string): Comparison => {
  const [a = '', b] = set.split(',')
  const ones = readSet(a).rows
  return { ones, others: b === undefined ? ones : readSet(b).rows, isOneSet: b === undefined }
}

const { json = false, alike: count } = program.opts<{ json?: boolean; alike: string }>()
const invented = Array.from({ length: Number(count) }, (_, at) => alike(at + 101))
const sets = [
  ...program.args.map((set) => ({ share: 1, estimates: estimate(observe(named(set))) })),
  // However many, the invented sets count as one.
  ...invented.map((set) => ({ share: 1 / invented.length, estimates: estimate(observe(set)) })),
]

/** The mean over the sets in which anybody has such a key. */
const mean = (of: (set: (typeof sets)[number]) => number | undefined): number => {
  const known = sets.flatMap((set) => {
    const value = of(set)
    return value === undefined ? [] : [{ value, share: set.share }]
  })
  const total = known.reduce((sum, { share }) => sum + share, 0)
  return known.reduce((sum, { value, share }) => sum + (value * share) / total, 0)
}

const rounded = (value: number): number => Math.round(value * 10) / 10

const lines = compositeTypes.map((type) => {
  const meanOf = (pick: (of: Estimate) => number) =>
    mean(({ estimates }) => {
      const found = estimates.get(type)
      return found && pick(found)
    })
  return {
    type,
    m: Number(meanOf(({ m }) => m).toFixed(2)),
    u: Number((2 ** meanOf(({ u }) => Math.log2(u))).toPrecision(2)),
    agree: rounded(meanOf((found) => bitsOf(found).agree)),
    disagree: rounded(meanOf((found) => bitsOf(found).disagree)),
    published: compositeWeights[type],
  }
})

if (json) process.stdout.write(`${JSON.stringify(lines, null, 2)}\n`)
else {
  const shown = (bits: number) => bits.toFixed(1).padStart(6)
  for (const { type, m, u, agree, disagree, published } of lines) {
    process.stdout.write(
      `${type.padEnd(30)} m ${m.toFixed(2)}  u ${u.toExponential(1)}  agree ${shown(agree)} (${shown(agree - published.agree)})  disagree ${shown(disagree)} (${shown(disagree - published.disagree)})\n`,
    )
  }
  process.stdout.write('In brackets: the difference from what is published. Nothing was changed.\n')
}
