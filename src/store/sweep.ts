import { type Clock, shifted } from '../kernel/clock.ts'

const everySeconds = 60

/**
 * Runs `forget` at most once a minute, beside other work, with the instant before which rows are of
 * no use any more. For rows that only guard against replays; retention of signals is not done here.
 */
export function occasionally(
  clock: Clock,
  keepSeconds: number,
  forget: (before: Date) => Promise<unknown>,
): () => Promise<void> {
  let next = clock.now()
  return async () => {
    const now = clock.now()
    if (now < next) return
    next = shifted(now, everySeconds)
    await forget(shifted(now, -keepSeconds))
  }
}
