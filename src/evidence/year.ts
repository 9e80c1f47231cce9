/** Years and months of Dutch time, in which an audit counts. */

const zone = 'Europe/Amsterdam'
const monthForm = new Intl.DateTimeFormat('en-CA', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
})

/** The month of an instant, as `YYYY-MM`, where the agency is. */
export function monthOf(instant: string): string {
  const parts = monthForm.formatToParts(new Date(instant))
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return `${part('year').padStart(4, '0')}-${part('month')}`
}

/** The first moment of a year. In winter Dutch time is one hour ahead of UTC. */
export const startOfYear = (year: number): Date => new Date(Date.UTC(year, 0, 1) - 3_600_000)

/** The twelve months of a year, as `YYYY-MM`. */
export const monthsOf = (year: number): string[] =>
  Array.from({ length: 12 }, (_, at) => `${year}-${String(at + 1).padStart(2, '0')}`)
