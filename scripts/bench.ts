import { readFileSync } from 'node:fs'
import { Presets, SingleBar } from 'cli-progress'
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
  ledger: () => benchLedger(program.opts<Options>().ledgerSize, showProgress),
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

const { json = false } = program.opts<Options>()
const bar = new SingleBar(
  {
    format: '  [{bar}] {percentage} % {what}',
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  },
  Presets.shades_grey,
)
let shown = ''

/** One bar for each part of the work; silent on anything but a terminal. */
function showProgress(what: string, done: number, of: number): void {
  if (json || process.stderr.isTTY !== true) return
  if (what !== shown) bar.start(of, done, { what })
  shown = what
  bar.update(done, { what })
  if (done < of) return
  bar.stop()
  shown = ''
}

const wanted = program.args.length > 0 ? program.args : Object.keys(benches)
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
