import { factsOfCell } from '../../src/decisions/matrix.ts'
import { loadPolicies } from '../../src/policy/decide.ts'
import type { Decide } from '../../src/policy/types.ts'
import { policiesHere } from '../write-docs/policy-matrix.ts'
import type { Measurement } from './evaluation.ts'

const batch = 200
const rounds = 21
/** A submission is decided, and whether its answer may tell of overlaps. */
const decisionsPerSubmission = 2

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[numbers.length >> 1] ?? Number.NaN

const facts = factsOfCell({
  act: 'signal.submit',
  role: 'submits and receives',
  state: 'in force',
  purpose: 'that of the agreement',
  owner: undefined,
})

/** The same facts before one policy that permits all: what Cedar costs before any rule is read. */
const onePolicy = (schema: string): Decide =>
  loadPolicies({
    schema: { file: 'bench.cedarschema', text: schema },
    policies: [
      {
        file: 'bench.cedar',
        text: '@id("bench/all") @article("-") @en("-") @nl("-") permit (principal, action, resource);',
      },
    ],
  }).decide

const rateOf = (decide: Decide): number => {
  const start = performance.now()
  for (let at = 0; at < batch; at += 1) decide('signal.submit', facts)
  return (batch * 1000) / (performance.now() - start)
}

/**
 * Decisions per second on one thread, with all policies and facts as in a submission, against one policy;
 * and the time that decisions take as a share of the time of one submission at full load.
 */
export async function benchDecision(
  schema: string,
  submission: () => Promise<readonly Measurement[]>,
): Promise<Measurement[]> {
  const all = policiesHere()
  const one = onePolicy(schema)
  for (const decide of [all, one]) rateOf(decide)
  const measured = Array.from({ length: rounds }, () => {
    const before = rateOf(one)
    const plain = rateOf(all)
    return { plain, baseline: (before + rateOf(one)) / 2 }
  })
  const plain = median(measured.map((round) => round.plain))
  const single = (await submission()).find(({ name }) => name === 'submission/single')?.value
  if (single === undefined) throw new Error('submissions were not measured')
  return [
    {
      name: 'decision/plain',
      value: plain,
      unit: 'decisions/s',
      baseline: median(measured.map((round) => round.baseline)),
      ratio: median(measured.map((round) => round.plain / round.baseline)),
    },
    {
      name: 'decision/share',
      value: (1e6 * decisionsPerSubmission) / plain,
      unit: 'µs',
      baseline: 1e6 / single,
      ratio: (decisionsPerSubmission * single) / plain,
    },
  ]
}
