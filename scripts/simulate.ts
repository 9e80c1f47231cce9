import { Presets, SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { linesOf } from '../src/client/commands/output.ts'
import { textOf } from './simulate/document.ts'
import { largestField, smallestField } from './simulate/field.ts'
import { fewestDays } from './simulate/misuse/plan.ts'
import { simulate } from './simulate/run.ts'

const wholeNumber =
  (low: number, high: number) =>
  (text: string): number => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= low && number <= high) return number
    throw new InvalidArgumentError(`takes a whole number from ${low} to ${high}`)
  }

const program = new Command('simulate')
  .description('A simulated year of twenty agencies on the real gateway and keyholder.')
  .option('--seed <number>', 'the same seed gives the same year', wholeNumber(0, 2 ** 32 - 1), 1)
  .option(
    '--days <number>',
    `how long; with --misuse at least ${fewestDays}`,
    wholeNumber(1, 730),
    365,
  )
  .option(
    '--agencies <number>',
    'how many take part',
    wholeNumber(smallestField, largestField),
    largestField,
  )
  .option('--misuse', 'plant misuse, and tell what of it is found and when')
  .option('--keep <folder>', 'keep databases, logs and journals here')
  .option('--json', 'print one JSON document and nothing else')
  .parse()

const {
  json = false,
  keep,
  misuse = false,
  days,
  ...settings
} = program.opts<{
  seed: number
  days: number
  agencies: number
  misuse?: boolean
  keep?: string
  json?: boolean
}>()
if (misuse && days < fewestDays) program.error(`--misuse needs --days ${fewestDays} or more`)

const bar = new SingleBar(
  { format: '  [{bar}] day {value} of {total}', hideCursor: true, stream: process.stderr },
  Presets.shades_grey,
)
const isShown = process.stderr.isTTY === true && !json
// A terminal and npm both pass Ctrl-C on, so that it comes twice: the second changes nothing.
const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => interruption.abort(new Error('Interrupted; everything is stopped.')))
}
const began = performance.now()
let isRunning = false
try {
  const { document, differences } = await simulate({
    ...settings,
    days,
    keep,
    misuse: misuse ? {} : undefined,
    onStep: (step) => {
      if (isRunning) bar.stop()
      isRunning = false
      if (!json) process.stderr.write(`${step} …\n`)
    },
    onDay: (day) => {
      if (!isShown) return
      if (!isRunning) bar.start(days, 0)
      isRunning = true
      bar.update(day)
    },
    signal: interruption.signal,
  })
  const seconds = (performance.now() - began) / 1000
  process.stdout.write(
    json ? `${JSON.stringify(document, null, 2)}\n` : `\n${textOf(document, differences, seconds)}`,
  )
  if (json) for (const one of differences) process.stderr.write(`${one}\n`)
  if (differences.length > 0) process.exitCode = 1
} catch (error) {
  if (isRunning) bar.stop()
  process.stderr.write(`${linesOf(error).join('\n  ')}\n`)
  process.exitCode = 1
}
