import type { AgencyId } from '../kernel/ids.ts'
import { regions } from '../wire/codes/regions.ts'
import { dutchTimeOf, nightOf } from './days.ts'
import { type AlarmRules, nightHours } from './rules.ts'
import type { ActEntry, Measure, Subject, Tally } from './types.ts'

/** Acts that show something of one subject. */
const looks: ReadonlySet<string> = new Set([
  'signal.read',
  'overlap.read',
  'overlap.read-end',
  'follow-up.read',
  'feedback.read',
  'disclosure.read',
  'disclosure.release',
  'emergency.read',
])
const lists: ReadonlySet<string> = new Set([
  'overlap.list',
  'follow-up.list',
  'disclosure.list',
  'archive.list',
  'access.list',
])
const secondsPerHour = 3_600
const secondsPerDay = 86_400

/** Who an act is laid at: the officer, where the agency names one, on whatever machine. */
export const actorNameOf = ({ client, officer }: Pick<ActEntry, 'client' | 'officer'>): string =>
  officer === undefined ? `client:${client}` : `officer:${officer}`

export const aboutOf = ({ signalId, handle, followUp }: ActEntry): string | undefined =>
  signalId ?? handle ?? followUp

/** The police unit in which a region lies: neighbouring regions of one unit count as one. */
const unitOf = (region: string | undefined): string | undefined =>
  regions.find(({ code }) => code === region)?.unit

type Counted = {
  readonly measure: Measure
  readonly key?: string
  readonly amount?: number
  readonly day?: string
}

const secondsBetween = (one: Date, other: Date): number => (other.getTime() - one.getTime()) / 1000

type Rules = Partial<AlarmRules>

function* countedOfLook(
  entry: ActEntry,
  subject: Subject | undefined,
  rules: Rules,
): Generator<Counted> {
  yield { measure: 'look' }
  const night = nightOf(entry.at, nightHours)
  if (night !== undefined) yield { measure: 'night', day: night }
  const about = aboutOf(entry)
  if (about === undefined) return
  const key = subject?.name ?? about
  yield { measure: 'subject', key }
  if (subject === undefined) {
    if (entry.outcome === 'refuse') yield { measure: 'missing', key }
    return
  }
  const grace = (rules['no-open-case']?.graceDays ?? 0) * secondsPerDay
  const { overSince } = subject
  if (overSince !== undefined && secondsBetween(overSince, entry.at) >= grace) {
    yield { measure: 'over', key }
  }
  const unit = unitOf(subject.region)
  if (unit !== undefined) yield { measure: 'region', key: `${unit}|${key}` }
}

function* countedOfSignal(
  { kind, at, signalId = '' }: ActEntry,
  subject: Subject | undefined,
  rules: Rules,
): Generator<Counted> {
  if (kind === 'signal.submit') {
    yield { measure: 'submit' }
    if (subject?.touches !== undefined) yield { measure: subject.touches ? 'hit' : 'miss' }
    const unit = unitOf(subject?.region)
    if (unit !== undefined) {
      yield { measure: 'home-region', key: unit }
      yield { measure: 'region', key: `${unit}|${subject?.name ?? signalId}` }
    }
  }
  if (kind === 'signal.correct') yield { measure: 'corrected', key: signalId }
  if (kind === 'signal.withdraw' && subject?.submittedAt !== undefined) {
    const hours = secondsBetween(subject.submittedAt, at) / secondsPerHour
    const soon = rules['submit-look-withdraw']?.withinHours ?? 0
    if (hours <= soon) yield { measure: 'soon-withdrawn', key: signalId }
  }
}

function* countedOf(
  entry: ActEntry,
  subject: Subject | undefined,
  rules: Rules,
): Generator<Counted> {
  const { kind, answerSize = 0 } = entry
  if (looks.has(kind)) yield* countedOfLook(entry, subject, rules)
  if (entry.outcome === 'refuse') return
  if (kind.startsWith('signal.')) yield* countedOfSignal(entry, subject, rules)
  if (lists.has(kind)) yield { measure: 'list', amount: Math.max(1, answerSize) }
  if (kind.endsWith('.export')) yield { measure: 'export', amount: Math.max(1, answerSize) }
  if (kind.startsWith('evaluation.') && entry.retry !== true) {
    yield { measure: 'elements', amount: entry.elements ?? 0 }
    yield { measure: 'batch' }
    const night = nightOf(entry.at, nightHours)
    if (night !== undefined) yield { measure: 'night-batch', day: night }
  }
  if (kind === 'subject-request.file') yield { measure: 'protected' }
  if (kind === 'staff.protect') yield { measure: 'protected', amount: entry.members ?? 0 }
  if (subject?.staff === true && kind !== 'signal.withdraw')
    yield { measure: 'staff', key: subject.name }
}

/** The name under which `FindSubjects` tells of what an act names. */
export const askedName = (agency: AgencyId, about: string): string => `${agency} ${about}`

/** What entries add to the tallies; alike ones together, in the order in which they are stored. */
export function talliesOf(
  entries: readonly ActEntry[],
  subjects: ReadonlyMap<string, Subject>,
  rules: Rules,
): Tally[] {
  const tallies = new Map<string, Tally>()
  for (const entry of entries) {
    const about = aboutOf(entry)
    const subject = about === undefined ? undefined : subjects.get(askedName(entry.agency, about))
    const { agency, client } = entry
    const actor = actorNameOf(entry)
    const today = dutchTimeOf(entry.at).day
    for (const counted of countedOf(entry, subject, rules)) {
      const { measure, key = '', amount = 1, day = today } = counted
      const name = JSON.stringify([agency, measure, actor, key, day])
      const before = tallies.get(name)?.amount ?? 0
      tallies.set(name, { agency, measure, actor, key, day, client, amount: before + amount })
    }
  }
  return [...tallies.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, tally]) => tally)
}
