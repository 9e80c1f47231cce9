import type { SignalTraits } from '../signals/types.ts'
import type { FollowUpSummary } from '../wire/follow-up.ts'
import type { FollowUp } from './types.ts'

/**
 * In which order follow-ups are shown: a fixed table of points, published in `docs/follow-up.md` under
 * this name. A change of it is a new name. Nothing is learned (WGS): people weigh, the table only sorts.
 */
export const priorityTable = 'priority-1'

/** Points per ground. */
export const priorityPoints = {
  'quality-certain': 30,
  'quality-probable': 20,
  'quality-possible': 5,
  minor: 25,
  'several-regions': 20,
  'each-further-region': 5,
  'term-passed': 25,
  'each-further-agency': 5,
  'each-week-open': 2,
} as const
type Ground = keyof typeof priorityPoints

const mostFurtherRegions = 4
const mostFurtherAgencies = 4
const mostWeeks = 10
const weekMilliseconds = 7 * 86_400_000

/** The points of an open follow-up, ground by ground, from signals that its reader may know of. Pure. */
export function priorityOf(
  one: FollowUp,
  traits: readonly SignalTraits[],
  now: Date,
): NonNullable<FollowUpSummary['priority']> {
  const regions = new Set(traits.flatMap(({ region }) => region ?? [])).size
  const agencies = new Set(traits.map(({ agency }) => agency)).size
  const weeks = Math.floor((now.getTime() - one.begunAt.getTime()) / weekMilliseconds)
  const times: readonly (readonly [Ground, number])[] = [
    [`quality-${one.quality}`, 1],
    ['minor', traits.some(({ ageBand }) => ageBand === 'minor') ? 1 : 0],
    ['several-regions', regions >= 2 ? 1 : 0],
    ['each-further-region', Math.min(Math.max(regions - 2, 0), mostFurtherRegions)],
    ['term-passed', one.clocks.some(({ dueAt }) => dueAt <= now) ? 1 : 0],
    ['each-further-agency', Math.min(Math.max(agencies - 2, 0), mostFurtherAgencies)],
    ['each-week-open', Math.min(weeks, mostWeeks)],
  ]
  const rows = times
    .filter(([, count]) => count > 0)
    .map(([ground, count]) => ({ ground, points: priorityPoints[ground] * count }))
  return {
    table: priorityTable,
    points: rows.reduce((sum, { points }) => sum + points, 0),
    rows,
  }
}
