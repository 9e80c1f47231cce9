import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SignalId } from '../../src/kernel/ids.ts'
import type { LedgerReport } from '../../src/ledger/verify.ts'
import type { Group } from '../../src/linkage/types.ts'
import type { PerOperator } from '../../src/oprf/types.ts'
import { feedbackStatuses } from '../../src/wire/codes/follow-ups.ts'
import { type Quality, qualities } from '../../src/wire/codes.ts'
import type { AgencyResult } from './agencies.ts'
import type { DemoDay } from './clock.ts'
import type { DemoDisclosure } from './disclosures.ts'
import type { DemoFeedback } from './follow-ups.ts'

type SignalName = { readonly agency: string; readonly caseReference: string }
type NamedOverlap = { readonly quality: Quality; readonly signals: readonly SignalName[] }
type View = {
  readonly caseReference: string
  readonly others: readonly { readonly agency: string; readonly contactDesk: string }[]
  readonly quality: Quality
  readonly reasons: readonly string[]
}

/** The demonstration's result, as `--json` prints it. */
export type DemoReport = {
  readonly agencies: readonly string[]
  readonly signals: number
  readonly rejectedRows: readonly { file: string; line: number; problems: readonly string[] }[]
  readonly overlaps: readonly NamedOverlap[]
  readonly candidates: readonly NamedOverlap[]
  readonly views: Readonly<Record<string, readonly View[]>>
  readonly disclosures: readonly DemoDisclosure[]
  readonly feedback: readonly DemoFeedback[]
  /** What time alone did, where the clock was moved. */
  readonly passed: readonly DemoDay[]
  readonly ledger: PerOperator<{ readonly size: number; readonly verified: boolean }>
  readonly seconds: number
}

/** What one agency knows: per own signal one line for each quality, with whom to call and why. */
function viewsOf({ overlaps }: AgencyResult): View[] {
  const views = overlaps.flatMap(({ signal, others }) =>
    qualities.flatMap((quality) => {
      const alike = others.filter((other) => other.quality === quality)
      if (alike.length === 0) return []
      const desks = new Map(
        alike.map(({ name, contactDesk }) => [
          `${name}\n${contactDesk}`,
          { agency: name, contactDesk },
        ]),
      )
      return [
        {
          caseReference: signal.caseReference,
          others: [...desks.values()],
          quality,
          reasons: [...new Set(alike.flatMap(({ reasons }) => reasons))],
        },
      ]
    }),
  )
  return views.sort(
    (one, other) =>
      qualities.indexOf(one.quality) - qualities.indexOf(other.quality) ||
      one.caseReference.localeCompare(other.caseReference),
  )
}

/** Rests on an identifier, or on names from probable up; weaker name evidence is a candidate. */
const countsAsOverlap = ({ quality, links }: Group<SignalId>): boolean =>
  quality !== 'possible' || links.some(({ evidence }) => evidence.restsOnIdentifier)

export function reportOf({
  results,
  disclosures,
  feedback,
  passed,
  groups,
  ledgers,
  seconds,
}: {
  readonly results: readonly AgencyResult[]
  readonly disclosures: readonly DemoDisclosure[]
  readonly feedback: readonly DemoFeedback[]
  readonly passed: readonly DemoDay[]
  readonly groups: readonly Group<SignalId>[]
  readonly ledgers: PerOperator<LedgerReport>
  readonly seconds: number
}): DemoReport {
  const names = new Map<string, SignalName>()
  for (const { agency, report } of results) {
    const references = new Map(agency.rows.map(({ line, caseReference }) => [line, caseReference]))
    for (const [line, id] of report.signalIds) {
      names.set(id, { agency: agency.name, caseReference: references.get(line) ?? '' })
    }
  }
  const named = (chosen: readonly Group<SignalId>[]): NamedOverlap[] =>
    chosen.map(({ quality, members }) => ({
      quality,
      signals: members.flatMap((id) => names.get(id) ?? []),
    }))
  const ledgerLine = ({ size, verified }: LedgerReport) => ({ size, verified })
  return {
    agencies: results.map(({ agency }) => agency.name),
    signals: results.reduce((total, { report }) => total + report.accepted, 0),
    rejectedRows: results.flatMap(({ agency, report }) =>
      [
        ...agency.rejected,
        ...report.rejected,
        ...report.refused.map(({ line, reason }) => ({ line, problems: [reason] })),
      ]
        .sort((one, other) => one.line - other.line)
        .map(({ line, problems }) => ({ file: agency.file, line, problems })),
    ),
    overlaps: named(groups.filter(countsAsOverlap)),
    candidates: named(groups.filter((group) => !countsAsOverlap(group))),
    views: Object.fromEntries(results.map((result) => [result.agency.name, viewsOf(result)])),
    disclosures,
    feedback,
    passed,
    ledger: { gateway: ledgerLine(ledgers.gateway), keyholder: ledgerLine(ledgers.keyholder) },
    seconds,
  }
}

