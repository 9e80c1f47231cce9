import type { SignalId } from '../kernel/ids.ts'
import { compareQuality, contradicts } from '../linkage/evidence.ts'
import { groupLinks } from '../linkage/groups.ts'
import type { Group, Tokens } from '../linkage/types.ts'
import { liveSignals } from '../signals/store.ts'
import type { MatchableSignal } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import type { KeyType } from '../wire/codes.ts'
import { mostOthers } from '../wire/signal.ts'
import * as store from './store.ts'
import type { FoundLink } from './types.ts'

/** Signals that are looked at in one go, beside those that are asked about. */
const largestNeighbourhood = 2_000
/** Of each signal the strongest links that are looked at. */
export const mostLinks = 100

export const tokensOf = ({ tokens }: MatchableSignal): Tokens => {
  const byType = new Map<KeyType, Set<string>>()
  for (const [type, token] of tokens) {
    const known = byType.get(type as KeyType) ?? new Set()
    byType.set(type as KeyType, known.add(token))
  }
  return byType
}

/** Signals around some others, with everything that is needed to form groups. */
export type Neighbourhood = {
  readonly signals: ReadonlyMap<SignalId, MatchableSignal>
  /** The links at each signal, strongest first. */
  readonly linksAt: ReadonlyMap<SignalId, readonly FoundLink[]>
}

const byStrength = (one: FoundLink, other: FoundLink): number =>
  compareQuality(one.evidence.quality, other.evidence.quality) ||
  other.evidence.bits - one.evidence.bits

/**
 * Everything within reach of these signals: direct links of any quality, and from there on only
 * certain ones, because only certain evidence may chain. Of each signal the strongest links count, and
 * where too many signals are within reach the nearest do: what a shared phone ties together is bounded.
 */
export async function neighbourhoodOf(
  reader: Reader,
  signals: readonly SignalId[],
): Promise<Neighbourhood> {
  const links = new Map<string, FoundLink>()
  const reached = new Set<SignalId>(signals)
  const most = largestNeighbourhood + signals.length
  let edge: readonly SignalId[] = signals
  let first = true
  while (edge.length > 0 && reached.size < most) {
    const next = new Set<SignalId>()
    for (const link of (await store.linksOf(reader, edge, mostLinks)).sort(byStrength)) {
      links.set(`${link.one} ${link.other}`, link)
      if (!first && link.evidence.quality !== 'certain') continue
      for (const end of [link.one, link.other]) {
        if (reached.has(end) || reached.size === most) continue
        reached.add(end)
        next.add(end)
      }
    }
    edge = [...next]
    first = false
  }
  return neighbourhoodFrom(await liveSignals(reader, [...reached]), [...links.values()])
}

/** These signals with the links between them. */
export function neighbourhoodFrom(
  live: readonly MatchableSignal[],
  links: readonly FoundLink[],
): Neighbourhood {
  const signals = new Map(live.map((signal) => [signal.id, signal]))
  const linksAt = new Map<SignalId, FoundLink[]>(live.map(({ id }) => [id, []]))
  for (const link of [...links].sort(byStrength)) {
    if (!signals.has(link.one) || !signals.has(link.other)) continue
    for (const end of [link.one, link.other]) linksAt.get(end)?.push(link)
  }
  return { signals, linksAt }
}

/** The groups that `own` is in: it and what appears to concern the same person. */
export function groupsAround(
  { signals, linksAt }: Neighbourhood,
  own: SignalId,
): readonly Group<SignalId>[] {
  const near = new Set<SignalId>([own])
  // A set is walked in the order of its growth, what was added on the way included.
  for (const here of near) {
    for (const { one, other, evidence } of linksAt.get(here) ?? []) {
      if (near.size > mostOthers) break
      if (here === own || evidence.quality === 'certain') near.add(one).add(other)
    }
  }
  const tokens = new Map([...near].map((id) => [id, tokensFor(signals, id)]))
  const within = new Set(
    [...near].flatMap((here) =>
      (linksAt.get(here) ?? []).filter(({ one, other }) => near.has(one) && near.has(other)),
    ),
  )
  const groups = groupLinks([...within], (one, other) =>
    contradicts(tokens.get(one) ?? new Map(), tokens.get(other) ?? new Map()),
  )
  return groups.filter(({ members }) => members.includes(own))
}

const tokensFor = (signals: ReadonlyMap<SignalId, MatchableSignal>, id: SignalId): Tokens => {
  const signal = signals.get(id)
  return signal === undefined ? new Map() : tokensOf(signal)
}
