import type { Agreement } from '../agreements/types.ts'
import { addMonths, calendarOf, isDay, textOfDay } from '../kernel/calendar.ts'
import { dayOf, shifted } from '../kernel/clock.ts'
import type { AgreementParty } from '../wire/agreement.ts'
import type { RequestKind } from '../wire/codes/subject-requests.ts'
import type { SubjectRequest } from './types.ts'

/**
 * The terms of a request, as days (UTC). One clock for all parties, the strictest: whoever asked has the
 * answer within 28 days of receipt (Wpg art. 28 lid 3; AVG art. 12 lid 3 allows a month, and Wpg art. 25 lid 1
 * six weeks for access). Parties answer a week before.
 */
const answerWithinDays = 28
const daysForLetter = 7
/** Filed late, a request still leaves parties so many days. */
const leastDaysForParts = 7
/** After its last day a request that nobody closed is forgotten. */
export const lapseAfterDays = 90

export type Regime = 'avg' | 'wpg'

/** Under which law a party keeps what it keeps, as far as the agreement says. */
export const regimeOf = ({ legalBases }: AgreementParty): Regime =>
  legalBases.some(({ code }) => code.startsWith('wpg')) ? 'wpg' : 'avg'

export const instantOf = (day: string): Date => new Date(`${day}T00:00:00Z`)
export const addDays = (day: string, days: number): string =>
  dayOf(shifted(instantOf(day), days * 86_400))

/** The same day two months on; where that month is shorter, its last. */
function addTwoMonths(day: string): string {
  const { year, month } = addMonths(calendarOf(day), 2)
  const last = [31, 30, 29, 28].find((length) => isDay(year, month, length)) ?? 28
  return textOfDay({ year, month, day: Math.min(calendarOf(day).day, last) })
}

/** The last day after an extension; undefined where the law knows none. */
function extendedDay(day: string, kind: RequestKind, regime: Regime): string | undefined {
  if (regime === 'avg') return addTwoMonths(day)
  return kind === 'access' ? addDays(day, 28) : undefined
}

export type Terms = {
  /** Parties answer before this day begins; from it on the answer can be read. */
  readonly partsDueOn: string
  readonly dueOn: string
}

/** The terms as they were at filing. */
export function firstTerms({
  receivedOn,
  filedAt,
}: Pick<SubjectRequest, 'receivedOn' | 'filedAt'>): Terms {
  const dueOn = addDays(receivedOn, answerWithinDays)
  const usual = addDays(dueOn, -daysForLetter)
  const least = addDays(dayOf(filedAt), leastDaysForParts)
  return { partsDueOn: usual < least ? least : usual, dueOn }
}

/** The terms for parties under one law. Depends on nothing that was found. */
export function termsFor(request: SubjectRequest, regime: Regime): Terms {
  const first = firstTerms(request)
  const until =
    request.extension === undefined ? undefined : extendedDay(first.dueOn, request.kind, regime)
  return until === undefined ? first : { partsDueOn: addDays(until, -daysForLetter), dueOn: until }
}

const regimesOf = ({ content }: Agreement): Regime[] => [...new Set(content.parties.map(regimeOf))]

/** Whether the law lets the term of such a request be extended for any of the parties. */
export const isExtendable = ({ kind }: SubjectRequest, agreement: Agreement): boolean =>
  regimesOf(agreement).some((regime) => extendedDay('2026-01-01', kind, regime) !== undefined)

/** The terms of all parties, each once, the first first. */
export const allTerms = (request: SubjectRequest, agreement: Agreement): Terms[] =>
  regimesOf(agreement)
    .map((regime) => termsFor(request, regime))
    .sort((one, other) => (one.dueOn < other.dueOn ? -1 : 1))

const weeklyFrom = (start: Date, now: Date): Date => {
  const week = 7 * 86_400
  const weeks = Math.max(0, Math.floor((now.getTime() - start.getTime()) / 1000 / week) + 1)
  return shifted(start, weeks * week)
}

const nextOf = (days: readonly string[], late: string, now: Date): Date =>
  days.map(instantOf).find((at) => at > now) ?? weeklyFrom(instantOf(late), now)

/** When a party that has not answered is told next: a week and two days before its day, then every week. */
export const nextForParty = ({ partsDueOn }: Terms, now: Date): Date =>
  nextOf([addDays(partsDueOn, -7), addDays(partsDueOn, -2), partsDueOn], partsDueOn, now)

/** When a contact point is told next: as parts open, two days before its day, then every week. */
export function nextForContactPoint(terms: readonly Terms[], now: Date): Date {
  const last = terms.at(-1)?.dueOn ?? dayOf(now)
  const days = terms.flatMap(({ partsDueOn, dueOn }) => [partsDueOn, addDays(dueOn, -2)])
  const late = addDays(last, 1)
  return nextOf([...days.sort(), late], late, now)
}
