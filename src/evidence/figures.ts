import type { Entry } from '../proofs/entry.ts'
import { monthOf } from './year.ts'

export type Counts = Readonly<Record<string, number>>
export type Outcomes = { readonly permit: number; readonly refuse: number }

/** What a year comes to, counted from its entries and nothing else: whoever has those counts the same. */
export type Figures = {
  readonly acts: Outcomes
  readonly byKind: Readonly<Record<string, Outcomes>>
  readonly byMonth: Readonly<Record<string, Outcomes>>
  /** Acts of a month by their kind: `YYYY-MM kind`. */
  readonly byMonthAndKind: Counts
  readonly byPurpose: Counts
  readonly byClient: Counts
  /** Acts for another agency, by delegation. */
  readonly byDelegator: Counts
  /** Officers who were named at least once, and acts at which nobody was. */
  readonly officers: { readonly named: number; readonly actsWithout: number }
  /** Refused acts by the reason; an act with two reasons counts twice. */
  readonly refusals: Counts
  /** What happened besides, by kind: what time, operators and statements did. */
  readonly events: Counts
  /** Permitted acts and events by one word of theirs: `kind.field word`. */
  readonly words: Counts
  /** Looks that were drawn for justification, and out of how many. */
  readonly drawn: { readonly looks: number; readonly drawn: number }
  /** What was begun in the year, how much of it ended in the year, and how much of that inside its term. */
  readonly terms: { readonly alarms: Term; readonly subjectRequests: Term }
}

export type Term = { readonly begun: number; readonly ended: number; readonly inTime: number }

/**
 * Days in which an alarm is to be closed, and a subject to be answered (Wpg art. 28; four weeks). Of alarms the term is
 * 10 working days (docs/alarms.md): 14 days, where no holiday lies between.
 */
export const termDays = { alarms: 14, subjectRequests: 28 } as const
const dayMilliseconds = 86_400_000

/** Matches what ends with what begins, by id: the two come from two lists, in any order. */
function openTerm(days: number) {
  const begun = new Map<string, string>()
  const ended = new Map<string, string>()
  const isInTime = (id: string, at: string) =>
    Date.parse(at) - Date.parse(begun.get(id) ?? at) <= days * dayMilliseconds
  return {
    begin: (id: string, at: string) => begun.set(id, at),
    end: (id: string, at: string) => ended.set(id, at),
    term: (): Term => {
      const both = [...ended].filter(([id]) => begun.has(id))
      return {
        begun: begun.size,
        ended: both.length,
        inTime: both.filter(([id, at]) => isInTime(id, at)).length,
      }
    },
  }
}

/** Words of entries that a reader of the year wants to see. */
const tallied: Readonly<Record<string, readonly string[]>> = {
  'access.list': ['occasion'],
  'access.export': ['occasion'],
  'alarm.raise': ['rule'],
  'alarm.close': ['finding', 'because'],
  'disclosure.answer': ['refusal'],
  'emergency.review': ['finding'],
  'follow-up.record-outcome': ['result'],
  'recall.confirm': ['answer'],
  'review.close': ['finding'],
  'sample.judge': ['finding'],
  'sample.justify': ['because'],
  'signal.expire': ['cause'],
  'signal.withdraw': ['withdrawal'],
  'subject-request.answer': ['answer'],
  'subject-request.close': ['end'],
  'subject-request.file': ['wish'],
}

const increase = (counts: Record<string, number>, name: string, by = 1): void => {
  counts[name] = (counts[name] ?? 0) + by
}

const countOutcome = (
  counts: Record<string, { permit: number; refuse: number }>,
  name: string,
  outcome: 'permit' | 'refuse',
): void => {
  const of = counts[name] ?? { permit: 0, refuse: 0 }
  of[outcome] += 1
  counts[name] = of
}

const textIn = (entry: Entry, name: string): string | undefined => {
  const value = entry[name]
  return typeof value === 'string' ? value : undefined
}

const sorted = <Value>(record: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(record).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)),
  )

/** Counts a year as its entries come by. */
export function openFigures() {
  const acts = { permit: 0, refuse: 0 }
  const byKind: Record<string, { permit: number; refuse: number }> = {}
  const byMonth: Record<string, { permit: number; refuse: number }> = {}
  const byMonthAndKind: Record<string, number> = {}
  const byPurpose: Record<string, number> = {}
  const byClient: Record<string, number> = {}
  const byDelegator: Record<string, number> = {}
  const officers = new Set<string>()
  let actsWithout = 0
  const refusals: Record<string, number> = {}
  const events: Record<string, number> = {}
  const words: Record<string, number> = {}
  const drawn = { looks: 0, drawn: 0 }
  const alarms = openTerm(termDays.alarms)
  const requests = openTerm(termDays.subjectRequests)

  function tally(entry: Entry): void {
    if (entry.outcome === 'refuse') return
    const [alarm, request] = [textIn(entry, 'alarm'), textIn(entry, 'request')]
    if (entry.kind === 'alarm.raise' && alarm !== undefined) alarms.begin(alarm, entry.at)
    if (entry.kind === 'alarm.close' && alarm !== undefined) alarms.end(alarm, entry.at)
    if (entry.kind === 'subject-request.file' && request !== undefined)
      requests.begin(request, entry.at)
    if (entry.kind === 'subject-request.close' && request !== undefined)
      requests.end(request, entry.at)
    for (const field of tallied[entry.kind] ?? []) {
      const word = textIn(entry, field)
      if (word !== undefined) increase(words, `${entry.kind}.${field} ${word}`)
    }
  }

  return {
    act(entry: Entry): void {
      const outcome = entry.outcome === 'refuse' ? 'refuse' : 'permit'
      const month = monthOf(entry.at)
      acts[outcome] += 1
      countOutcome(byKind, entry.kind, outcome)
      countOutcome(byMonth, month, outcome)
      increase(byMonthAndKind, `${month} ${entry.kind}`)
      for (const [counts, name] of [
        [byPurpose, 'purpose'],
        [byClient, 'client'],
        [byDelegator, 'onBehalfOf'],
      ] as const) {
        const value = textIn(entry, name)
        if (value !== undefined) increase(counts, value)
      }
      const officer = textIn(entry, 'officer')
      if (officer === undefined) actsWithout += 1
      else officers.add(officer)
      if (outcome === 'refuse' && Array.isArray(entry.reasons)) {
        for (const reason of entry.reasons) increase(refusals, String(reason))
      }
      tally(entry)
    },

    event(entry: Entry): void {
      increase(events, entry.kind)
      if (entry.kind === 'sample.draw') {
        drawn.looks += typeof entry.looks === 'number' ? entry.looks : 0
        drawn.drawn += Array.isArray(entry.drawn) ? entry.drawn.length : 0
      }
      tally(entry)
    },

    figures: (): Figures => ({
      acts: { ...acts },
      byKind: sorted(byKind),
      byMonth: sorted(byMonth),
      byMonthAndKind: sorted(byMonthAndKind),
      byPurpose: sorted(byPurpose),
      byClient: sorted(byClient),
      byDelegator: sorted(byDelegator),
      officers: { named: officers.size, actsWithout },
      refusals: sorted(refusals),
      events: sorted(events),
      words: sorted(words),
      drawn: { ...drawn },
      terms: { alarms: alarms.term(), subjectRequests: requests.term() },
    }),
  }
}
