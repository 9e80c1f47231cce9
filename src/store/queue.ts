import type { Kysely } from 'kysely'
import { fromKysely, PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { Tables } from './tables.ts'
import type { Tx } from './transact.ts'

export type Queue = Awaited<ReturnType<typeof openQueue>>

const pollEverySeconds = 2
const drainMilliseconds = 8_000

/**
 * One named queue of background work in the operator's own database (schema `pgboss`, made on first
 * use; a backup leaves it out). It only delivers: what is due, and when, stands in the tables of the rooms, so a job carries
 * nothing. Of all processes on one database one gets a job; work that fails is delivered again.
 * Waiting jobs are at most one: asking twice is harmless.
 */
export async function openQueue({
  db,
  name,
  logger,
}: {
  readonly db: Kysely<Tables>
  readonly name: string
  readonly logger: Logger
}) {
  const boss = new PgBoss({ db: fromKysely(db) })
  boss.on('error', ({ message }) => logger.warn({ reason: message }, 'the queue has to wait'))
  await boss.start().catch((cause: unknown) => {
    throw new Error(
      'the queue of background work cannot be opened: the role needs the right to create a schema in its database (grant create on database)',
      { cause },
    )
  })
  await boss.createQueue(name, { policy: 'short', retryLimit: 3, retryBackoff: true })

  let closing: Promise<void> | undefined
  return {
    /** Asks for the work once `tx` has committed; when it does not, nothing was asked. */
    async ask(tx: Tx): Promise<void> {
      await boss.send(name, {}, { db: fromKysely(tx) })
    },

    /** Has `work` done when it is asked for, now, and every minute; `atOnce` times beside each other here. */
    async deliverTo(work: () => Promise<void>, atOnce = 1): Promise<void> {
      await boss.work(
        name,
        { pollingIntervalSeconds: pollEverySeconds, localConcurrency: atOnce },
        work,
      )
      await boss.schedule(name, '* * * * *')
      await boss.send(name, {})
    },

    /** Takes no more work and waits for what is under way. Calling it again is harmless. */
    close(): Promise<void> {
      closing ??= boss.stop({ graceful: true, timeout: drainMilliseconds })
      return closing
    },
  }
}
