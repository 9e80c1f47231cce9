import type { AgencyId } from '../kernel/ids.ts'
import type { AlarmRule } from '../wire/codes/alarms.ts'
import { addDays } from './days.ts'
import type { AlarmRules } from './rules.ts'
import type { Finding, Measure, QuotaStand, Tally } from './types.ts'

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

const sum = (tallies: readonly Tally[]): number =>
  tallies.reduce((total, { amount }) => total + amount, 0)

export function medianOf(numbers: readonly number[]): number {
  const ordered = [...numbers].sort((one, other) => one - other)
  const middle = Math.floor(ordered.length / 2)
  const upper = ordered[middle] ?? 0
  return ordered.length % 2 === 1 ? upper : (upper + (ordered[middle - 1] ?? upper)) / 2
}

/** Sums per actor and day, so that a day without any act is none. */
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

/** What an actor usually does in a day: its own median or, while it is new, that of all actors of its agency. */
export function usualOf(
  { tallies, day }: Pick<Judged, 'tallies' | 'day'>,
  measure: Measure,
  actor: string,
  { usualDays, fewestUsualDays }: { readonly usualDays: number; readonly fewestUsualDays: number },
): number | undefined {
  const from = addDays(day, -usualDays)
  const before = daySums(
    tallies.filter((one) => one.measure === measure && one.day >= from && one.day < day),
  )
  const own = before.filter((one) => one.actor === actor)
  const counting = own.length >= fewestUsualDays ? own : before
  if (counting.length < fewestUsualDays) return undefined
  return medianOf(counting.map(({ sum }) => sum))
}

/** The acts of one actor that a rule counts: inside its window, and after what was reviewed. */
function counted(
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

const clientOf = (tallies: readonly Tally[]): string => tallies.at(-1)?.client ?? ''

function* volume(judged: Judged, rule: AlarmRules['volume']): Generator<Finding> {
  const floors = [
    ['look', rule.looks],
    ['elements', rule.elements],
    ['submit', rule.submissions],
  ] as const
  const { agency, day } = judged
  for (const actor of judged.actors) {
    for (const [measure, floor] of floors) {
      const own = counted(judged, 'volume', measure, actor, rule.windowDays)
      const measured = sum(own)
      if (measured < floor) continue
      const usual = usualOf(judged, measure, actor, rule)
      const threshold =
        usual === undefined ? floor * rule.beforeUsual : Math.max(floor, rule.timesUsual * usual)
      if (measured < threshold) continue
      const found = { rule: 'volume', agency, actor, client: clientOf(own), day } as const
      yield { ...found, measured, threshold, ...(usual === undefined ? {} : { usual }) }
    }
  }
}

function* repeatedLooks(judged: Judged, rule: AlarmRules['repeated-looks']): Generator<Finding> {
  const { agency, day } = judged
  for (const actor of judged.actors) {
    const own = counted(judged, 'repeated-looks', 'subject', actor, rule.windowDays)
    for (const [about, looks] of Map.groupBy(own, ({ key }) => key)) {
      const measured = sum(looks)
      const isNew = looks.some((one) => one.day === day)
      if (!isNew || measured < rule.looks) continue
      const found = { rule: 'repeated-looks', agency, actor, client: clientOf(looks), day } as const
      yield { ...found, about, measured, threshold: rule.looks }
    }
  }
}

/**
 * Which rules have their threshold reached. Pure: the same tallies give the same findings, in the same
 * order. Does not know what the acts were for; that is for people to say.
 */
export function* judge(judged: Judged, rules: Partial<AlarmRules>): Generator<Finding> {
  if (rules.volume !== undefined) yield* volume(judged, rules.volume)
  if (rules['repeated-looks'] !== undefined) yield* repeatedLooks(judged, rules['repeated-looks'])
}

/** Which quotas of today are nearly used up. */
export function* judgeQuotas(
  stands: readonly QuotaStand[],
  day: string,
  rule: AlarmRules['quota'],
): Generator<Finding> {
  for (const { agency, used, limit } of stands) {
    const measured = Math.round((100 * used) / limit)
    const threshold = Math.round(100 * rule.share)
    if (measured < threshold) continue
    yield { rule: 'quota', agency, actor: '', client: '', day, measured, threshold }
  }
}
