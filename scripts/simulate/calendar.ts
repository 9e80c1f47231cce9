/**
 * Dutch days and working days, reckoned once more: by rules instead of a library and a time zone database, so that
 * the simulation does not believe the product's own arithmetic. Days are numbers, counted from 1 January 1970.
 */

export const dayMilliseconds = 86_400_000

const dayNumber = (year: number, month: number, day: number): number =>
  Date.UTC(year, month - 1, day) / dayMilliseconds

export const yearOf = (day: number): number => new Date(day * dayMilliseconds).getUTCFullYear()

/** 0 is Sunday; 1 January 1970 was a Thursday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7

export const textOf = (day: number): string =>
  new Date(day * dayMilliseconds).toISOString().slice(0, 10)

/** The last Sunday of a month with 31 days. */
const lastSunday = (year: number, month: number): number => {
  const last = dayNumber(year, month, 31)
  return last - weekdayOf(last)
}

/** The day in the Netherlands: UTC+1, and UTC+2 between the last Sundays of March and October, 01:00 UTC. */
export function dutchDayOf(at: number): number {
  const year = new Date(at).getUTCFullYear()
  const hour = 3_600_000
  const isSummer =
    at >= lastSunday(year, 3) * dayMilliseconds + hour &&
    at < lastSunday(year, 10) * dayMilliseconds + hour
  return Math.floor((at + (isSummer ? 2 : 1) * hour) / dayMilliseconds)
}

/** Easter Sunday of the Gregorian calendar, after the algorithm of Meeus, Jones and Butcher. */
function easterOf(year: number): number {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const month = Math.floor((h + l - 7 * m + 114) / 31)
  return dayNumber(year, month, ((h + l - 7 * m + 114) % 31) + 1)
}

function holidaysOf(year: number): ReadonlySet<number> {
  const easter = easterOf(year)
  const kingsDay = dayNumber(year, 4, 27)
  return new Set([
    dayNumber(year, 1, 1),
    easter,
    easter + 1,
    weekdayOf(kingsDay) === 0 ? kingsDay - 1 : kingsDay,
    ...(year % 5 === 0 ? [dayNumber(year, 5, 5)] : []),
    easter + 39,
    easter + 49,
    easter + 50,
    dayNumber(year, 12, 25),
    dayNumber(year, 12, 26),
  ])
}

const known = new Map<number, ReadonlySet<number>>()

export function isWorkingDay(day: number): boolean {
  const year = yearOf(day)
  const holidays = known.get(year) ?? holidaysOf(year)
  known.set(year, holidays)
  return weekdayOf(day) !== 0 && weekdayOf(day) !== 6 && !holidays.has(day)
}

/** The moment so many working days after `at`, at the same time of day in UTC. */
export function workingDaysAfter(at: number, count: number): number {
  const first = dutchDayOf(at)
  let day = first
  for (let left = count; left > 0; left -= isWorkingDay(day) ? 1 : 0) day += 1
  return at + (day - first) * dayMilliseconds
}
