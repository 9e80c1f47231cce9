import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command, InvalidArgumentError } from 'commander'
import { messageOf } from '../src/files/file-fault.ts'
import { exportLedger } from '../src/ledger/export.ts'
import { transact } from '../src/store/transact.ts'
import { assertThere, type DatabaseOptions, openFor, withDatabase } from './database-option.ts'

function sizeOf(text: string): number {
  const size = Number(text)
  if (Number.isSafeInteger(size) && size >= 0) return size
  throw new InvalidArgumentError('give a number of entries')
}

/** Writes the ledger of an operator as JSON lines; works beside a running operator. */
async function writeExport({
  out,
  from,
  ...options
}: DatabaseOptions & { readonly out?: string; readonly from?: number }) {
  assertThere(options)
  const { db, close } = await openFor(options)
  try {
    // Repeatable read: head, entries and nodes of one moment, while others go on appending.
    await transact(
      db,
      'ledger/export',
      async (tx) => {
        const output = out === undefined ? process.stdout : createWriteStream(out)
        await pipeline(Readable.from(exportLedger(tx, from)), output, { end: out !== undefined })
      },
      { isolation: 'repeatable read' },
    )
  } finally {
    await close()
  }
}

try {
  await withDatabase(new Command('ledger:export'))
    .description(
      'Writes the whole ledger of an operator as JSON lines, all of one moment.\n' +
        'The export discloses every entry that is not erased: it is for auditors.',
    )
    .option('--from <size>', 'only what came since it had so many entries', sizeOf)
    .option('--out <file>', 'file to write; otherwise standard output')
    .action(writeExport)
    .parseAsync()
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
}
