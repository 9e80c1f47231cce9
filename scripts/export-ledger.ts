import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command, Option } from 'commander'
import { systemClock } from '../src/kernel/clock.ts'
import { Secret } from '../src/kernel/secret.ts'
import { exportLedger } from '../src/ledger/export.ts'
import type { OperatorName } from '../src/oprf/types.ts'
import { type Connection, openDatabase } from '../src/store/database.ts'
import { transact } from '../src/store/transact.ts'

type Options = {
  readonly operator: OperatorName
  readonly database?: string
  readonly directory?: string
  readonly out?: string
}

const program = new Command('ledger:export')
  .description(
    'Writes the whole ledger of an operator as JSON lines, all of one moment.\n' +
      'The export discloses every entry that is not erased: it is for auditors.',
  )
  .addOption(
    new Option('--operator <name>', 'whose ledger')
      .choices(['gateway', 'keyholder'])
      .default('gateway'),
  )
  .addOption(new Option('--database <url>', 'connection string').env('RAAKVLAK_DATABASE_URL'))
  .option('--directory <folder>', 'folder of the embedded database; its operator must be stopped')
  .option('--out <file>', 'file to write; otherwise standard output')
  .action(main)

function connectionOf({ database, directory }: Options): Connection {
  if (database !== undefined) return { kind: 'external', url: new Secret(database) }
  if (directory !== undefined) return { kind: 'embedded', directory }
  return program.error('name the database with --database or --directory', { exitCode: 2 })
}

async function main(options: Options): Promise<void> {
  const { db, close } = await openDatabase({
    connection: connectionOf(options),
    operator: options.operator,
    clock: systemClock,
    migrate: 'refuse',
  })
  try {
    // Repeatable read: head, entries and nodes of one moment, while others go on appending.
    await transact(
      db,
      'ledger/export',
      async (tx) => {
        const output = options.out === undefined ? process.stdout : createWriteStream(options.out)
        await pipeline(Readable.from(exportLedger(tx)), output, { end: options.out !== undefined })
      },
      { isolation: 'repeatable read' },
    )
  } finally {
    await close()
  }
}

await program.parseAsync()
