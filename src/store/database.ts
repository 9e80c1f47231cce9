import { Kysely, PostgresDialect } from 'kysely'
import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import { Secret } from '../kernel/secret.ts'
import type { OperatorName } from '../oprf/types.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { guarded, openPool } from './pool.ts'
import { prepareSchema } from './schema.ts'
import { checkServer } from './server-check.ts'
import type { Tables } from './tables.ts'

export type { Tx } from './transact.ts'

export type Connection =
  | {
      readonly kind: 'external'
      readonly url: Secret<string>
      /** A superuser escapes every grant in the database; refused unless this says otherwise. */
      readonly allowSuperuser?: boolean
    }
  | { readonly kind: 'embedded'; readonly directory: string }

export type DatabaseSettings = {
  readonly connection: Connection
  readonly operator: OperatorName
  readonly clock: Clock
  readonly logger?: Logger
  /** Connections at most; default 10. */
  readonly poolSize?: number
  /** What to do with an older schema; default `automatic`. `leave` is for the tool that mends it. */
  readonly migrate?: 'automatic' | 'refuse' | 'leave'
  /** Called once when an embedded server is down for good. The process had better end. */
  readonly onLost?: (reason: Error) => void
}

export type Database = {
  /** Queries throw `Fault('door/unavailable')` while the server is away. */
  readonly db: Kysely<Tables>
  /** A connection string (role without superuser rights) for parts that open their own connections. */
  readonly url: Secret<string>
  /** Waits for running queries, then stops an embedded server. Calling it again is harmless. */
  readonly close: () => Promise<void>
}

/**
 * Opens the database of one operator and makes it fit for use: starts the embedded server or checks the external
 * one (version, durability, rights), then brings the schema up to date.
 * @throws Error that says what to do when the server, the folder or the schema cannot be used
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const { connection, operator, clock, logger, poolSize = 10, migrate = 'automatic' } = settings
  const server =
    connection.kind === 'embedded'
      ? await startEmbeddedPostgres({
          directory: connection.directory,
          logger,
          onLost: settings.onLost,
        })
      : undefined
  const url = server?.url() ?? externalUrl(connection)
  const pool = openPool({
    url: url.reveal(),
    applicationName: `raakvlak ${operator}`,
    size: poolSize,
    logger,
  })
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: guarded(pool) }) })

  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= (async () => {
      await db.destroy()
      if (!pool.ending) await pool.end()
      await server?.close()
    })()
    return closing
  }

  try {
    await checkServer(db, {
      allowSuperuser: connection.kind === 'external' && connection.allowSuperuser === true,
      logger,
    })
    if (migrate !== 'leave') await prepareSchema(db, { operator, clock, mode: migrate, logger })
  } catch (error) {
    await close()
    throw error
  }
  return { db, url, close }
}

const externalUrl = (connection: Connection): Secret<string> =>
  connection.kind === 'external' ? connection.url : new Secret('')
