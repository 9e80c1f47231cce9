import {
  addMonths,
  type Calendar,
  calendarOf,
  isDay,
  startOfQuarter,
  textOfDay,
} from '../kernel/calendar.ts'
import type { BirthDate } from '../linkage/types.ts'
import { type IndicatorCode, organisedIndicators } from '../wire/codes/indicators.ts'
import type { SubjectAge } from '../wire/codes/subject-requests.ts'
import type { ageBands, categories, leadRoutes } from '../wire/codes.ts'

/**
 * What only the partner can compute, because the gateway never gets a birth date. All of it is
 * coarse on purpose. Days are `YYYY-MM-DD` of the Gregorian calendar; there is no clock here.
 */

export type AgeBand = (typeof ageBands)[number]['code']
export type LeadRoute = (typeof leadRoutes)[number]['code']
export type Category = (typeof categories)[number]['code']

/** Months that a signal is kept when nothing shorter applies. */
export const usualRetentionMonths = 24

const orderOf = ({ year, month, day }: Calendar): number => (year * 12 + month) * 31 + day

/** Birthdays of 29 February count from 1 March in other years, as Dutch law counts ages. */
const birthday = (born: Calendar, age: number): Calendar => {
  const year = born.year + age
  return isDay(year, born.month, born.day) ? { ...born, year } : { year, month: 3, day: 1 }
}

const latestBirth = ({ year, month, day }: BirthDate): Calendar => {
  if (month === undefined) return { year, month: 12, day: 31 }
  if (day !== undefined) return { year, month, day }
  const last = [31, 30, 29, 28].find((length) => isDay(year, month, length)) ?? 28
  return { year, month, day: last }
}

const earliestBirth = ({ year, month, day }: BirthDate): Calendar => ({
  year,
  month: month ?? 1,
  day: day ?? 1,
})

/**
 * The age band of a person on the day `on`. Where the date is known in part only, the youngest age
 * that it allows counts: whoever may be a child is treated as one (Directive 2011/36/EU art. 13(2)).
 * A birth date after `on` gives `unknown`.
 */
export const ageBandOf = (birthDate: BirthDate | undefined, on: string): AgeBand => {
  if (birthDate === undefined) return 'unknown'
  const day = orderOf(calendarOf(on))
  if (orderOf(earliestBirth(birthDate)) > day) return 'unknown'
  const born = latestBirth(birthDate)
  if (day < orderOf(birthday(born, 18))) return 'minor'
  return day < orderOf(birthday(born, 23)) ? 'youth' : 'adult'
}

/**
 * Until when a signal is kept: the first day of a quarter. At most `retentionMonths` after the day
 * of observation, rounded down; for whoever was under 23 then, at the latest the last quarter that
 * begins before the 23rd birthday (as in the Jeugdwet's reference index, art. 7.1.4.5). So the answer
 * tells a birth date to within a quarter at best, and mostly nothing of it.
 *
 * A date known in part counts as its first possible day here: never kept past the 23rd birthday of
 * someone who was under 23 for certain. No date at all: `retentionMonths`.
 * Does NOT check that the answer lies in the future. Someone who turns 23 within weeks can get a day
 * before the observation; such a signal is over before it begins and is not to be sent.
 * @throws RangeError for an `observedOn` that is no day
 */
export const retainUntilOf = ({
  observedOn,
  birthDate,
  retentionMonths = usualRetentionMonths,
}: {
  readonly observedOn: string
  readonly birthDate?: BirthDate | undefined
  readonly retentionMonths?: number
}): string => {
  const usual = startOfQuarter(addMonths(calendarOf(observedOn), retentionMonths))
  if (birthDate === undefined) return textOfDay(usual)
  const coming = birthday(earliestBirth(birthDate), 23)
  if (orderOf(calendarOf(observedOn)) >= orderOf(coming)) return textOfDay(usual)
  const quarter = startOfQuarter(coming)
  const last = orderOf(quarter) < orderOf(coming) ? quarter : addMonths(quarter, -3)
  return textOfDay(orderOf(last) < orderOf(usual) ? last : usual)
}

/**
 * Who should lead, as a code that names no person: a minor goes before everything else; then any
 * indicator marked `organised` in the code list, or the removal of organs, which nobody does alone.
 * A proposal for humans, not a decision about a person.
 */
export const leadRouteOf = ({
  ageBand,
  category,
  indicators,
}: {
  readonly ageBand: AgeBand
  readonly category: Category
  readonly indicators: readonly IndicatorCode[]
}): LeadRoute => {
  if (ageBand === 'minor') return 'minor'
  if (category === 'organ-removal') return 'organised'
  return indicators.some((code) => organisedIndicators.has(code)) ? 'organised' : 'general'
}

/**
 * How old the subject of a request is on the day of receipt, in the steps by which the law says who may ask.
 * Where the date is known in part only, the youngest age that it allows counts; no date at all, or one in
 * the future: undefined.
 */
export const subjectAgeOf = (
  birthDate: BirthDate | undefined,
  on: string,
): SubjectAge | undefined => {
  if (birthDate === undefined) return undefined
  const day = orderOf(calendarOf(on))
  if (orderOf(earliestBirth(birthDate)) > day) return undefined
  const born = latestBirth(birthDate)
  if (day < orderOf(birthday(born, 12))) return 'under-12'
  return day < orderOf(birthday(born, 16)) ? '12-to-15' : '16-or-older'
}
