import { Piscina } from 'piscina'
import { Fault } from '../kernel/fault.ts'
import type { Evaluation } from '../oprf/types.ts'
import type { Outcome, Work } from './evaluate.worker.ts'

export type Workers = {
  /**
   * Evaluates one flat batch under the share with this scalar, with a proof, off this thread. Neither
   * array is changed; the worker wipes its copy of the share.
   * @throws Fault `evaluation/invalid-batch` naming the first bad element in `/points/<index>`;
   *   Fault `door/unavailable` when too many batches are waiting; RangeError when the share is none
   */
  readonly evaluate: (work: Work) => Promise<Evaluation>
  /** Finishes what was begun, then ends the threads. */
  readonly close: () => Promise<void>
}

const invalidBatch = ({ message, index }: { message: string; index: number | undefined }): Fault =>
  new Fault('evaluation/invalid-batch', [
    { at: index === undefined ? '/points' : `/points/${index}`, message },
  ])

/**
 * Threads for the arithmetic of evaluation, so that a large batch holds nobody else up.
 * @param threads how many; they start at once and stay
 * @param waitingLimit how many batches may wait for a thread before further ones are turned away
 */
export const openWorkers = ({
  threads,
  waitingLimit = 256,
}: {
  readonly threads: number
  readonly waitingLimit?: number
}): Workers => {
  const pool = new Piscina({
    filename: new URL('./evaluate.worker.ts', import.meta.url).href,
    name: 'evaluate' satisfies keyof typeof import('./evaluate.worker.ts'),
    minThreads: threads,
    maxThreads: threads,
  })
  return {
    async evaluate({ share, points }) {
      if (pool.queueSize >= waitingLimit) {
        throw new Fault('door/unavailable', [{ message: 'too many batches are waiting' }], {
          retryAfterSeconds: 1,
        })
      }
      const outcome: Outcome = await pool.run({ share, points } satisfies Work)
      if ('refused' in outcome) throw invalidBatch(outcome.refused)
      return outcome.evaluation
    },
    close: () => pool.close(),
  }
}
