import type { AgencyId } from '../kernel/ids.ts'
import type { AlarmRule } from '../wire/codes/alarms.ts'
import { addDays } from './days.ts'
import type { Usual } from './rules.ts'
import type { Measure, Tally } from './types.ts'

/** What one agency did, and of whom it is asked. */
export type Judged = {
  readonly agency: AgencyId
  readonly day: string
  /** Who did something on that day since it was judged last. */
  readonly actors: ReadonlySet<string>
  readonly tallies: readonly Tally[]
  /** Up to which day an actor's acts were looked at by a reviewer already, per rule; '' for none. */
  readonly reviewedUntil: (rule: AlarmRule, actor: string) => string
}

export const sum = (tallies: readonly Tally[]): number =>
  tallies.reduce((total, { amount }) => total + amount, 0)

export const clientOf = (tallies: readonly Tally[]): string => tallies.at(-1)?.client ?? ''

/** The middle one; of an even number of them what lies between the middle two. */
export function medianOf(numbers: readonly number[]): number {
  const ordered = [...numbers].sort((one, other) => one - other)
  const middle = Math.floor(ordered.length / 2)
  const upper = ordered[middle] ?? 0
  return ordered.length % 2 === 1 ? upper : (upper + (ordered[middle - 1] ?? upper)) / 2
}

/** Sums per actor and day; a day on which an actor did none of it is left out. */
function daySums(tallies: readonly Tally[]): readonly { readonly actor: string; sum: number }[] {
  const sums = new Map<string, { readonly actor: string; sum: number }>()
  for (const { actor, day, amount } of tallies) {
    const name = `${actor} ${day}`
    const known = sums.get(name)
    if (known === undefined) sums.set(name, { actor, sum: amount })
    else known.sum += amount
  }
  return [...sums.values()]
}

/** What an actor usually does in a day, or while it is new what all actors of its agency do. */
export function usualOf(
  { tallies, day }: Pick<Judged, 'tallies' | 'day'>,
  measure: Measure,
  actor: string,
  { usualDays, fewestUsualDays }: Usual,
): number | undefined {
  const from = addDays(day, -usualDays)
  const before = daySums(
    tallies.filter((one) => one.measure === measure && one.day >= from && one.day < day),
  )
  const own = before.filter((one) => one.actor === actor)
  const counting = own.length >= fewestUsualDays ? own : before
  if (counting.length < fewestUsualDays) return undefined
  return medianOf(counting.map((one) => one.sum))
}

/** From how much on it is unusual: a fixed number, or so many times what is usual, whichever is more. */
export function thresholdOf(
  floor: number,
  usual: number | undefined,
  { timesUsual, beforeUsual }: Usual,
): number {
  return usual === undefined ? floor * beforeUsual : Math.max(floor, timesUsual * usual)
}

/** The acts of one actor that a rule counts: inside its window, and after what was reviewed. */
export function counted(
  { tallies, day, reviewedUntil }: Judged,
  rule: AlarmRule,
  measure: Measure,
  actor: string,
  windowDays: number,
): Tally[] {
  const reviewed = reviewedUntil(rule, actor)
  const from = addDays(day, 1 - windowDays)
  return tallies.filter(
    (one) =>
      one.measure === measure &&
      one.actor === actor &&
      one.day >= from &&
      one.day <= day &&
      one.day > reviewed,
  )
}
