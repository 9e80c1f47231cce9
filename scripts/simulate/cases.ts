import { allColumns } from '../../src/client/header.ts'
import type { Chance } from '../demo-people/chance.ts'
import type { Link, openTown, Person, Agency as WritingKind } from '../demo-people/people.ts'
import { type Cells, write } from '../demo-people/writing.ts'
import { dayMilliseconds, isWorkingDay, textOf, weekdayOf } from './calendar.ts'
import type { FieldAgency } from './field.ts'

/** A signal that somebody will send: what is in it, and when. Days count from the first of the simulation. */
export type PlannedSignal = {
  readonly agency: string
  /** Who it is about, as nobody in the simulation but itself knows. */
  readonly person: string
  readonly cells: Cells
  readonly day: number
  readonly atNight: boolean
  readonly corrected:
    | { readonly day: number; readonly cells: Cells; readonly person: string }
    | undefined
  readonly withdrawnOn: number | undefined
}

/** Persons for each agency and day, and for the cases that each agency brings along as it joins. */
const personsPerDay = 0.12
const personsPerAgency = 8
const firstDays = 12

export const writingOf = ({ kind }: FieldAgency): WritingKind =>
  kind === 'safety-house' ? 'municipality' : kind

/** Whether an agency's connector sends what was gathered on this day. */
const sendsOn = ({ sends }: FieldAgency, day: number): boolean =>
  weekdayOf(day) === sends.weekday && Math.floor((day + 3) / 7) % sends.everyWeeks === 0

/** How many agencies come across one person. */
function reachOf(chance: Chance): number {
  const draw = chance.between(1, 100)
  return draw <= 55 ? 1 : draw <= 85 ? 2 : draw <= 96 ? 3 : 4
}

/** By what these kinds can recognise somebody: an NGO has no BSN, and only police and NGO see documents. */
function linkOf(kinds: readonly WritingKind[], chance: Chance): Link {
  if (!kinds.includes('ngo')) return chance.happens(0.9) ? 'bsn' : 'names'
  const seeDocuments = kinds.every((kind) => kind === 'ngo' || kind === 'avim')
  return seeDocuments
    ? chance.pick(['v-number', 'document', 'names', 'phone'] as const)
    : chance.pick(['names', 'names', 'phone'] as const)
}

/** Some agencies; those of the region of the first come across the same people more often. */
function agenciesFor(count: number, field: readonly FieldAgency[], chance: Chance): FieldAgency[] {
  const [first, ...others] = chance.shuffled(field)
  if (first === undefined) return []
  const near = others.filter(({ region }) => region === first.region)
  const far = others.filter(({ region }) => region !== first.region)
  const chosen = [first]
  while (chosen.length < count && near.length + far.length > 0) {
    const from = near.length > 0 && (far.length === 0 || chance.happens(0.7)) ? near : far
    const next = from.pop()
    if (next !== undefined) chosen.push(next)
  }
  return chosen
}

/** Everything that agencies will signal in so many days from `start`, midnight in UTC. */
export function planCases(
  field: readonly FieldAgency[],
  {
    chance,
    town,
    start,
    days,
    elsewhere = 0,
  }: {
    readonly chance: Chance
    /** Where the people come from, so that nobody else takes one of these for another. */
    readonly town: ReturnType<typeof openTown>
    readonly start: number
    readonly days: number
    /** Of signals: what was seen was in another region than the agency's. */
    readonly elsewhere?: number
  },
): readonly PlannedSignal[] {
  const firstDay = start / dayMilliseconds
  const signals: PlannedSignal[] = []
  let cases = 0

  const persons = Math.round(field.length * (personsPerAgency + days * personsPerDay))
  for (let made = 0; made < persons; made += 1) {
    const agencies = agenciesFor(reachOf(chance), field, chance)
    for (const [person, those] of peopleFor(agencies)) {
      let seen = chance.happens((field.length * personsPerAgency) / persons)
        ? -chance.between(1, 500)
        : chance.between(0, days - 1)
      for (const agency of those) {
        plan(agency, person, seen)
        if (chance.happens(0.04)) plan(agency, person, seen + chance.between(5, 90))
        seen += chance.happens(0.5) ? chance.between(0, 20) : chance.between(0, 120)
      }
    }
  }
  return signals

  /** Mostly one person that all come across; now and then two who are easily taken for one another. */
  function peopleFor(agencies: readonly FieldAgency[]): [Person, FieldAgency[]][] {
    const kinds = [...new Set(agencies.map(writingOf))]
    const [first, ...others] = agencies
    if (first !== undefined && others.length > 0 && chance.happens(0.09)) {
      const one = town.invent([writingOf(first)], 'phone')
      const phone = one.phone === undefined ? {} : { phone: one.phone }
      const rest = [...new Set(others.map(writingOf))]
      return [
        [one, [first]],
        [town.invent(rest, 'phone', phone), others],
      ]
    }
    return [
      [town.invent(kinds, agencies.length > 1 ? linkOf(kinds, chance) : 'nothing'), [...agencies]],
    ]
  }

  /** The day on which what was seen then is sent: by what the agency's connector does, or at once at night. */
  function sentOn(agency: FieldAgency, seen: number, atNight: boolean): number {
    if (atNight) return Math.max(seen, 0)
    let day = seen < 0 ? chance.between(0, firstDays) : seen
    while (!isWorkingDay(firstDay + day) || (seen >= 0 && !sendsOn(agency, firstDay + day))) {
      day += 1
    }
    return day
  }

  function plan(agency: FieldAgency, person: Person, seen: number): void {
    const atNight = agency.kind === 'avim' && seen >= 0 && chance.happens(0.3)
    const day = sentOn(agency, seen, atNight)
    const observed = textOf(firstDay + Math.min(seen, day) - chance.between(0, 9))
    cases += 1
    const caseReference = `${agency.id.toUpperCase()}-${String(cases).padStart(5, '0')}`
    const isElsewhere = elsewhere > 0 && chance.happens(elsewhere)
    const region = isElsewhere ? chance.pick(field).region : agency.region
    const cellsOf = (who: Person): Cells => ({
      ...write(who, writingOf(agency), chance),
      observedOn: observed,
      region,
      caseReference,
      ...(chance.happens(0.5) ? { measures: 'Eerste gesprek gevoerd; vervolg afgesproken.' } : {}),
    })
    const cells = cellsOf(person)
    const isCorrected = chance.happens(0.04)
    // Mostly the same person, written better; now and then it was about somebody else altogether.
    const meant = isCorrected && chance.happens(0.25) ? town.invent([writingOf(agency)]) : person
    const later = day + chance.between(3, 60)
    if (day >= days) return
    signals.push({
      agency: agency.id,
      person: person.id,
      cells,
      day,
      atNight,
      corrected: isCorrected
        ? { day: workingDayFrom(later), cells: cellsOf(meant), person: meant.id }
        : undefined,
      withdrawnOn: chance.happens(0.03) ? workingDayFrom(later + chance.between(5, 60)) : undefined,
    })
  }

  function workingDayFrom(day: number): number {
    let next = day
    while (!isWorkingDay(firstDay + next)) next += 1
    return next
  }
}

const quoted = (text: string): string =>
  /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** Rows as the file that an agency's system would write, for its connector to read. */
export const fileOf = (rows: readonly Cells[]): string =>
  [
    allColumns.join(','),
    ...rows.map((cells) => allColumns.map((column) => quoted(cells[column] ?? '')).join(',')),
  ]
    .map((line) => `${line}\n`)
    .join('')
