import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { type Command, InvalidArgumentError, Option } from 'commander'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { writeDurably } from '../../files/durable-file.ts'
import { fromBase64url, utf8 } from '../../kernel/bytes.ts'
import { systemClock } from '../../kernel/clock.ts'
import { type OperatorName, operatorNames } from '../../oprf/types.ts'
import { cosign } from '../../proofs/cosignature.ts'
import { type Signer, signerFromSeed } from '../../proofs/note.ts'
import type { Receipt } from '../../wire/common.ts'
import { HomeError, homeFolder, readHome, readJson } from '../agency-home.ts'
import type { AgencyKeys } from '../agency-keys.ts'
import { answersIn } from '../journal.ts'
import {
  type FollowedLedger,
  followLedger,
  LedgerAlarm,
  type MonitorReport,
} from '../ledger-monitor.ts'
import { readTimestamps } from '../ledger-timestamps.ts'
import { handInCosignature, type PinnedOperators } from '../operators.ts'
import { note, openBar, print, printJson } from './output.ts'

type MonitorOptions = {
  agency?: string
  operator?: OperatorName
  url?: string
  thumbprint?: string
  folder?: string
  every?: number
  cosign?: boolean
  json?: boolean
}

/** Who watches what, and where the state is kept. */
type Watch = {
  readonly folder: string
  readonly pins: Partial<PinnedOperators>
  readonly operators: readonly OperatorName[]
  readonly receipts: () => Promise<readonly Receipt[]>
  readonly witness: { readonly agency: string; readonly keys: AgencyKeys } | undefined
}

const followedForm = Compile(
  Type.Object(
    {
      origin: Type.String(),
      ledgerKey: Type.String(),
      size: Type.Integer({ minimum: 0 }),
      frontier: Type.Array(Type.String()),
      checkpoint: Type.String(),
      cosigned: Type.Integer({ minimum: 0 }),
    },
    { additionalProperties: false },
  ),
)

const seconds = (text: string): number => {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 86_400) return value
  throw new InvalidArgumentError('give whole seconds, from 1 to 86400')
}

export function addLedgerCommands(program: Command): void {
  const ledger = program.command('ledger').description('the ledgers of the operators')

  ledger
    .command('monitor')
    .description(
      'follow the ledgers from where they were left, and fail loudly when one contradicts what it said before',
    )
    .option('--agency <name-or-folder>', 'the agency: its pins and receipts are used')
    .addOption(
      new Option(
        '--operator <operator>',
        'only this one; with --url: which of the two it is',
      ).choices(operatorNames),
    )
    .option('--url <url>', 'without an agency: where the operator is reached')
    .option('--thumbprint <thumbprint>', 'without an agency: its root key, as told out of band')
    .option('--folder <folder>', 'without an agency: where to keep how far it was followed')
    .option('--every <seconds>', 'go on, and look again each so many seconds', seconds)
    .option('--cosign', 'cosign what holds, as a witness, and hand that in')
    .option('--json', 'print the result as JSON')
    .action(monitor)

  ledger
    .command('timestamps')
    .description('verify the timestamps that an outside authority put under a ledger')
    .requiredOption('--authority <file>', 'certificates (PEM) of the authority, as you trust them')
    .option('--agency <name-or-folder>', 'the agency: its pins are used')
    .addOption(
      new Option('--operator <operator>', 'whose ledger').choices(operatorNames).default('gateway'),
    )
    .option('--url <url>', 'without an agency: where the operator is reached')
    .option('--thumbprint <thumbprint>', 'without an agency: its root key, as told out of band')
    .option('--json', 'print the result as JSON')
    .action(showTimestamps)
}

type TimestampOptions = {
  authority: string
  agency?: string
  operator: OperatorName
  url?: string
  thumbprint?: string
  json?: boolean
}

async function showTimestamps(options: TimestampOptions): Promise<void> {
  const { operator, url, thumbprint, agency } = options
  const pinned =
    agency === undefined
      ? { url, rootThumbprint: thumbprint }
      : (await watchOf({ agency })).pins[operator]
  if (pinned?.url === undefined || pinned.rootThumbprint === undefined) {
    throw new HomeError('give --agency, or --url and --thumbprint')
  }
  const { url: at, rootThumbprint } = pinned
  const authority = await readFile(options.authority, 'utf8')
  const held = await readTimestamps(operator, { url: at, rootThumbprint }, authority)
  if (options.json) return printJson(held)
  if (held.length === 0) note('No checkpoint of this ledger was stamped.')
  for (const { size, at: time } of held) print(`${time}  ${size} entries`)
}

async function monitor(options: MonitorOptions): Promise<void> {
  const watch = options.agency === undefined ? watchAlone(options) : await watchOf(options)
  await mkdir(watch.folder, { recursive: true, mode: 0o700 })
  for (;;) {
    await lookOnce(watch, options)
    if (options.every === undefined) return
    await setTimeout(options.every * 1000)
  }
}

