import { type IsolationLevel, type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from './tables.ts'

export type Tx = Transaction<Tables>

export type TransactOptions = {
  /** Default `read committed`. */
  readonly isolation?: IsolationLevel
}

export async function transact<Result>(
  db: Kysely<Tables>,
  name: string,
  work: (tx: Tx) => Promise<Result>,
  { isolation = 'read committed' }: TransactOptions = {},
): Promise<Result> {
  return await db
    .transaction()
    .setIsolationLevel(isolation)
    .execute(async (tx) => {
      await sql`select set_config('application_name', ${name}, true)`.execute(tx)
      return await work(tx)
    })
}
