import type { AgencyId, SignalId } from '../kernel/ids.ts'
import { compareEvidence, mayChain } from '../linkage/evidence.ts'
import type { Group } from '../linkage/types.ts'
import type { Thresholds } from '../linkage/weights.ts'
import type { Reader } from '../store/reader.ts'
import type { Quality } from '../wire/codes.ts'
import {
  apartIn,
  groupsAmong,
  groupsAround,
  type Neighbourhood,
  neighbourhoodOf,
  pairKey,
} from './neighbourhood.ts'
import type { FoundLink } from './types.ts'

/** Signals of two or more agencies that appear to concern one subject, those of one agency together. */
export type Gathering = {
  readonly members: readonly { readonly id: SignalId; readonly agency: AgencyId }[]
  readonly quality: Quality
}

export type Gatherings = ReturnType<typeof openGatherings>

/** Of each agency the signals that are looked at beside one: those with the strongest evidence. */
const nearestPerAgency = 3
/** And of all agencies together. */
const mostNear = 60

const sameAgency =
  ({ signals }: Neighbourhood) =>
  (one: SignalId, other: SignalId): boolean =>
    signals.get(one)?.agency === signals.get(other)?.agency

function gatheringOf({ signals }: Neighbourhood, { members, quality }: Group<SignalId>) {
  const known = members.flatMap((id) => {
    const agency = signals.get(id)?.agency
    return agency === undefined ? [] : [{ id, agency }]
  })
  const agencies = new Set(known.map(({ agency }) => agency))
  return agencies.size < 2 ? [] : [{ members: known, quality }]
}

/** The strongest first, and what is equally strong by the name of the other end: all choose alike. */
const byStrengthFrom =
  (here: SignalId) =>
  (one: FoundLink, other: FoundLink): number => {
    const farOf = (link: FoundLink) => (link.one === here ? link.other : link.one)
    return compareEvidence(one.evidence, other.evidence) || (farOf(one) < farOf(other) ? -1 : 1)
  }

/**
 * Gatherings that share a signal become one where everybody in both may stand together: found from
 * different signals, each saw only the nearest of it.
 */
function united(neighbourhood: Neighbourhood, gatherings: readonly Gathering[]): Gathering[] {
  const isApart = apartIn(neighbourhood)
  const linked = new Set(
    [...neighbourhood.linksAt.values()].flat().map(({ one, other }) => pairKey(one, other)),
  )
  const chainsWith = (id: SignalId, all: ReadonlyMap<SignalId, AgencyId>): boolean =>
    (neighbourhood.linksAt.get(id) ?? []).some(
      ({ one, other, evidence }) => mayChain(evidence) && all.has(one === id ? other : one),
    )
  const fits = (id: SignalId, agency: AgencyId, all: ReadonlyMap<SignalId, AgencyId>): boolean => {
    const chains = chainsWith(id, all)
    return [...all].every(
      ([other, its]) =>
        (chains || its === agency || linked.has(pairKey(id, other))) && !isApart(id, other),
    )
  }
  const whole: { members: Map<SignalId, AgencyId>; quality: Quality }[] = []
  for (const { members, quality } of gatherings) {
    const found = whole.find(
      (one) =>
        members.some(({ id }) => one.members.has(id)) &&
        members.every(({ id, agency }) => one.members.has(id) || fits(id, agency, one.members)),
    )
    if (found === undefined) {
      whole.push({ members: new Map(members.map(({ id, agency }) => [id, agency])), quality })
    } else for (const { id, agency } of members) found.members.set(id, agency)
  }
  return whole.map(({ members, quality }) => ({
    members: [...members].map(([id, agency]) => ({ id, agency })),
    quality,
  }))
}

/** The signal, the strongest around it, what is certain by number from there, and their companions. */
function nearOf(
  { signals, linksAt }: Neighbourhood,
  own: SignalId,
  companionsOf: (id: SignalId) => readonly SignalId[],
): Set<SignalId> {
  const near = new Set<SignalId>([own])
  const perAgency = new Map<AgencyId, number>()
  const add = (id: SignalId) => {
    const agency = signals.get(id)?.agency
    if (agency === undefined || near.has(id) || near.size >= mostNear) return
    const those = perAgency.get(agency) ?? 0
    if (those >= nearestPerAgency) return
    perAgency.set(agency, those + 1)
    near.add(id)
  }
  // A set is walked in the order of its growth, what was added on the way included.
  for (const here of near) {
    for (const { one, other, evidence } of [...(linksAt.get(here) ?? [])].sort(
      byStrengthFrom(here),
    )) {
      if (here === own || mayChain(evidence)) [one, other].forEach(add)
    }
  }
  for (const here of [...near]) companionsOf(here).forEach(add)
  return near
}

/**
 * Overlaps as what people follow up: unlike what a receiver is shown, signals of one agency about the
 * same subject stand together. By the thresholds in force. For the room of follow-up; tells operators,
 * not agencies.
 */
export const openGatherings = (
  thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>,
) => ({
  /**
   * Of each of these live signals the gatherings that it is in, and of those around it that stand in
   * no follow-up yet.
   * @param companions of signals that are followed up already, some that are followed up with them
   */
  async around(
    reader: Reader,
    agreement: string,
    signals: readonly SignalId[],
    companions: (ids: readonly SignalId[]) => Promise<ReadonlyMap<SignalId, readonly SignalId[]>>,
  ): Promise<Gathering[]> {
    const thresholds = await thresholdsOf(reader, agreement)
    const first = await neighbourhoodOf(reader, signals, thresholds)
    const known = await companions([...first.signals.keys()])
    const followed = [...new Set([...known.values()].flat())]
    const strangers = signals.flatMap((id) =>
      (first.linksAt.get(id) ?? []).flatMap(({ one, other }) => [one, other]),
    )
    const asked = [...new Set([...signals, ...strangers.filter((id) => !known.has(id))])]
    const all = [...new Set([...asked, ...followed])]
    const whole =
      all.length === signals.length ? first : await neighbourhoodOf(reader, all, thresholds)
    const found = new Map<string, Gathering>()
    for (const own of asked) {
      const near = nearOf(whole, own, (id) => known.get(id) ?? [])
      for (const group of groupsAmong(whole, near, sameAgency(whole))) {
        if (!group.members.includes(own)) continue
        for (const gathering of gatheringOf(whole, group)) {
          found.set(group.members.join(' '), gathering)
        }
      }
    }
    return united(
      whole,
      [...found.values()].sort((one, other) => other.members.length - one.members.length),
    )
  },

  /** What each of these live signals touches, as its owner is shown it. */
  async touchedBy(
    reader: Reader,
    agreement: string,
    ids: readonly SignalId[],
  ): Promise<ReadonlyMap<SignalId, ReadonlySet<SignalId>>> {
    if (ids.length === 0) return new Map()
    const whole = await neighbourhoodOf(reader, ids, await thresholdsOf(reader, agreement))
    return new Map(
      ids.map((own) => [
        own,
        new Set(
          groupsAround(whole, own).flatMap(({ members }) => members.filter((id) => id !== own)),
        ),
      ]),
    )
  },

  /** The gatherings that these live signals form among themselves, the largest first. */
  async among(reader: Reader, agreement: string, ids: readonly SignalId[]): Promise<Gathering[]> {
    const whole = await neighbourhoodOf(reader, ids, await thresholdsOf(reader, agreement))
    const own = new Set(ids.filter((id) => whole.signals.has(id)))
    return groupsAmong(whole, own, sameAgency(whole))
      .flatMap((group) => gatheringOf(whole, group))
      .sort((one, other) => other.members.length - one.members.length)
  },
})
