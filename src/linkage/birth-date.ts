import { tidied } from './text.ts'
import type { BirthDate } from './types.ts'

/** Nobody alive was born before; an older year is a slip of the pen. */
export const earliestYear = 1880
/** Stands in for "in the future" when the caller does not say what day it is. */
const latestYear = 2100

type Written = { readonly year: string; readonly month: string; readonly day: string }

/**
 * The spellings that are read: year first (with dashes, slashes or dots, or as eight digits, the way
 * of the Dutch civil registry) and day first (the way of Dutch people). Zeros stand for an unknown part.
 */
const spellings: readonly RegExp[] = [
  /^(?<year>\d{4})$/,
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/,
  /^(?<year>\d{4})[-/.](?<month>\d{1,2})(?:[-/.](?<day>\d{1,2}))?$/,
  /^(?:(?<day>\d{1,2})[-/.])?(?<month>\d{1,2})[-/.](?<year>\d{4})$/,
]

const partsOf = (text: string): Written | undefined => {
  const compact = tidied(text.normalize('NFKC'))
    .replace(/\p{Pd}/gu, '-')
    .replace(/\s*([-/.])\s*/g, '$1')
  for (const spelling of spellings) {
    const groups = spelling.exec(compact)?.groups
    if (groups !== undefined) {
      return { year: groups.year ?? '', month: groups.month ?? '', day: groups.day ?? '' }
    }
  }
  return undefined
}

const daysIn = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

export const padded = (part: number, length: number): string => String(part).padStart(length, '0')

/** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
export const textOfDate = ({ year, month, day }: BirthDate): string =>
  [
    padded(year, 4),
    ...[month, day].flatMap((part) => (part === undefined ? [] : [padded(part, 2)])),
  ].join('-')

/**
 * Reads a birth date, whole or partial. Absent (`{}`) when every part is zero: that is how registries
 * write "unknown". `today` (`YYYY-MM-DD`) makes a later date a fault; without it only a year past
 * 2100 is. Total. NOT checked: that anybody of that age lives.
 */
export const readBirthDate = (
  text: string,
  today?: string,
  earliest = earliestYear,
): { readonly date?: BirthDate; readonly fault?: string } => {
  const written = partsOf(text)
  if (written === undefined) {
    return { fault: 'is not a date; write YYYY-MM-DD or DD-MM-YYYY, zeros for what is not known' }
  }
  const year = Number(written.year)
  const month = Number(written.month)
  const day = Number(written.day)
  if (year === 0 && month === 0 && day === 0) return {}
  if (year < earliest) return { fault: `is before ${earliest}` }
  if (month === 0 && day !== 0) return { fault: 'has a day without a month' }
  if (month > 12) return { fault: 'has a month that does not exist' }
  if (day > daysIn(year, month)) return { fault: 'has a day that does not exist in its month' }
  const date: BirthDate = {
    year,
    ...(month === 0 ? {} : { month }),
    ...(day === 0 ? {} : { day }),
  }
  const plain = textOfDate(date)
  const isFuture = today === undefined ? year > latestYear : plain > today.slice(0, plain.length)
  return isFuture ? { fault: 'lies in the future' } : { date }
}

/** What a key may rest on: 1 January counts as "day and month unknown", as registries use it so. */
export type UsableDate =
  | { readonly kind: 'full'; readonly year: number; readonly month: number; readonly day: number }
  | { readonly kind: 'first-of-january'; readonly year: number }
  | { readonly kind: 'partial'; readonly year: number }

export const usableDate = ({ year, month, day }: BirthDate): UsableDate => {
  if (month === undefined || day === undefined) return { kind: 'partial', year }
  if (month === 1 && day === 1) return { kind: 'first-of-january', year }
  return { kind: 'full', year, month, day }
}
