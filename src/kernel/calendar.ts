/** Days of the Gregorian calendar as `YYYY-MM-DD`, and quarters. Pure; there is no clock here. */

export type Calendar = { readonly year: number; readonly month: number; readonly day: number }

/** Whether the Gregorian calendar has this day. */
export const isDay = (year: number, month: number, day: number): boolean => {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return year >= 1 && day >= 1 && day <= (lengths[month - 1] ?? 0)
}

/** @throws RangeError unless `text` is a real day as `YYYY-MM-DD` */
export const calendarOf = (text: string): Calendar => {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.map(Number) ?? []
  if (year === undefined || month === undefined || day === undefined || !isDay(year, month, day)) {
    throw new RangeError('not a day as YYYY-MM-DD')
  }
  return { year, month, day }
}

export const textOfDay = ({ year, month, day }: Calendar): string =>
  [
    String(year).padStart(4, '0'),
    String(month).padStart(2, '0'),
    String(day).padStart(2, '0'),
  ].join('-')

export const startOfQuarter = ({ year, month }: Calendar): Calendar => ({
  year,
  month: month - ((month - 1) % 3),
  day: 1,
})

/** The first day of the month that lies `months` after that of the given day. */
export const addMonths = ({ year, month }: Calendar, months: number): Calendar => {
  const total = year * 12 + (month - 1) + months
  return { year: Math.floor(total / 12), month: (total % 12) + 1, day: 1 }
}

/**
 * The day on which retention of `months` after an observation ends at the latest: rounded down to the
 * first day of a quarter.
 * @throws RangeError for an `observedOn` that is no day
 */
export const endOfRetention = (observedOn: string, months: number): string =>
  textOfDay(startOfQuarter(addMonths(calendarOf(observedOn), months)))
