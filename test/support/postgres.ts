import { randomBytes } from 'node:crypto'
import { systemClock } from '../../src/kernel/clock.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { OperatorName } from '../../src/oprf/types.ts'
import { type Database, type DatabaseSettings, openDatabase } from '../../src/store/database.ts'
import { testServer } from './postgres-server.ts'
import { onDatabase, query } from './postgres-steward.ts'

export type FreshDatabase = {
  /** Connection string of the application's role, which is no superuser. */
  readonly url: string
  /** Opens it as production does; what the test leaves open is closed at its end. */
  readonly open: (settings?: Partial<DatabaseSettings>) => Promise<Database>
}

type Test = { readonly teardown: (work: () => Promise<void>) => void }

/**
 * A database of the test's own in a real PostgreSQL: with the operator's schema (a copy of a migrated template), or
 * `empty`. Dropped at the end of the test `t`.
 */
export async function freshDatabase(
  t: Test,
  operator: OperatorName | 'empty',
): Promise<FreshDatabase> {
  const server = await testServer()
  const name = `${server.prefix}_${randomBytes(6).toString('hex')}`
  const template = operator === 'empty' ? 'template1' : server.templates[operator]
  await query(
    server.stewardUrl,
    `create database ${name} owner "${server.role}" template ${template}`,
  )
  const url = onDatabase(server.url, name)
  const opened: Database[] = []
  t.teardown(async () => {
    await Promise.all(opened.map(({ close }) => close()))
    await query(server.stewardUrl, `drop database ${name} with (force)`)
  })
  return {
    url,
    open: async (settings = {}) => {
      const database = await openDatabase({
        connection: { kind: 'external', url: new Secret(url) },
        operator: operator === 'empty' ? 'gateway' : operator,
        clock: systemClock,
        poolSize: 5,
        ...settings,
      })
      opened.push(database)
      return database
    },
  }
}
