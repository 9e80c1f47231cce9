import type { RegionCode } from '../../src/wire/codes/regions.ts'
import type { Chance } from '../demo-people/chance.ts'
import { dayMilliseconds, textOf } from './calendar.ts'

/** The kinds of agency that the field has. */
export type Kind = 'avim' | 'municipality' | 'youth-care' | 'ngo' | 'safety-house'

/** How the people of an agency work. Shares are chances between 0 and 1. */
export type Habits = {
  /** Of working days: somebody opens the queue. */
  readonly looks: number
  /** Of what waits for it, at each look: it is acknowledged. */
  readonly acknowledges: number
  /** Of follow-ups: nobody takes them up before the deputy is told. */
  readonly oversees: number
  /** Of what the deputy was told of, at each look. */
  readonly wakes: number
  /** Of what it has the lead in and has acknowledged, at each look: an outcome is recorded. */
  readonly concludes: number
  /** Of requests for its sealed texts: answered within two days. */
  readonly answersInTime: number
}

/** Days on which nobody is there, both included, as `YYYY-MM-DD`. */
export type Absence = { readonly from: string; readonly until: string }

export type FieldAgency = {
  readonly id: string
  readonly name: string
  readonly kind: Kind
  readonly region: RegionCode
  /** It signals, and may not know of overlaps. */
  readonly submitsOnly: boolean
  /** When its connector sends what was gathered; weekday 1 is Monday. */
  readonly sends: { readonly weekday: number; readonly everyWeeks: number }
  readonly habits: Habits
  readonly absences: readonly Absence[]
}

type Entry = readonly [string, string, Kind, RegionCode, 'submits only'?]

/** In this order, so that the first few are of all kinds. */
const table: readonly Entry[] = [
  ['avim-rotterdam', 'AVIM Rotterdam', 'avim', 'rotterdam-rijnmond'],
  ['rotterdam', 'Gemeente Rotterdam', 'municipality', 'rotterdam-rijnmond'],
  ['jeugd-rijnmond', 'Jeugdbescherming Rijnmond', 'youth-care', 'rotterdam-rijnmond'],
  ['veiligheidshuis', 'Zorg- en Veiligheidshuis', 'safety-house', 'rotterdam-rijnmond'],
  ['opvang-maas', 'Opvang aan de Maas', 'ngo', 'rotterdam-rijnmond'],
  ['straatwerk', 'Straatwerk', 'ngo', 'rotterdam-rijnmond', 'submits only'],
  ['avim-den-haag', 'AVIM Den Haag', 'avim', 'haaglanden'],
  ['den-haag', 'Gemeente Den Haag', 'municipality', 'haaglanden'],
  ['jeugd-haaglanden', 'Jeugdbescherming Haaglanden', 'youth-care', 'haaglanden'],
  ['schuilplaats', 'De Schuilplaats', 'ngo', 'haaglanden'],
  ['avim-midden', 'AVIM Midden-Nederland', 'avim', 'utrecht'],
  ['utrecht', 'Gemeente Utrecht', 'municipality', 'utrecht'],
  ['jeugd-utrecht', 'Jeugdzorg Utrecht', 'youth-care', 'utrecht'],
  ['arbeidsrecht', 'Steunpunt Arbeid', 'ngo', 'utrecht', 'submits only'],
  ['avim-brabant', 'AVIM Zeeland-West-Brabant', 'avim', 'midden-en-west-brabant'],
  ['breda', 'Gemeente Breda', 'municipality', 'midden-en-west-brabant'],
  ['jeugd-brabant', 'Jeugdzorg Brabant', 'youth-care', 'midden-en-west-brabant'],
  ['dordrecht', 'Gemeente Dordrecht', 'municipality', 'zuid-holland-zuid'],
  ['gouda', 'Gemeente Gouda', 'municipality', 'hollands-midden'],
  ['schiedam', 'Gemeente Schiedam', 'municipality', 'rotterdam-rijnmond'],
]

export const largestField = table.length
/** Fewer have no party for each lead route. */
export const smallestField = 4

const habitsOf = (chance: Chance): Habits => {
  const share = (low: number, high: number) => chance.between(low, high) / 100
  const isSlow = chance.happens(0.25)
  return {
    looks: isSlow ? share(15, 30) : share(35, 60),
    acknowledges: isSlow ? share(50, 70) : share(80, 97),
    oversees: isSlow ? share(10, 25) : share(2, 8),
    wakes: share(40, 70),
    concludes: share(12, 24),
    answersInTime: isSlow ? share(40, 60) : share(75, 95),
  }
}

/** Two or three weeks in summer, and for some the days around New Year. */
function absencesOf(chance: Chance, start: number, days: number): Absence[] {
  const weeks = chance.between(2, 3)
  const summer = chance.between(205, 240)
  const all = [
    { from: summer, until: summer + weeks * 7 - 1 },
    ...(chance.happens(0.4) ? [{ from: 9, until: 20 }] : []),
  ]
  const first = start / dayMilliseconds
  return all
    .filter(({ from }) => from < days)
    .map(({ from, until }) => ({ from: textOf(first + from), until: textOf(first + until) }))
}

/** The agencies of a simulation that begins at midnight of `start`, each with habits of its own. */
export const fieldOf = (
  count: number,
  {
    chance,
    start,
    days,
  }: { readonly chance: Chance; readonly start: number; readonly days: number },
): FieldAgency[] =>
  table.slice(0, count).map(([id, name, kind, region, only]) => ({
    id,
    name,
    kind,
    region,
    submitsOnly: only !== undefined,
    sends: {
      weekday: chance.between(1, 5),
      everyWeeks: kind === 'avim' || kind === 'safety-house' ? 1 : chance.between(1, 2),
    },
    habits: habitsOf(chance),
    absences: absencesOf(chance, start, days),
  }))

export const isAway = ({ absences }: FieldAgency, day: string): boolean =>
  absences.some(({ from, until }) => from <= day && day <= until)