/** Anybody may follow a ledger. Without the other operator's pin cosignatures are not looked at. */
function watchAlone({ url, thumbprint, folder, operator, cosign }: MonitorOptions): Watch {
  if (url === undefined || thumbprint === undefined || folder === undefined) {
    throw new HomeError('give --agency, or --url, --thumbprint and --folder')
  }
  if (cosign) throw new HomeError('an agency cosigns: give --agency')
  const name = operator ?? 'gateway'
  return {
    folder,
    pins: { [name]: { url, rootThumbprint: thumbprint } },
    operators: [name],
    receipts: async () => [],
    witness: undefined,
  }
}

async function watchOf({ agency = '', operator, cosign }: MonitorOptions): Promise<Watch> {
  const home = homeFolder(agency)
  const { settings, keys } = await readHome(home)
  return {
    folder: join(home, 'ledgers'),
    pins: { gateway: settings.gateway, keyholder: settings.keyholder },
    operators: operator === undefined ? operatorNames : [operator],
    receipts: () => receiptsIn(join(home, 'submissions')),
    witness: cosign ? { agency: settings.agency, keys } : undefined,
  }
}

/** Receipts of signals in the journals of an agency. */
async function receiptsIn(folder: string): Promise<Receipt[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
  const answers = await Promise.all(names.map((name) => answersIn(join(folder, name))))
  return answers.flat().flatMap((answer) => ('receipt' in answer ? [answer.receipt] : []))
}

async function followedIn(file: string): Promise<FollowedLedger | undefined> {
  const kept = await readJson(file).catch((error: unknown) => {
    if (error instanceof HomeError && error.message.includes('does not exist')) return undefined
    throw error
  })
  if (kept === undefined) return undefined
  if (!followedForm.Check(kept)) throw new HomeError(`${file} does not say how far was followed`)
  return kept
}

async function lookOnce(watch: Watch, options: MonitorOptions): Promise<void> {
  const receipts = await watch.receipts()
  const reports: MonitorReport[] = []
  for (const operator of watch.operators) {
    try {
      reports.push(await follow(watch, operator, operator === 'gateway' ? receipts : []))
    } catch (error) {
      if (!(error instanceof LedgerAlarm)) throw error
      throw alarmOf(watch, operator, error)
    }
  }
  if (options.json) return printJson({ holds: true, ledgers: reports })
  for (const { operator, origin, size, grown, receipts: held, cosigned } of reports) {
    print(
      `The ledger of the ${operator} (${origin}) holds: ${size} entries, ${grown} of them new since the last look, ${held} receipts of your own found in it, ${cosigned ?? 'none'} cosigned by the other operator.`,
    )
  }
}

async function follow(
  { folder, pins, witness }: Watch,
  operator: OperatorName,
  receipts: readonly Receipt[],
): Promise<MonitorReport> {
  const file = join(folder, `${operator}.json`)
  const before = await followedIn(file)
  let bar: ReturnType<typeof openBar> | undefined
  const { followed, report } = await followLedger({
    operator,
    pins,
    before,
    receipts,
    now: systemClock.now(),
    onLeaf: (done, all) => {
      bar ??= openBar(`Ledger of the ${operator}`, all)
      bar.update(done)
    },
  }).finally(() => bar?.stop())
  writeDurably(file, `${JSON.stringify(followed, null, 2)}\n`)
  const pinned = pins[operator]
  if (witness !== undefined && pinned !== undefined && followed.size > 0) {
    const signer = await witnessOf(witness)
    const line = await cosign(followed.checkpoint, signer, systemClock.now())
    await handInCosignature(pinned, witness.keys.signing, {
      agency: witness.agency,
      witnessKey: signer.verifierKey,
      note: `${followed.checkpoint}${line}`,
    })
    note(`Cosigned ${followed.size} entries of the ${operator} under ${signer.verifierKey}`)
  }
  return report
}

/** An agency's key for cosignatures, of its own: derived from its signing key, so that there is no other file to keep. */
const witnessOf = ({ agency, keys }: NonNullable<Watch['witness']>): Promise<Signer> =>
  signerFromSeed(
    agency,
    hkdf(sha256, fromBase64url(keys.signing.d), undefined, utf8('raakvlak/witness/1'), 32),
    'cosignature',
  )

/** Keeps what proves it, and says whom to tell. */
function alarmOf({ folder }: Watch, operator: OperatorName, alarm: LedgerAlarm): HomeError {
  const file = join(folder, `alarm-${operator}-${systemClock.now().getTime()}.json`)
  writeDurably(file, `${JSON.stringify({ alarm: alarm.message, ...alarm.evidence }, null, 2)}\n`)
  return new HomeError(
    `ALARM: ${alarm.message}.\nThe evidence is in ${file}. Keep it, submit nothing more, and tell every party to your agreements and both operators.`,
  )
}
