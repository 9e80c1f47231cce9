import Holidays from 'date-holidays'
import { shifted } from '../kernel/clock.ts'

/** Dutch working days: not Saturday, Sunday, or a holiday for all. Why this library: docs/adr/0023. */

const calendar = new Holidays('NL', { types: ['public'] })
const known = new Map<number, ReadonlySet<string>>()

/** Liberation Day is a day off for all once in five years: 2025, 2030 … The library has it as a day off for schools. */
const liberationDayOf = (year: number): string[] => (year % 5 === 0 ? [`${year}-05-05`] : [])

function holidaysOf(year: number): ReadonlySet<string> {
  const found =
    known.get(year) ??
    new Set([
      ...calendar.getHolidays(year).map(({ date }) => date.slice(0, 10)),
      ...liberationDayOf(year),
    ])
  known.set(year, found)
  return found
}

const dutchDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Amsterdam',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

const secondsPerDay = 86_400

/** Whether offices are open on a calendar day, `YYYY-MM-DD`. */
export function isWorkingDay(day: string): boolean {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6 && !holidaysOf(Number(day.slice(0, 4))).has(day)
}

/**
 * The instant `count` working days after `at`, at the same time of day in UTC: the day of `at`, by
 * Dutch time, does not count, and what falls on a day off moves on to the next working day.
 */
export function addWorkingDays(at: Date, count: number): Date {
  const from = new Date(`${dutchDay.format(at)}T12:00:00Z`)
  let days = 0
  for (let left = count; left > 0; ) {
    days += 1
    if (
      isWorkingDay(
        shifted(from, days * secondsPerDay)
          .toISOString()
          .slice(0, 10),
      )
    )
      left -= 1
  }
  return shifted(at, days * secondsPerDay)
}
