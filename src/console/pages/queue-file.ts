import { byteOrderMark, spreadsheetLines } from '../../door/spreadsheet.ts'
import type { FollowUpSummary } from '../../wire/follow-up.ts'
import { datesIn, type TextKey } from '../texts.ts'
import type { FileAnswer, OfficersVisit } from '../types.ts'
import type { Standing } from './agreement.ts'

/** The agencies that an overlap is shared with, the reader's left out. */
export const othersOf = (one: FollowUpSummary, { session }: Pick<OfficersVisit, 'session'>) =>
  one.agencies.filter(({ agency }) => agency !== session.agency)

export const caseOf = (one: FollowUpSummary): string =>
  one.signals
    .flatMap(({ caseReference }) => caseReference ?? [])
    .slice(0, 3)
    .join(', ')

/** The term that passes first, or passed first. */
export const nextTerm = ({ terms }: FollowUpSummary) =>
  [...terms].sort((one, other) => (one.dueAt < other.dueAt ? -1 : 1))[0]

const columns = [
  'queue.case',
  'queue.quality',
  'queue.agencies',
  'queue.state',
  'queue.file.points',
  'queue.file.why',
  'queue.due',
  'queue.file.dueOn',
  'queue.file.overdue',
  'queue.lead',
  'queue.file.agreement',
  'queue.file.purpose',
  'queue.file.by',
  'queue.file.agency',
  'queue.file.at',
] as const satisfies readonly TextKey[]

/** A queue as a table for a spreadsheet. Each row says for what and by whom it was taken: rows travel alone. */
export function queueFile(
  visit: OfficersVisit,
  { title, purpose }: Pick<Standing, 'title' | 'purpose'>,
  found: readonly FollowUpSummary[],
): FileAnswer {
  const { text, session, language, now } = visit
  const dates = datesIn(language)
  const mark = [title, purpose, session.officer, session.agency, dates.moment(now)]
  const rows = found.map((one) => {
    const next = nextTerm(one)
    return [
      caseOf(one),
      text(`quality.${one.quality}`),
      othersOf(one, visit)
        .map(({ name }) => name)
        .join(', '),
      text(`state.${one.state}`),
      one.priority?.points,
      one.priority?.rows.map(({ ground }) => text(`ground.${ground}` as TextKey)).join(', '),
      next && text(`term.${next.term}`),
      next && dates.day(next.dueAt),
      next?.overdue === true ? text('overdue') : '',
      one.lead.name,
      ...mark,
    ]
  })
  return {
    name: `queue-${rows.length}.csv`,
    type: 'text/csv; charset=utf-8',
    content: [`${byteOrderMark}${spreadsheetLines([columns.map((name) => text(name)), ...rows])}`],
    rows: rows.length,
  }
}
