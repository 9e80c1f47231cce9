import { inspect } from 'node:util'
import closeWithGrace from 'close-with-grace'
import { Argument, Command } from 'commander'
import { readSettings, SettingsError } from './config.ts'
import { openLog } from './door/request-log.ts'
import { messageOf } from './files/file-fault.ts'
import { openGateway } from './gateway.ts'
import { systemClock } from './kernel/clock.ts'
import { systemRandomness } from './kernel/random.ts'
import { openKeyholder } from './keyholder.ts'
import type { RunningOperator } from './operator.ts'
import type { OperatorName } from './oprf/types.ts'

/** What a person reads first: where it listens and what to do next. Logs follow as JSON lines. */
function greet(
  { operator, rootThumbprint, ledgerKey, enrolmentCode }: RunningOperator,
  address: string,
): string {
  const lines = [
    `Raakvlak ${operator} listens on ${address}`,
    `  Root thumbprint, to be told to others out of band: ${rootThumbprint}`,
    `  Verifier key of its ledger: ${ledgerKey}`,
  ]
  if (enrolmentCode === undefined) {
    lines.push('  Next: register agencies with "npm run raakvlak -- agency register --help".')
  } else {
    lines.push(
      '  Next: it has no administrator yet. Enrol the first one with this one-time code:',
      `    npm run raakvlak -- administrator enrol --operator ${address} --thumbprint ${rootThumbprint} --code ${enrolmentCode}`,
    )
  }
  return `${lines.join('\n')}\n`
}

type Options = { readonly config: string }

async function open(operator: OperatorName, { config }: Options) {
  const { settings, path } = readSettings(config)
  const own = settings[operator]
  if (own === undefined) throw new SettingsError(config, [`it has no settings for the ${operator}`])
  // Logs go to standard error, so that the first thing on standard output is for people.
  const logger = openLog({ level: own.logLevel, destination: process.stderr })
  // Without its database a process can only refuse: it ends, so that whoever watches it starts another one.
  const onLost = (reason: Error) =>
    queueMicrotask(() => {
      throw reason
    })
  const surroundings = { clock: systemClock, random: systemRandomness, logger, path, onLost }
  const running =
    'keyholder' in own ? openGateway(own, surroundings) : openKeyholder(own, surroundings)
  return { running, logger, listen: own.listen }
}

/** A terminal and npm both pass Ctrl-C on, so that it comes twice: the second must change nothing. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

async function start(operator: OperatorName, options: Options): Promise<void> {
  const { running, logger, listen } = await open(operator, options)
  let ending = false
  // Set before it runs: a signal while the database is being brought up must not leave that behind.
  // Nor is a start that failed an end that went well.
  const skip = [...endings, 'beforeExit' as const]
  const { close } = closeWithGrace({ delay: 30_000, logger: false, skip }, async ({ err }) => {
    ending = true
    if (err !== undefined)
      logger.fatal({ err: { message: err.message } }, 'the process ends on an error')
    const opened = await running.catch(() => undefined)
    await opened?.close()
  })
  for (const signal of endings) process.on(signal, close)
  const opened = await running
  if (ending) return
  const address = await opened.server.listen(listen)
  process.stdout.write(greet(opened, address))
}

const program = new Command('raakvlak-operator')
  .description('Runs one of the two operators until it is told to stop.')
  .addArgument(new Argument('<operator>', 'which of the two').choices(['gateway', 'keyholder']))
  .option(
    '--config <file>',
    'its settings',
    process.env.RAAKVLAK_CONFIG ?? 'config/development.json',
  )
  .action(start)

program.parseAsync().catch((error: unknown) => {
  // Ours say what to do; an error of the language is a bug, and then its place is what helps.
  const isBug =
    error instanceof TypeError || error instanceof RangeError || !(error instanceof Error)
  process.stderr.write(`${isBug ? inspect(error) : messageOf(error)}\n`)
  process.exitCode = 1
})
