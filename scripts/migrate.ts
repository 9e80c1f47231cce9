/** Shows, applies and undoes migrations: `node scripts/migrate.ts --help`. */
import { program } from 'commander'
import { messageOf } from '../src/files/file-fault.ts'
import { systemClock } from '../src/kernel/clock.ts'
import type { OperatorName } from '../src/oprf/types.ts'
import { migrationText } from '../src/store/migration-text.ts'
import { applyMigrations, schemaState, undoMigrations } from '../src/store/schema.ts'
import { type DatabaseOptions, openFor, operatorOption, withDatabase } from './database-option.ts'

const told = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '))

withDatabase(program.command('status'))
  .description('say which migrations were applied and which are left')
  .action(async (options: DatabaseOptions) => {
    const { db, close } = await openFor(options)
    try {
      const { applied, pending } = await schemaState(db, options)
      console.log(`applied: ${told(applied)}\nleft: ${told(pending)}`)
    } finally {
      await close()
    }
  })

withDatabase(program.command('apply'))
  .description('apply every migration that is left')
  .action(async (options: DatabaseOptions) => {
    const { db, close } = await openFor(options)
    try {
      console.log(`applied: ${told(await applyMigrations(db, { ...options, clock: systemClock }))}`)
    } finally {
      await close()
    }
  })

withDatabase(program.command('undo'))
  .description('undo the newest migration WITH ALL THAT ITS TABLES HOLD')
  .option('-c, --count <number>', 'how many', (text) => Number.parseInt(text, 10), 1)
  .action(async (options: DatabaseOptions & { count: number }) => {
    const { db, close } = await openFor(options)
    try {
      console.log(`undone: ${told(await undoMigrations(db, options))}`)
    } finally {
      await close()
    }
  })

program
  .command('print')
  .description('print the SQL of all migrations; needs no database')
  .addOption(operatorOption())
  .action(async ({ operator }: { operator: OperatorName }) => {
    console.log(await migrationText(operator))
  })

await program.parseAsync().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exitCode = 1
})
