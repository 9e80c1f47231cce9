import { type Clock, systemClock } from '../../src/kernel/clock.ts'

export type TestClock = Clock & {
  /** Moves it forward, for good. */
  readonly advance: (seconds: number) => void
}

/**
 * A clock that runs with the machine's and can be moved ahead of it, never back: the embedded
 * authorization server and the database keep the machine's time, so a test that needs access tokens
 * moves it by seconds only.
 */
export function openTestClock(): TestClock {
  let ahead = 0
  let last = 0
  return {
    now() {
      last = Math.max(last, systemClock.now().getTime() + ahead)
      return new Date(last)
    },
    advance(seconds) {
      if (!(seconds >= 0)) throw new RangeError('this clock does not go backward')
      ahead += seconds * 1000
    },
  }
}
