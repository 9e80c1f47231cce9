import { mock } from 'node:test'
import type { Clock } from '../../src/kernel/clock.ts'

export type MovedTime = {
  /** For everything that has a clock handed in. */
  readonly clock: Clock
  /** @throws RangeError for a moment that is past */
  readonly moveTo: (at: Date) => void
  /** Gives the process the machine's time back. */
  readonly release: () => void
}

/**
 * A clock that stands still until it is moved. The product's clock is handed in everywhere, but not all that
 * it uses can be handed one: the authorization server, the client's OAuth library and jose read `Date`, and
 * refuse tokens and proofs of another time, as they should. So `Date` itself is moved for this whole process, by
 * Node's own mock, and both clocks tell the same moment: nothing is skipped, every token and proof is checked against the
 * time that everybody has. Timers and `performance.now()` stay the machine's, and so does PostgreSQL, which
 * the product never asks for the time: only the queue does, to deliver, and what is due is judged by the clock.
 */
export function openMovedTime(start: Date): MovedTime {
  let now = start.getTime()
  mock.timers.enable({ apis: ['Date'], now })
  return {
    clock: { now: () => new Date(now) },
    moveTo(at) {
      if (at.getTime() < now) throw new RangeError('this clock does not go backward')
      now = at.getTime()
      mock.timers.setTime(now)
    },
    release: () => mock.timers.reset(),
  }
}
