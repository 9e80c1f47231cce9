/**
 * Estimates the weights of the name keys anew, without knowing who is who, and shows how they differ from
 * the published ones. It changes nothing: whether they are taken over is for people to decide.
 */
import { Command } from 'commander'
import { readIdentity } from '../src/linkage/read-identity.ts'
import { compositeWeights } from '../src/linkage/weights.ts'
import { type CompositeType, compositeTypes } from '../src/wire/codes.ts'
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

/** The same people of whom no date is known, or only the year: for the keys that are made of such people. */
const undated = ({ ones, others, isOneSet }: Comparison, keepsYear: boolean): Comparison => {
  const less = (rows: Comparison['ones']) =>
    rows.map((row) => {
      const { birthDate, ...identity } = row.identity
      return birthDate !== undefined && keepsYear
        ? { ...row, identity: { ...identity, birthDate: { year: birthDate.year } } }
        : { ...row, identity }
    })
  return { ones: less(ones), others: less(others), isOneSet }
}

const undatedTypes: ReadonlySet<CompositeType> = new Set([
  'name-starts-birth-year',
  'name-starts-place',
  'name-ends-place',
  'name-sounds-place',
  'family-name-start-place-birth-year',
  'given-name-start-place-birth-year',
])

type Estimated = {
  readonly share: number
  readonly types: readonly CompositeType[]
  readonly estimates: ReturnType<typeof estimate>
}

/** Estimates of the types that are meant for such a set, as far as anybody in it has them. */
const estimatedOn = (set: Comparison, share: number, isUndated: boolean): Estimated => {
  const observed = observe(set)
  return {
    share,
    types: compositeTypes.filter(
      (type) => undatedTypes.has(type) === isUndated && observed.comparable[type] > 0,
    ),
    estimates: estimate(observed),
  }
}

const { json = false, alike: count } = program.opts<{ json?: boolean; alike: string }>()
const given = program.args.map(named)
const invented = Array.from({ length: Number(count) }, (_, at) => alike(at + 101))
const sets = [
  ...given.map((set) => estimatedOn(set, 1, false)),
  // However many, the invented sets count as one.
  ...invented.map((set) => estimatedOn(set, 1 / invented.length, false)),
  ...given.flatMap((set) => [true, false].map((year) => estimatedOn(undated(set, year), 1, true))),
]

/** The mean over the sets that say something about a type. */
const mean = (type: CompositeType, of: (estimate: Estimate) => number): number => {
  const known = sets.flatMap(({ share, types, estimates }) => {
    const found = types.includes(type) ? estimates.get(type) : undefined
    return found === undefined ? [] : [{ value: of(found), share }]
  })
  const total = known.reduce((sum, { share }) => sum + share, 0)
  return known.reduce((sum, { value, share }) => sum + (value * share) / total, 0)
}

const rounded = (value: number): number => Math.round(value * 10) / 10

const lines = compositeTypes.map((type) => ({
  type,
  m: Number(mean(type, ({ m }) => m).toFixed(2)),
  u: Number((2 ** mean(type, ({ u }) => Math.log2(u))).toPrecision(2)),
  agree: rounded(mean(type, (found) => bitsOf(found).agree)),
  disagree: rounded(mean(type, (found) => bitsOf(found).disagree)),
  published: compositeWeights[type],
}))

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
