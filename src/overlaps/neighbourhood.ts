import type { SignalId } from '../kernel/ids.ts'
import { contradicts, weigh } from '../linkage/evidence.ts'
import { groupLinks } from '../linkage/groups.ts'
import type { Group, Tokens } from '../linkage/types.ts'
import type { Thresholds } from '../linkage/weights.ts'
import { liveSignals } from '../signals/store.ts'
import type { MatchableSignal } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import type { KeyType } from '../wire/codes.ts'
import * as store from './store.ts'
import type { FoundLink, KeptLink } from './types.ts'

/** Largest neighbourhood that is looked at in one go; beyond it only direct links count. */
const largestNeighbourhood = 2_000

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
  readonly links: readonly FoundLink[]
}

/**
 * Everything within reach of these signals: direct links of any quality, and from there on only
 * certain ones, because only certain evidence may chain. What is no evidence by these thresholds is no link.
 */
export async function neighbourhoodOf(
  reader: Reader,
  signals: readonly SignalId[],
  thresholds: Thresholds,
): Promise<Neighbourhood> {
  const links = new Map<string, FoundLink>()
  const live = new Map<SignalId, MatchableSignal>()
  const tokens = new Map<SignalId, Tokens>()
  const load = async (ids: readonly SignalId[]) => {
    for (const signal of await liveSignals(reader, ids)) {
      live.set(signal.id, signal)
      tokens.set(signal.id, tokensOf(signal))
    }
  }
  const weighed = ({ one, other, foundAt }: KeptLink): FoundLink[] => {
    const [left, right] = [tokens.get(one), tokens.get(other)]
    const evidence = left && right && weigh(left, right, thresholds)
    return evidence === undefined ? [] : [{ one, other, foundAt, evidence }]
  }

  const asked = new Set<SignalId>(signals)
  const reached = new Set<SignalId>(signals)
  await load(signals)
  let edge: readonly SignalId[] = signals
  let first = true
  while (edge.length > 0 && reached.size < largestNeighbourhood + signals.length) {
    const kept = await store.linksOf(reader, edge)
    const unknown = kept.flatMap(({ one, other }) => [one, other]).filter((id) => !asked.has(id))
    for (const id of unknown) asked.add(id)
    await load([...new Set(unknown)])
    const next = new Set<SignalId>()
    for (const link of kept.flatMap(weighed)) {
      links.set(`${link.one} ${link.other}`, link)
      if (!first && link.evidence.quality !== 'certain') continue
      for (const end of [link.one, link.other]) if (!reached.has(end)) next.add(end)
    }
    for (const signal of next) reached.add(signal)
    edge = [...next]
    first = false
  }
  const near = ({ one, other }: FoundLink): boolean => reached.has(one) && reached.has(other)
  return {
    signals: new Map([...live].filter(([id]) => reached.has(id))),
    links: [...links.values()].filter(near),
  }
}

/** The groups that `own` is in: it and what appears to concern the same person. */
export function groupsAround(
  { signals, links }: Neighbourhood,
  own: SignalId,
): readonly Group<SignalId>[] {
  const near = new Set<SignalId>([own])
  let grown = true
  while (grown) {
    grown = false
    for (const { one, other, evidence } of links) {
      for (const [here, there] of [
        [one, other],
        [other, one],
      ] as const) {
        const follows = here === own || evidence.quality === 'certain'
        if (near.has(here) && !near.has(there) && follows) {
          near.add(there)
          grown = true
        }
      }
    }
  }
  const tokens = new Map([...near].map((id) => [id, tokensFor(signals, id)]))
  const within = links.filter(({ one, other }) => near.has(one) && near.has(other))
  const groups = groupLinks(within, (one, other) =>
    contradicts(tokens.get(one) ?? new Map(), tokens.get(other) ?? new Map()),
  )
  return groups.filter(({ members }) => members.includes(own))
}

const tokensFor = (signals: ReadonlyMap<SignalId, MatchableSignal>, id: SignalId): Tokens => {
  const signal = signals.get(id)
  return signal === undefined ? new Map() : tokensOf(signal)
}
