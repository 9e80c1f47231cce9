import { fileURLToPath } from 'node:url'
import { MultiBar, Presets } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { linesOf } from '../src/client/commands/output.ts'
import { daysIn } from './demo/clock.ts'
import { textOf } from './demo/report.ts'
import { runDemo } from './demo/run.ts'
import { entrancesText } from './demo/stay.ts'

const ownInput = fileURLToPath(new URL('./demo-input', import.meta.url))

/** One progress bar per agency, on a terminal only. */
function openBars(visible: boolean) {
  const bars = new MultiBar(
    {
      format: '  {agency} [{bar}] {value}/{total} signals',
      hideCursor: true,
      noTTYOutput: false,
      stream: process.stderr,
    },
    Presets.shades_grey,
  )
  const known = new Map<string, ReturnType<MultiBar['create']>>()
  return {
    show(agency: string, done: number, total: number): void {
      if (!visible) return
      const bar =
        known.get(agency) ?? bars.create(total, 0, { agency: agency.slice(0, 24).padEnd(24) })
      known.set(agency, bar)
      bar?.update(done)
    },
    close(): void {
      if (visible) bars.stop()
    },
  }
}

function readDays(text: string): number {
  const days = daysIn(text)
  if (days === undefined) throw new InvalidArgumentError('It takes a number of days, such as +8d.')
  return days
}

const program = new Command('demo')
  .description('Four agencies find out that their cases touch, and nobody learns anything else.')
  .option('--input <folder>', 'one CSV file per agency; the file’s name is the agency’s', ownInput)
  .option('--keep <folder>', 'keep databases, logs and journals here')
  .option('--clock <move>', 'let time go by, such as +8d or +800d, and end', readDays)
  .option('--json', 'print one JSON document and nothing else, and end')
  .option('--no-wait', 'end after the report, and leave nothing running')
  .parse()

const {
  input,
  keep,
  clock: days,
  json = false,
  wait,
} = program.opts<{
  input: string
  keep?: string
  clock?: number
  json?: boolean
  wait: boolean
}>()
const waits = wait && !json && days === undefined
const bars = openBars(process.stderr.isTTY === true && !json)
// A terminal and npm both pass Ctrl-C on, so that it comes twice: the second changes nothing.
const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => interruption.abort(new Error('Interrupted; everything is stopped.')))
}
const interrupted = new Promise<void>((resolve) =>
  interruption.signal.addEventListener('abort', () => resolve()),
)
try {
  const { report, truth } = await runDemo({
    input,
    keep,
    days,
    onStep: (step) => {
      if (!json) process.stderr.write(`${step} …\n`)
    },
    onProgress: bars.show,
    signal: interruption.signal,
    ...(waits
      ? {
          stay: async (told, entrances) => {
            bars.close()
            process.stdout.write(`\n${textOf(told.report, told.truth)}${entrancesText(entrances)}`)
            await interrupted
          },
        }
      : {}),
  })
  bars.close()
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  else if (waits) process.stderr.write('Everything is stopped.\n')
  else process.stdout.write(`\n${textOf(report, truth)}`)
} catch (error) {
  bars.close()
  process.stderr.write(`${linesOf(error).join('\n  ')}\n`)
  process.exitCode = 1
}
