import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'
import type { OperatorName } from '../oprf/types.ts'
import type { Tables } from './tables.ts'

export type { Tx } from './transact.ts'

export type Connection =
  | { readonly kind: 'external'; readonly url: Secret<string> }
  | { readonly kind: 'embedded'; readonly directory: string }

export type DatabaseSettings = {
  readonly connection: Connection
  readonly operator: OperatorName
  readonly clock: Clock
  readonly logger?: Logger
  /** Connections at most; default 10. */
  readonly poolSize?: number
  /** What to do with an older schema at start-up; default `automatic`. */
  readonly migrate?: 'automatic' | 'refuse'
}

export type Database = {
  readonly db: Kysely<Tables>
  /** A connection string for parts that open their own connections. */
  readonly url: Secret<string>
  readonly close: () => Promise<void>
}
