import { type Command, InvalidArgumentError, Option } from 'commander'
import { systemClock } from '../src/kernel/clock.ts'
import { Secret } from '../src/kernel/secret.ts'
import { type OperatorName, operatorNames } from '../src/oprf/types.ts'
import { type Connection, type Database, openDatabase } from '../src/store/database.ts'
import { embeddedUrl } from '../src/store/embedded-postgres.ts'

export type DatabaseOptions = {
  readonly operator: OperatorName
  readonly directory?: string
  readonly urlVariable?: string
}

/**
 * A connection string holds a password, and arguments show in the list of processes: so the option takes the name of an
 * environment variable.
 */
export const withDatabase = (command: Command): Command =>
  command
    .addOption(operatorOption())
    .addOption(
      new Option('-d, --directory <path>', 'data directory with the embedded database').conflicts(
        'urlVariable',
      ),
    )
    .addOption(
      new Option(
        '-u, --url-variable <name>',
        'environment variable with the connection string of a PostgreSQL',
      ),
    )

export const operatorOption = (): Option =>
  new Option('-o, --operator <name>', 'whose database it is')
    .choices(operatorNames)
    .default('gateway')

/** @throws Error when there is no database in the data directory; a mistyped path must not make one */
export function assertThere({ directory }: DatabaseOptions): void {
  if (directory !== undefined) embeddedUrl(directory)
}

/** Opens the database without touching its schema; an embedded one also beside the process that runs it. */
export async function openFor(options: DatabaseOptions): Promise<Database> {
  const open = (connection: Connection) =>
    openDatabase({
      connection,
      operator: options.operator,
      clock: systemClock,
      poolSize: 2,
      migrate: 'leave',
    })
  const { directory, urlVariable } = options
  if (urlVariable !== undefined) {
    const url = process.env[urlVariable]
    if (url === undefined) throw new InvalidArgumentError(`${urlVariable} is not set`)
    return await open({ kind: 'external', url: new Secret(url) })
  }
  if (directory === undefined)
    throw new InvalidArgumentError('say which database: --directory or --url-variable')
  try {
    return await open({ kind: 'external', url: embeddedUrl(directory) })
  } catch {
    // It does not run, or was never made.
    return await open({ kind: 'embedded', directory })
  }
}
