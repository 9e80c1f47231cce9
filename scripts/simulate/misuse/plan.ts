import type { Chance } from '../../demo-people/chance.ts'
import { dayMilliseconds, isWorkingDay, textOf } from '../calendar.ts'
import { type FieldAgency, isAway } from '../field.ts'
import { type MisuseKind, misuseKinds, singleLooks } from './kinds.ts'

/** A misuse that will be done. Days count from the first of the simulation; minutes from midnight in UTC. */
export type Planting = {
  readonly kind: MisuseKind
  readonly agency: string
  readonly day: number
  readonly minutes: number
}

/** What is planted, and how often; from which day on, after people have shown what is usual. */
export type PlantingWishes = {
  readonly kinds?: readonly MisuseKind[]
  readonly each?: number
  readonly from?: number
}

const usualFrom = 28
/** A single look needs its whole term before the simulation is over. */
const singleTerm = misuseKinds['single-look'].statedHours / 24 + 1
export const fewestDays = usualFrom + singleTerm + 7
const allKinds = Object.keys(misuseKinds) as MisuseKind[]

const isLate = (kind: MisuseKind): number => Number(kind === 'large-export')

/** Spread over the days, on working days on which somebody is there. */
export function planMisuse(
  field: readonly FieldAgency[],
  {
    kinds = allKinds,
    each = 2,
    from = usualFrom,
    chance,
    start,
    days,
  }: PlantingWishes & { readonly chance: Chance; readonly start: number; readonly days: number },
): Planting[] {
  const receivers = chance.shuffled(field.filter(({ submitsOnly }) => !submitsOnly))
  const firstDay = start / dayMilliseconds
  let turn = 0

  const dayFrom = (wanted: number): number => {
    let day = wanted
    while (!isWorkingDay(firstDay + day)) day += 1
    return day
  }
  const agencyOn = (day: number): FieldAgency => {
    for (let tries = 0; tries < receivers.length; tries += 1) {
      const one = receivers[turn % receivers.length]
      turn += 1
      if (one !== undefined && !isAway(one, textOf(firstDay + day))) return one
    }
    throw new Error('nobody is there to misuse anything')
  }
  const at = (kind: MisuseKind, wanted: number): Planting => {
    const day = dayFrom(wanted)
    const hour = kind === 'night' ? [60, 110] : [8 * 60, 9 * 60 + 30]
    const minutes = chance.between(hour[0] ?? 0, hour[1] ?? 0)
    return { kind, agency: agencyOn(day).id, day, minutes }
  }

  const shuffled = chance.shuffled(
    kinds
      .filter((kind) => kind !== 'single-look')
      .flatMap((kind) => Array.from({ length: each }, () => kind)),
  )
  // A large export comes last: before that there is not much to take along.
  const loud = shuffled.toSorted((one, other) => isLate(one) - isLate(other))
  const lastDay = days - 8
  const single = kinds.includes('single-look') ? singleLooks : 0
  const lastSingle = days - singleTerm
  if (lastDay < from || (single > 0 && lastSingle < from)) {
    throw new RangeError(`misuse needs at least ${fewestDays} days`)
  }
  const spread = (count: number, place: number, until: number): number =>
    from + Math.floor(((until - from) * place) / Math.max(1, count))
  return [
    ...loud.map((kind, place) => at(kind, spread(loud.length, place, lastDay))),
    ...Array.from({ length: single }, (_, place) =>
      at('single-look', spread(single, place, lastSingle - 3)),
    ),
  ]
}
