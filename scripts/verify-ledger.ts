import { createReadStream } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { SingleBar } from 'cli-progress'
import { Command } from 'commander'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { messageOf } from '../src/files/file-fault.ts'
import { type LedgerReport, type VerifiedBeginning, verifyLedger } from '../src/ledger/verify.ts'

type Options = {
  readonly key?: string
  readonly checkpoint: readonly string[]
  readonly receipt: readonly string[]
  readonly after?: string
  readonly keep?: string
  readonly json?: true
}

const mostShown = 50
const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value]

const program = new Command('ledger:verify')
  .description(
    'Verifies an export of a ledger offline and names what is wrong with it.\n' +
      'Checkpoints and receipts that you kept show what the ledger alone cannot: a rewritten\n' +
      'history, a rollback, a fork.',
  )
  .argument('<export>', 'file with JSON lines, as ledger:export writes it')
  .option('--key <verifier key>', 'verifier key of the ledger, as you were given it out of band')
  .option('--checkpoint <file>', 'a signed checkpoint that you kept (repeatable)', collect, [])
  .option('--receipt <file>', 'a receipt that you kept, as JSON (repeatable)', collect, [])
  .option('--keep <file>', 'write down how far it was verified, when nothing is wrong')
  .option('--after <file>', 'go on from what --keep wrote; the export has to begin there (--from)')
  .option('--json', 'print the report as JSON')
  .action(main)

async function* linesOf(file: string, onBytes: (count: number) => void): AsyncGenerator<string> {
  const input = createReadStream(file)
  input.on('data', (chunk) => onBytes(chunk.length))
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
}

const isBeginning = Compile(
  Type.Object({
    size: Type.Integer({ minimum: 0 }),
    frontier: Type.Array(Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' })),
    at: Type.String(),
  }),
)

function readBeginning(file: string, text: string): VerifiedBeginning {
  const kept: unknown = JSON.parse(text)
  if (isBeginning.Check(kept)) return kept
  throw new Error(`${file} is not what --keep wrote`)
}

async function verify(file: string, options: Options): Promise<LedgerReport> {
  const checkpoints = await Promise.all(options.checkpoint.map((path) => readFile(path, 'utf8')))
  const receipts = await Promise.all(
    options.receipt.map(async (path) => JSON.parse(await readFile(path, 'utf8'))),
  )
  const beginning =
    options.after === undefined
      ? undefined
      : readBeginning(options.after, await readFile(options.after, 'utf8'))
  const bar = new SingleBar({
    format: 'reading {bar} {percentage}%',
    noTTYOutput: false,
    clearOnComplete: true,
  })
  const { size } = await stat(file)
  // On anything but a terminal the bar stays silent.
  if (process.stderr.isTTY) bar.start(size, 0)
  try {
    return await verifyLedger(
      linesOf(file, (count) => bar.increment(count)),
      {
        ...(options.key === undefined ? {} : { verifierKey: options.key }),
        ...(beginning === undefined ? {} : { beginning }),
        checkpoints,
        receipts,
      },
    )
  } finally {
    bar.stop()
  }
}

function print({ verified, size, erased, signature, problems }: LedgerReport): void {
  if (size === 0 && problems.every(({ problem }) => problem.endsWith('cannot be read'))) {
    console.log('NOT VERIFIED: this file is no export of a ledger, as ledger:export writes it.')
    return
  }
  for (const { index, problem } of problems.slice(0, mostShown)) {
    console.log(index === undefined ? problem : `entry ${index}: ${problem}`)
  }
  if (problems.length > mostShown) console.log(`… and ${problems.length - mostShown} more`)
  const verdict = verified ? 'The ledger is whole' : `NOT VERIFIED, ${problems.length} problem(s)`
  console.log(`${verdict}: ${size} entries, ${erased} of them erased, signature ${signature}.`)
  if (signature === 'not checked') {
    console.log('Without --key this says nothing about who made this ledger.')
  }
}

async function main(file: string, options: Options): Promise<void> {
  if (options.key === undefined && options.checkpoint.length + options.receipt.length > 0) {
    program.error('--checkpoint and --receipt need --key', { exitCode: 2 })
  }
  const report = await verify(file, options)
  if (options.keep !== undefined && report.beginning !== undefined) {
    await writeFile(options.keep, `${JSON.stringify(report.beginning)}\n`)
  }
  if (options.json) console.log(JSON.stringify(report, undefined, 2))
  else print(report)
  process.exitCode = report.verified ? 0 : 1
}

await program.parseAsync().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exitCode = 2
})
