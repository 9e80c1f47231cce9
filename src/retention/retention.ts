import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import type { Notifications } from '../notification/notification.ts'
import type { Queue } from '../store/queue.ts'
import type { Reader } from '../store/reader.ts'
import * as store from './store.ts'
import type { DueWork, Standing } from './types.ts'

export type Retention = ReturnType<typeof openRetention>

/**
 * Work that nobody asks for, because time does: signals past their retention, signals under an
 * agreement that is over, what has been archived long enough, and old notices. What is due stands in the tables and is judged by the clock that was handed
 * in; the queue only says when to look. Arrears are caught up in transactions of limited size, each of
 * which asks for the next one as it commits.
 */
export function openRetention({
  clock,
  db,
  logger,
  queue,
  works,
  notifications,
  alsoDue,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly logger: Logger
  readonly queue: Queue
  /** In the order in which they are done. */
  readonly works: readonly DueWork[]
  readonly notifications: Pick<Notifications, 'forget'>
  /** What a room above has to do when time goes by; it stops early when this one is closing. */
  readonly alsoDue: (isClosing: () => boolean) => Promise<void>
}) {
  let closing = false

  /** Does all that is due now. Two at once, here or in two processes, do no more than one. */
  async function run(): Promise<void> {
    for (const { run, work, most } of works) {
      let ended = 0
      let last = most
      while (last === most) {
        if (closing) return
        last = await work(queue.ask)
        ended += last
      }
      await store.noteSuccess(db, run, clock.now())
      if (ended > 0) logger.info({ run, ended }, 'due work is done')
    }
    await alsoDue(() => closing)
    const forgotten = await notifications.forget()
    if (forgotten > 0) logger.info({ forgotten }, 'old notices were forgotten')
  }

  return {
    run,

    /** Has due work done from now on, as the queue delivers it. */
    begin: (): Promise<void> => queue.deliverTo(run),

    async standings(): Promise<Standing[]> {
      const successes = await store.lastSuccesses(db)
      return Promise.all(
        works.map(async ({ run, waiting, most }): Promise<Standing> => {
          const count = await waiting()
          const due = count === 0 ? 'none' : count < most ? 'some' : 'many'
          return { run, lastSucceededAt: successes.get(run), due }
        }),
      )
    },

    /** Ends after the transaction that is under way; what is left stays due. */
    async close(): Promise<void> {
      closing = true
      await queue.close()
    },
  }
}
