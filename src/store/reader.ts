import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Whatever a query can read from: the pool, or a transaction that is under way. */
export type Reader = Kysely<Tables>
