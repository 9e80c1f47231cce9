import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import { expiryCauses, largestExpiry } from '../signals/expiry.ts'
import type { Signals } from '../signals/signals.ts'
import type { Queue } from '../store/queue.ts'
import type { Reader } from '../store/reader.ts'
import * as store from './store.ts'
import type { DueWork, Standing } from './types.ts'

export type Retention = ReturnType<typeof openRetention>

/**
 * Work that nobody asks for, because time does: signals past their retention, and signals under an
 * agreement that is over. What is due stands in the tables and is judged by the clock that was handed
 * in; the queue only says when to look. Arrears are caught up in transactions of limited size, each of
 * which asks for the next one as it commits.
 */
export function openRetention({
  clock,
  db,
  logger,
  queue,
  signals,
  others = [],
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly logger: Logger
  readonly queue: Queue
  readonly signals: Pick<Signals, 'expire' | 'waiting'>
  /** Work of rooms above this one. */
  readonly others?: readonly DueWork[]
}) {
  let closing = false

  async function endSignals(): Promise<void> {
    for (const cause of expiryCauses) {
      let ended = 0
      let last = largestExpiry
      while (last === largestExpiry) {
        if (closing) return
        last = await signals.expire(cause, queue.ask)
        ended += last
      }
      await store.noteSuccess(db, cause, clock.now())
      if (ended > 0) logger.info({ run: cause, ended }, 'signals expired')
    }
  }

  /** What other rooms have due, each until nothing is left. */
  async function runOthers(): Promise<void> {
    for (const { name, run: once } of others) {
      let all = 0
      let last = 1
      while (last > 0) {
        if (closing) return
        last = await once()
        all += last
      }
      if (all > 0) logger.info({ run: name, done: all }, 'due work was done')
    }
  }

  /** Does all that is due now. Two at once, here or in two processes, do no more than one. */
  async function run(): Promise<void> {
    await endSignals()
    await runOthers()
  }

  return {
    run,

    /** Has due work done from now on, as the queue delivers it. */
    begin: (): Promise<void> => queue.deliverTo(run),

    async standings(): Promise<Standing[]> {
      const successes = await store.lastSuccesses(db)
      return Promise.all(
        expiryCauses.map(async (cause): Promise<Standing> => {
          const waiting = await signals.waiting(cause)
          const due = waiting === 0 ? 'none' : waiting < largestExpiry ? 'some' : 'many'
          return { run: cause, lastSucceededAt: successes.get(cause), due }
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
