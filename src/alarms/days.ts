import { calendarOf, textOfDay } from '../kernel/calendar.ts'

const dutch = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Amsterdam',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  hourCycle: 'h23',
})

/** Day and hour in the Netherlands. */
export function dutchTimeOf(at: Date): { readonly day: string; readonly hour: number } {
  const parts = new Map(dutch.formatToParts(at).map(({ type, value }) => [type, value]))
  const day = ['year', 'month', 'day'].map((part) => parts.get(part as 'day')).join('-')
  return { day, hour: Number(parts.get('hour')) }
}

/** The day that lies so many days after another; negative: before it. */
export function addDays(day: string, count: number): string {
  const { year, month, day: date } = calendarOf(day)
  const moved = new Date(Date.UTC(year, month - 1, date + count))
  return textOfDay({
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
  })
}

/** The night to which an instant belongs, by the day on which it began; undefined by day. */
export function nightOf(
  at: Date,
  { from, until }: { readonly from: number; readonly until: number },
): string | undefined {
  const { day, hour } = dutchTimeOf(at)
  if (hour >= from) return day
  return hour < until ? addDays(day, -1) : undefined
}
