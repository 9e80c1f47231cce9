import { parseArgs } from 'node:util'
import closeWithGrace from 'close-with-grace'
import { LibraryError } from './agreements/library.ts'
import { readSettings, SettingsError } from './config.ts'
import { openLog } from './door/request-log.ts'
import { openGateway } from './gateway.ts'
import { systemClock } from './kernel/clock.ts'
import { systemRandomness } from './kernel/random.ts'
import { openKeyholder } from './keyholder.ts'
import type { RunningOperator } from './operator.ts'
import { KeyFileError } from './operator-keys.ts'
import { PolicyError } from './policy/decide.ts'

const usage = 'usage: node src/main.ts gateway|keyholder [--config FILE]'

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

async function start(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string', default: process.env.RAAKVLAK_CONFIG ?? 'config/development.json' },
    },
  })
  const [operator] = positionals
  if ((operator !== 'gateway' && operator !== 'keyholder') || positionals.length !== 1) {
    throw new SettingsError('the command line', [usage])
  }
  const { settings, path } = readSettings(values.config)
  const own = settings[operator]
  if (own === undefined)
    throw new SettingsError(values.config, [`it has no settings for the ${operator}`])
  // Logs go to standard error, so that the first thing on standard output is for people.
  const logger = openLog({ level: own.logLevel, destination: process.stderr })
  // Without its database a process can only refuse: it ends, so that whoever watches it starts another one.
  const onLost = (reason: Error) =>
    queueMicrotask(() => {
      throw reason
    })
  const surroundings = { clock: systemClock, random: systemRandomness, logger, path, onLost }
  const running =
    operator === 'gateway' && settings.gateway !== undefined
      ? await openGateway(settings.gateway, surroundings)
      : settings.keyholder !== undefined
        ? await openKeyholder(settings.keyholder, surroundings)
        : undefined
  if (running === undefined) throw new SettingsError(values.config, [usage])

  closeWithGrace({ delay: 10_000, logger: false }, async ({ err }) => {
    if (err !== undefined)
      logger.fatal({ err: { message: err.message } }, 'the process ends on an error')
    await running.close()
  })
  const address = await running.server.listen(own.listen)
  process.stdout.write(greet(running, address))
}

start().catch((error: unknown) => {
  const expected =
    error instanceof SettingsError ||
    error instanceof KeyFileError ||
    error instanceof PolicyError ||
    error instanceof LibraryError
  process.stderr.write(
    `${expected || !(error instanceof Error) ? String((error as Error).message) : error.stack}\n`,
  )
  process.exitCode = 1
})
