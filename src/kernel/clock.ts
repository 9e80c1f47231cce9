/** Tells the time. Injected everywhere; only this file may read the machine's clock. */
export type Clock = { readonly now: () => Date }

export const systemClock: Clock = { now: () => new Date() }

export const secondsSinceEpoch = (at: Date): number => Math.floor(at.getTime() / 1000)

/** The calendar day of an instant in UTC, as `YYYY-MM-DD`. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** A copy of `at` moved by `seconds` (negative: earlier). */
export const shifted = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000)

/** How far the clock of whoever signed a statement may be ahead of this machine's. */
const clockSkewSeconds = 120

/** Whether what is dated so was dated later than clocks may differ: in the future. */
export const isOfFuture = (clock: Clock, date: Date | string): boolean =>
  new Date(date) > shifted(clock.now(), clockSkewSeconds)
