import type { AgencyId } from '../kernel/ids.ts'
import { dutchTimeOf } from './days.ts'
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

/** Who an act is laid at: the officer, where the agency names one, on whatever machine. */
export const actorNameOf = ({ client, officer }: Pick<ActEntry, 'client' | 'officer'>): string =>
  officer === undefined ? `client:${client}` : `officer:${officer}`

export const aboutOf = ({ signalId, handle, followUp }: ActEntry): string | undefined =>
  signalId ?? handle ?? followUp

const isRefused = ({ outcome }: ActEntry): boolean => outcome === 'refuse'

type Counted = { readonly measure: Measure; readonly key?: string; readonly amount?: number }

function* countedOf(entry: ActEntry, subject: Subject | undefined): Generator<Counted> {
  if (looks.has(entry.kind)) {
    yield { measure: 'look' }
    const about = subject?.name ?? aboutOf(entry)
    if (about !== undefined) yield { measure: 'subject', key: about }
  }
  if (isRefused(entry)) return
  if (entry.kind === 'signal.submit') yield { measure: 'submit' }
  if (entry.kind === 'evaluation.evaluate' && entry.retry !== true) {
    yield { measure: 'elements', amount: entry.elements ?? 0 }
  }
}

/** The name under which `FindSubjects` tells of what an act names. */
export const askedName = (agency: AgencyId, about: string): string => `${agency} ${about}`

/** What entries add to the tallies; alike ones together, in the order in which they are stored. */
export function talliesOf(
  entries: readonly ActEntry[],
  subjects: ReadonlyMap<string, Subject>,
): Tally[] {
  const tallies = new Map<string, Tally>()
  for (const entry of entries) {
    const about = aboutOf(entry)
    const subject = about === undefined ? undefined : subjects.get(askedName(entry.agency, about))
    const { agency, client } = entry
    const actor = actorNameOf(entry)
    const { day } = dutchTimeOf(entry.at)
    for (const { measure, key = '', amount = 1 } of countedOf(entry, subject)) {
      const name = JSON.stringify([agency, measure, actor, key, day])
      const before = tallies.get(name)?.amount ?? 0
      tallies.set(name, { agency, measure, actor, key, day, client, amount: before + amount })
    }
  }
  return [...tallies.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, t]) => t)
}
