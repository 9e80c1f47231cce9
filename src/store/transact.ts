import { channel } from 'node:diagnostics_channel'
import { setTimeout as pause } from 'node:timers/promises'
import { type IsolationLevel, type Kysely, sql, type Transaction } from 'kysely'
import { type Randomness, systemRandomness } from '../kernel/random.ts'
import type { Tables } from './tables.ts'
import { asFault, isUnavailable, sqlStateOf } from './unavailable.ts'

export type Tx = Transaction<Tables>

export type TransactOptions = {
  /** Default `read committed`; `serializable` and `repeatable read` are retried more often. */
  readonly isolation?: IsolationLevel
  /** Spreads the retries of competitors. */
  readonly random?: Randomness
}

/** What a subscriber of the diagnostics channel `raakvlak:transaction` hears at the end of each transaction. */
export type TransactionReport = {
  readonly name: string
  readonly attempts: number
  readonly milliseconds: number
  readonly outcome: 'committed' | 'failed'
}
const reports = channel('raakvlak:transaction')

/** What was found out inside a transaction holds no longer: it is undone and run again. */
export class Outdated extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Outdated'
  }
}

const mostAttempts = 8
const serializationFailure = '40001'
const deadlock = '40P01'

/**
 * Runs `work` in one transaction: all of it happens, or none of it. Two transactions that got in each other's way are
 * retried, so `work` may run several times and must do nothing outside the database. It must use `tx` for everything:
 * the open database inside it would wait for a connection that this transaction holds.
 *
 * `name` says what happens, in a few words of ASCII; it shows as `application_name` in `pg_stat_activity`.
 *
 * @throws what `work` throws, after the rollback; `Fault('door/unavailable')` when the database went away; the database's
 * own error when eight attempts were not enough
 */
export async function transact<Result>(
  db: Kysely<Tables>,
  name: string,
  work: (tx: Tx) => Promise<Result>,
  { isolation = 'read committed', random = systemRandomness }: TransactOptions = {},
): Promise<Result> {
  const begun = performance.now()
  const report = (attempts: number, outcome: TransactionReport['outcome']) => {
    const milliseconds = performance.now() - begun
    reports.publish({ name, attempts, milliseconds, outcome } satisfies TransactionReport)
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await attemptOnce(db, name, work, isolation)
      report(attempt, 'committed')
      return result
    } catch (error) {
      if (!isConflict(error) || attempt === mostAttempts) {
        report(attempt, 'failed')
        throw error
      }
      await pause(backOffMilliseconds(attempt, random))
    }
  }
}

async function attemptOnce<Result>(
  db: Kysely<Tables>,
  name: string,
  work: (tx: Tx) => Promise<Result>,
  isolation: IsolationLevel,
): Promise<Result> {
  let committing = false
  try {
    return await db
      .transaction()
      .setIsolationLevel(isolation)
      .execute(async (tx) => {
        await sql`select set_config('application_name', ${name}, true)`.execute(tx)
        const result = await work(tx)
        committing = true
        return result
      })
  } catch (error) {
    throw committing ? unknownOutcome(error) : error
  }
}

/** A connection that breaks during the commit leaves open whether it happened. */
const unknownOutcome = (error: unknown): unknown => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return isUnavailable(cause)
    ? asFault(cause, [
        {
          message:
            'The connection broke while the work was being confirmed, so it may have been done. Send exactly the same request again.',
        },
      ])
    : error
}

const isConflict = (error: unknown): boolean => {
  if (error instanceof Outdated) return true
  const state = sqlStateOf(error)
  return state === serializationFailure || state === deadlock
}

/** 5 ms, doubled each time up to 640 ms, times a factor between 0.5 and 1.5. */
function backOffMilliseconds(attempt: number, random: Randomness): number {
  const factor = 0.5 + (random.bytes(1)[0] ?? 0) / 255
  return 5 * 2 ** (attempt - 1) * factor
}
