import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { benchDecision } from './bench/decision.ts'
import { benchEvaluation, type Measurement } from './bench/evaluation.ts'
import { benchLedger } from './bench/ledger.ts'
import { benchSubmission } from './bench/submission.ts'

/** Measures against named baselines in the same run, because machines differ and are busy. */
let submissions: Promise<Measurement[]> | undefined
/** Measured once, also when two benches want it. */
const submission = (): Promise<Measurement[]> => {
  submissions ??= benchSubmission()
  return submissions
}
const schema = readFileSync(
  new URL('../config/policies/gateway.cedarschema', import.meta.url),
  'utf8',
)
const benches = {
  evaluation: benchEvaluation,
  submission,
  decision: () => benchDecision(schema, submission),
  ledger: () => benchLedger(program.opts<Options>().ledgerSize),
}

type Options = { readonly json?: boolean; readonly ledgerSize: number }

function sizeOf(text: string): number {
  const size = Number(text)
  if (Number.isSafeInteger(size) && size > 0) return size
  throw new InvalidArgumentError('give a number of entries')
}

const program = new Command('bench')
  .description('measure, as ratios against a baseline in the same run')
  .argument('[names...]', `which: ${Object.keys(benches).join(', ')}; all by default`)
  .option('--json', 'print one JSON document and nothing else')
  .option('--ledger-size <entries>', 'entries of the ledger that is measured', sizeOf, 1_000_000)
  .parse()

const wanted = program.args.length > 0 ? program.args : Object.keys(benches)
const { json = false } = program.opts<Options>()
const results: Measurement[] = []
for (const [name, bench] of Object.entries(benches)) {
  if (!wanted.includes(name)) continue
  if (!json) process.stderr.write(`${name} …\n`)
  results.push(...(await bench()))
}
if (json) process.stdout.write(`${JSON.stringify({ results }, null, 2)}\n`)
else {
  for (const { name, value, unit, baseline, ratio } of results) {
    const rounded = (number: number) => Math.round(number).toLocaleString('en')
    process.stdout.write(
      `${name.padEnd(20)} ${rounded(value).padStart(9)} ${unit.padEnd(11)} baseline ${rounded(baseline).padStart(9)}   ratio ${ratio.toFixed(2)}\n`,
    )
  }
}
