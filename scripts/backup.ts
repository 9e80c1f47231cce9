/** Writes, checks and restores backups: `node scripts/backup.ts --help`. */
import { program } from 'commander'
import { messageOf } from '../src/files/file-fault.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { restoreBackup, writeBackup } from '../src/store/backup.ts'
import { verifyBackup } from '../src/store/backup-file.ts'
import { assertThere, type DatabaseOptions, openFor, withDatabase } from './database-option.ts'

const keysNote = 'The keys are not in it: keep them elsewhere, or the backup cannot be used.'

withDatabase(program.command('write <file>'))
  .description('write all tables into a new file; the operator may go on running')
  .action(async (path: string, options: DatabaseOptions) => {
    assertThere(options)
    const { db, close } = await openFor(options)
    try {
      const { rows, sha256 } = await writeBackup(db, { ...options, path, clock: systemClock })
      console.log(`${rows} rows in ${path}\nSHA-256 ${sha256}\n${keysNote}`)
    } finally {
      await close()
    }
  })

withDatabase(program.command('restore <file>'))
  .description('fill an empty database from a backup')
  .action(async (path: string, options: DatabaseOptions) => {
    const { db, close } = await openFor(options)
    try {
      const { rows } = await restoreBackup(db, { ...options, path, clock: systemClock })
      console.log(`${rows} rows restored`)
    } finally {
      await close()
    }
  })

program
  .command('verify <file>')
  .description('check that a backup is whole')
  .action(async (path: string) => {
    const { operator, takenAt, rows, sha256 } = await verifyBackup(path)
    console.log(`whole: ${operator}, taken at ${takenAt}, ${rows} rows\nSHA-256 ${sha256}`)
  })

await program.parseAsync().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exitCode = 1
})
