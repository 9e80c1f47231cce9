import type { PostgresPool, PostgresPoolClient } from 'kysely'
import pg from 'pg'
import type { Logger } from 'pino'
import { asFault } from './unavailable.ts'

/**
 * How PostgreSQL's types arrive here:
 * `int8` (also `count(*)`) a number, refused beyond ±(2^53 − 1); `date` a `YYYY-MM-DD` string, because a Date would
 * shift with the time zone of the machine; `timestamptz` a Date; `bytea` a Buffer; `json` parsed; `numeric` a string.
 */
const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, wholeNumber],
  [pg.types.builtins.DATE, (text) => text],
])
const int8Array = 1016
const dateArray = 1182
const plainArray = (text: string): string[] => (text === '{}' ? [] : text.slice(1, -1).split(','))
parsers.set(int8Array, (text) => plainArray(text).map(wholeNumber))
parsers.set(dateArray, plainArray)

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('an int8 beyond the safe whole numbers')
  return value
}

export type PoolSettings = {
  readonly url: string
  readonly applicationName: string
  readonly size: number
  readonly logger: Logger | undefined
}

export const statementTimeoutMilliseconds = 15_000

export function openPool({ url, applicationName, size, logger }: PoolSettings): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max: size,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: statementTimeoutMilliseconds,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 30_000,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format),
    },
  })
  // Without these listeners the loss of a connection, idle or between two queries, would end the process.
  // Whoever holds the connection is told by its next query.
  pool.on('error', (error) => logger?.warn({ err: error }, 'an idle database connection was lost'))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/**
 * The pool as Kysely uses it. A database that is not there shows as the fault `door/unavailable`, whichever
 * query met it; every other error passes unchanged, so that its SQLSTATE can be acted on.
 */
export function guarded(pool: pg.Pool): PostgresPool {
  // Kysely keeps its connections by client: the same client must get the same guard.
  const guards = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  return {
    options: pool.options,
    connect: async () => {
      const client = await pool.connect().catch(rethrow)
      const guard = guards.get(client) ?? guardedClient(client)
      guards.set(client, guard)
      return guard
    },
    end: () => pool.end(),
  }
}

const rethrow = (error: unknown): never => {
  throw asFault(error)
}

function guardedClient(client: pg.PoolClient): PostgresPoolClient {
  const query = (sql: string, parameters: readonly unknown[]) =>
    client.query(sql, [...parameters]).catch(rethrow)
  return {
    // Kysely's second form takes a cursor; none is configured.
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  }
}
