import type { Clock } from '../kernel/clock.ts'
import type { AgencyId, SignalId } from '../kernel/ids.ts'
import { sentenceOf } from '../linkage/evidence.ts'
import type { Group } from '../linkage/types.ts'
import type { MatchableSignal } from '../signals/types.ts'
import { type Quality, qualities, type ReasonClass } from '../wire/codes.ts'
import type { Overlap } from '../wire/signal.ts'
import { groupsAround, type Neighbourhood } from './neighbourhood.ts'

type Others = Overlap['others']

/** The other agencies around an own signal, strongest first; one line per agency, desk and quality. */
export function othersOf(
  neighbourhood: Neighbourhood,
  own: SignalId,
  receiver: AgencyId,
  deskFor: (other: MatchableSignal) => string,
  names: ReadonlyMap<string, string>,
): Others {
  const lines = new Map<string, Others[number]>()
  for (const group of groupsAround(neighbourhood, own)) {
    for (const id of group.members) {
      const other = neighbourhood.signals.get(id)
      if (other === undefined || other.agency === receiver) continue
      const { quality, reasons } = evidenceFor(group, own, id)
      const desk = deskFor(other)
      lines.set(JSON.stringify([other.agency, desk, quality, reasons]), {
        agency: other.agency,
        name: names.get(other.agency) ?? other.agency,
        contactDesk: desk,
        quality,
        reasons,
      })
    }
  }
  return [...lines.values()].sort(
    (one, other) =>
      qualities.indexOf(one.quality) - qualities.indexOf(other.quality) ||
      (one.agency < other.agency ? -1 : 1),
  )
}

/** Evidence between two members: their own link, or what ties the other one to the group. */
function evidenceFor(
  group: Group<SignalId>,
  own: SignalId,
  id: SignalId,
): { readonly quality: Quality; readonly reasons: string[] } {
  const touching = group.links.filter(({ one, other }) => one === id || other === id)
  const direct = touching.find(({ one, other }) => one === own || other === own)
  const [strongest] = touching
  const evidence = direct?.evidence ?? strongest?.evidence
  const reasons = (evidence?.reasons ?? []).map((reason: ReasonClass) => sentenceOf(reason, 'en'))
  return { quality: direct?.evidence.quality ?? group.quality, reasons }
}

/** When the first link of an own signal was found; now, when there is none. */
export const earliestLink = ({ linksAt }: Neighbourhood, own: SignalId, clock: Clock): Date => {
  const times = (linksAt.get(own) ?? []).map(({ foundAt }) => foundAt.getTime())
  return new Date(Math.min(...times, clock.now().getTime()))
}