const linesPerAgency = 8

const plural = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`

function viewText(agency: string, views: readonly View[]): string[] {
  const width = Math.max(
    ...views.slice(0, linesPerAgency).map(({ caseReference }) => caseReference.length),
    0,
  )
  const lines = views
    .slice(0, linesPerAgency)
    .map(
      ({ caseReference, others, quality, reasons }) =>
        `  ${caseReference.padEnd(width)}  ${quality.padEnd(8)}  ${others.map(({ contactDesk }) => contactDesk).join(' and ')}  (${reasons.join(', ')})`,
    )
  const more = views.length - linesPerAgency
  return [
    '',
    `${agency} now knows of ${plural(views.length, 'overlap')}:`,
    ...lines,
    ...(more > 0 ? [`  … and ${more} more; --json shows all`] : []),
  ]
}

const disclosuresText = (disclosures: readonly DemoDisclosure[]): string[] =>
  disclosures.length === 0
    ? []
    : [
        '',
        'Asked for a sealed narrative, with reasons:',
        ...disclosures.map(
          ({ receiver, owner, caseReference, result }) =>
            `  ${receiver}, about its case ${caseReference}, asked ${owner}: ${
              result === 'opened'
                ? 'granted, and opened once with both operators’ halves'
                : 'refused, with a reason'
            }`,
        ),
      ]

const feedbackLines = 6

const feedbackText = (feedback: readonly DemoFeedback[]): string[] => {
  const rest = feedback.length - feedbackLines
  return feedback.length === 0
    ? []
    : [
        '',
        'What those who signalled are told, after the lead recorded an outcome:',
        ...feedback.slice(0, feedbackLines).map(({ agency, caseReference, status }) => {
          const words = feedbackStatuses.find(({ code }) => code === status)?.en ?? status
          return `  ${agency}, of its case ${caseReference}: ${words}`
        }),
        ...(rest > 0 ? [`  … and ${rest} more; --json shows all`] : []),
      ]
}

const passedText = (passed: readonly DemoDay[]): string[] =>
  passed.length === 0
    ? []
    : [
        '',
        'What time alone did, as the clock was moved:',
        ...passed.map(
          ({ day, reminders, escalations, expired }) =>
            `  ${day}  ${plural(reminders, 'reminder')}, ${escalations.deputy} escalated to deputies, ${escalations.coordinator} to coordinators, ${plural(expired, 'signal')} expired`,
        ),
      ]

const notLearned = [
  '',
  'What nobody learned:',
  '  Each agency    who the others’ cases are about, but for what an owner granted; or anything about cases that do not touch its own.',
  '  The gateway    a name, a number, a birth date or a narrative; nor the keyholder’s share of the key.',
  '  The keyholder  any token, overlap or narrative: it saw blinded points, and which signals a half was released of.',
]

/** The report for a person at a terminal. */
export function textOf(report: DemoReport, truth: readonly string[]): string {
  const { ledger, rejectedRows } = report
  return [
    `${plural(report.signals, 'signal')} of ${plural(report.agencies.length, 'agency', 'agencies')} submitted; ${plural(report.overlaps.length, 'overlap')} found.`,
    ...(rejectedRows.length === 0
      ? []
      : [
          '',
          `${plural(rejectedRows.length, 'row')} left out:`,
          ...rejectedRows.map(
            ({ file, line, problems }) => `  ${file}:${line}  ${problems.join('; ')}`,
          ),
        ]),
    ...report.agencies.flatMap((agency) => viewText(agency, report.views[agency] ?? [])),
    ...disclosuresText(report.disclosures),
    ...feedbackText(report.feedback),
    ...passedText(report.passed),
    ...notLearned,
    '',
    'The ledgers, recomputed from their first entry to their last:',
    ...(['gateway', 'keyholder'] as const).map(
      (operator) =>
        `  ${operator.padEnd(10)} ${plural(ledger[operator].size, 'entry', 'entries')}, ${ledger[operator].verified ? 'verified' : 'NOT VERIFIED'}`,
    ),
    ...truth,
    '',
    `Done in ${report.seconds.toFixed(1)} s.`,
    '',
  ].join('\n')
}

type KnownSubject = {
  readonly id: string
  readonly linkedBy: string
  readonly records: readonly { readonly file: string; readonly line: number }[]
}
type Truth = {
  readonly people: readonly KnownSubject[]
  readonly scenes?: readonly KnownSubject[]
  /** People who are easily taken for one another. */
  readonly apart?: readonly { readonly why: string; readonly people: readonly string[] }[]
}

/** Compares with a truth file, where the input has one: which pairs of one person or scene were found. */
export async function compareWithTruth(
  folder: string,
  results: readonly AgencyResult[],
  groups: readonly Group<SignalId>[],
): Promise<string[]> {
  let truth: Truth
  try {
    truth = JSON.parse(await readFile(join(folder, 'truth.json'), 'utf8')) as Truth
  } catch {
    return []
  }
  const idAt = new Map(
    results.flatMap(({ agency, report }) =>
      [...report.signalIds].map(([line, id]) => [`${agency.file}:${line}`, id] as const),
    ),
  )
  const subjects = [...truth.people, ...(truth.scenes ?? [])]
  const subjectOf = new Map<string, number>()
  subjects.forEach(({ records }, subject) => {
    for (const { file, line } of records) {
      const id = idAt.get(`${file}:${line}`)
      if (id !== undefined) subjectOf.set(id, subject)
    }
  })
  const counted = groups.filter(countsAsOverlap)
  const together = new Set(counted.flatMap(({ members }) => pairsOf(members)))
  const expected = subjects.flatMap(({ records, linkedBy }) =>
    pairsOf(records.map(({ file, line }) => idAt.get(`${file}:${line}`) ?? '')).map((pair) => ({
      pair,
      linkedBy,
    })),
  )
  const byNumber = expected.filter(({ linkedBy }) => linkedBy !== 'names')
  const foundOf = (wanted: typeof expected) =>
    wanted.filter(({ pair }) => together.has(pair)).length
  const strangers = counted.filter(
    ({ members }) => new Set(members.map((id) => subjectOf.get(id) ?? id)).size > 1,
  )
  const wrong = strangers.filter(({ links }) =>
    links.some(({ evidence }) => evidence.reasons.some((reason) => reason !== 'phone')),
  )
  const numberOf = new Map(subjects.map(({ id }, subject) => [id, subject]))
  const alike = (truth.apart ?? []).filter(({ why }) => why !== 'one phone')
  const apart = alike.filter(({ people }) => {
    const numbers = people.map((id) => numberOf.get(id))
    return !counted.some(({ members }) => {
      const inside = new Set(members.map((id) => subjectOf.get(id)))
      return numbers.every((number) => inside.has(number))
    })
  })
  return [
    '',
    'Compared with the truth file, which none of the parties has:',
    `  pairs that share an identifier   ${foundOf(byNumber)} of ${byNumber.length} found`,
    `  pairs known by name only         ${foundOf(expected) - foundOf(byNumber)} of ${expected.length - byNumber.length} found`,
    `  twins and namesakes kept apart   ${apart.length} of ${alike.length}`,
    `  overlaps of different subjects   ${wrong.length}; and ${strangers.length - wrong.length} that share a phone, shown as such`,
  ]
}

const pairsOf = (ids: readonly string[]): string[] => {
  const sorted = [...ids].sort()
  return sorted.flatMap((one, at) => sorted.slice(at + 1).map((other) => `${one} ${other}`))
}
