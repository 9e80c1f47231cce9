import type { SignalId } from '../kernel/ids.ts'
import { compareEvidence, mayChain } from '../linkage/evidence.ts'
import { groupLinks } from '../linkage/groups.ts'
import { type TokenedSubject, weighSubjects } from '../linkage/subjects.ts'
import { ofEpoch, tokensByType } from '../linkage/tokens.ts'
import type { Group, Tokens } from '../linkage/types.ts'
import { contradictsInAny } from '../linkage/versions.ts'
import type { Thresholds } from '../linkage/weights.ts'
import { liveSignals } from '../signals/store.ts'
import type { MatchableSignal } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import type { KeyType } from '../wire/codes.ts'
import { mostOthers } from '../wire/signal.ts'
import * as store from './store.ts'
import type { FoundLink } from './types.ts'

/** Signals that are looked at in one go, beside those that are asked about. */
const largestNeighbourhood = 2_000
/** Of each signal the links that are looked at: the strongest when they were found. */
export const mostLinks = 100

export const tokensOf = ({ tokens }: MatchableSignal): Tokens =>
  tokensByType(tokens.map(([type, token, epoch]) => [type as KeyType, ofEpoch(token, epoch)]))

export const subjectOf = (signal: MatchableSignal): TokenedSubject => ({
  kind: signal.subjectKind,
  tokens: tokensOf(signal),
})

/** Signals around some others, with everything that is needed to form groups. */
export type Neighbourhood = {
  readonly signals: ReadonlyMap<SignalId, MatchableSignal>
  /** The links at each signal, strongest first. */
  readonly linksAt: ReadonlyMap<SignalId, readonly FoundLink[]>
  /** Pairs that people found to be about different subjects; see `pairKey`. */
  readonly separated: ReadonlySet<string>
}

export const pairKey = (one: string, other: string): string =>
  one < other ? `${one} ${other}` : `${other} ${one}`

const byStrength = (one: FoundLink, other: FoundLink): number =>
  compareEvidence(one.evidence, other.evidence)

/**
 * Everything within reach of these signals: direct links of any quality, and from there on only
 * those that are certain by a number, because only such evidence may chain. What is no evidence by these thresholds is no
 * link. Of each signal the links count that were strongest when they were found, and where too many
 * signals are within reach the nearest do: what a shared phone ties together is bounded.
 */
export async function neighbourhoodOf(
  reader: Reader,
  signals: readonly SignalId[],
  thresholds: Thresholds,
): Promise<Neighbourhood> {
  const links = new Map<string, FoundLink>()
  const live = new Map<SignalId, MatchableSignal>()
  const subjects = new Map<SignalId, TokenedSubject>()
  const asked = new Set<SignalId>()
  const most = largestNeighbourhood + signals.length
  const load = async (ids: readonly SignalId[]) => {
    const unknown = [...new Set(ids)].filter((id) => !asked.has(id)).slice(0, most - asked.size)
    for (const id of unknown) asked.add(id)
    for (const signal of await liveSignals(reader, unknown)) {
      live.set(signal.id, signal)
      subjects.set(signal.id, subjectOf(signal))
    }
  }
  const weighed = (link: FoundLink): FoundLink[] => {
    const [one, other] = [subjects.get(link.one), subjects.get(link.other)]
    const evidence = one && other && weighSubjects(one, other, thresholds)
    return evidence === undefined ? [] : [{ ...link, evidence }]
  }

  const reached = new Set<SignalId>(signals)
  await load(signals)
  let edge: readonly SignalId[] = signals
  let first = true
  while (edge.length > 0) {
    const kept = (await store.linksOf(reader, edge, mostLinks)).sort(byStrength)
    await load(kept.flatMap(({ one, other }) => [one, other]))
    const next = new Set<SignalId>()
    for (const link of kept.flatMap(weighed)) {
      links.set(`${link.one} ${link.other}`, link)
      if (!first && !mayChain(link.evidence)) continue
      for (const end of [link.one, link.other]) {
        if (reached.has(end)) continue
        reached.add(end)
        next.add(end)
      }
    }
    edge = [...next]
    first = false
  }
  const near = [...live.values()].filter(({ id }) => reached.has(id))
  const apart = await store.separationsAmong(
    reader,
    near.map(({ id }) => id),
  )
  return neighbourhoodFrom(near, [...links.values()], apart)
}

/** These signals with the links between them. */
export function neighbourhoodFrom(
  live: readonly MatchableSignal[],
  links: readonly FoundLink[],
  separations: readonly (readonly [SignalId, SignalId])[] = [],
): Neighbourhood {
  const signals = new Map(live.map((signal) => [signal.id, signal]))
  const linksAt = new Map<SignalId, FoundLink[]>(live.map(({ id }) => [id, []]))
  for (const link of [...links].sort(byStrength)) {
    if (!signals.has(link.one) || !signals.has(link.other)) continue
    for (const end of [link.one, link.other]) linksAt.get(end)?.push(link)
  }
  return {
    signals,
    linksAt,
    separated: new Set(separations.map(([one, other]) => pairKey(one, other))),
  }
}

/** The groups that `own` is in: it and what appears to concern the same subject. */
export function groupsAround(
  neighbourhood: Neighbourhood,
  own: SignalId,
): readonly Group<SignalId>[] {
  const { linksAt } = neighbourhood
  const near = new Set<SignalId>([own])
  // A set is walked in the order of its growth, what was added on the way included.
  for (const here of near) {
    for (const { one, other, evidence } of linksAt.get(here) ?? []) {
      if (near.size > mostOthers) break
      if (here === own || mayChain(evidence)) near.add(one).add(other)
    }
  }
  return groupsAmong(neighbourhood, near).filter(({ members }) => members.includes(own))
}

/**
 * The groups that these signals form among themselves.
 * @param needsNoLink pairs that no link can join
 */
export function groupsAmong(
  neighbourhood: Neighbourhood,
  near: ReadonlySet<SignalId>,
  needsNoLink?: (one: SignalId, other: SignalId) => boolean,
): Group<SignalId>[] {
  const within = new Set(
    [...near].flatMap((here) =>
      (neighbourhood.linksAt.get(here) ?? []).filter(
        ({ one, other }) => near.has(one) && near.has(other),
      ),
    ),
  )
  return groupLinks([...within], apartIn(neighbourhood), needsNoLink)
}

/** Whether two signals are about different subjects: their numbers say so, or people found it. */
export function apartIn({ signals, separated }: Neighbourhood) {
  const tokens = new Map<SignalId, Tokens>()
  const tokensFrom = (id: SignalId): Tokens => {
    const found = tokens.get(id) ?? tokensFor(signals, id)
    tokens.set(id, found)
    return found
  }
  return (one: SignalId, other: SignalId): boolean =>
    separated.has(pairKey(one, other)) || contradictsInAny(tokensFrom(one), tokensFrom(other))
}

const tokensFor = (signals: ReadonlyMap<SignalId, MatchableSignal>, id: SignalId): Tokens => {
  const signal = signals.get(id)
  return signal === undefined ? new Map() : tokensOf(signal)
}
