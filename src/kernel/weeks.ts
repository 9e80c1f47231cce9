/** Weeks of Dutch time, as `YYYY-Www` (ISO 8601). They sort as texts. */

const dutchDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Amsterdam',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

const millisecondsPerDay = 86_400_000

export const weekPattern = '^[12][0-9]{3}-W(?:0[1-9]|[1-4][0-9]|5[0-3])$'

/** The week of the day that is `daysBefore` days before the Dutch day of `at`. A week is of the year that its Thursday is in. */
function weekOfDay(at: Date, daysBefore: number): string {
  const noon = new Date(`${dutchDay.format(at)}T12:00:00Z`).getTime()
  const day = new Date(noon - daysBefore * millisecondsPerDay)
  const thursday = new Date(day.getTime() + (4 - (day.getUTCDay() || 7)) * millisecondsPerDay)
  const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const week = 1 + Math.floor((thursday.getTime() - newYear) / (7 * millisecondsPerDay))
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`
}

/** The week in which `at` lies; it begins on Monday at 00:00 in Amsterdam. */
export const weekOf = (at: Date): string => weekOfDay(at, 0)

/** The week before that: the last one that is over. */
export const lastWeekBefore = (at: Date): string => weekOfDay(at, 7)
