import type { Quality } from '../wire/codes.ts'
import { compareEvidence, mayChain } from './evidence.ts'
import type { Group, Link } from './types.ts'

type Cluster<Id extends string> = { readonly members: ReadonlySet<Id>; readonly quality: Quality }

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** Strongest first; ties by name, so that the order in which links arrive means nothing. */
const byStrength = (one: Link, other: Link): number =>
  compareEvidence(one.evidence, other.evidence) ||
  order(one.one, other.one) ||
  order(one.other, other.other)

const keyOf = (one: string, other: string): string => JSON.stringify([one, other].sort(order))

/** Each pair once, with its strongest link, ends in order; a link of a signal with itself is none. */
const distinct = <Id extends string>(links: readonly Link<Id>[]): readonly Link<Id>[] => {
  const directed = links
    .filter(({ one, other }) => one !== other)
    .map((link) => (link.one < link.other ? link : { ...link, one: link.other, other: link.one }))
    .sort(byStrength)
  const seen = new Set<string>()
  return directed.filter((link) => {
    const key = keyOf(link.one, link.other)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/**
 * Groups of signals that appear to concern one person, from the links between pairs of them.
 *
 * Links are taken strongest first. The clusters at both ends of a link become one when no pair
 * across them contradicts, and either the link is certain by a number or every pair across them is
 * linked: so two different persons are not chained through a weak link, or through names, in the middle. A link that ends up
 * between two clusters becomes a group of its own, so that no link is lost: a signal can be in
 * several groups.
 *
 * A group's quality is that of the weakest link that is needed to hold it together (the minimum of
 * its maximum spanning tree). Pure; independent of the order of `links` and of their direction;
 * a pair named twice counts with its strongest link.
 *
 * @param contradicts must be symmetric
 * @param needsNoLink pairs that no link can join, such as two signals of one agency; symmetric
 */
export const groupLinks = <Id extends string>(
  links: readonly Link<Id>[],
  contradicts: (one: Id, other: Id) => boolean,
  needsNoLink: (one: Id, other: Id) => boolean = () => false,
): Group<Id>[] => {
  const sorted = distinct(links)
  const linked = new Set(sorted.map(({ one, other }) => keyOf(one, other)))
  const clusters = new Map<Id, Cluster<Id>>()
  const clusterOf = (id: Id): Cluster<Id> =>
    clusters.get(id) ?? { members: new Set([id]), quality: 'certain' }

  const mayMerge = (chains: boolean, one: Cluster<Id>, other: Cluster<Id>): boolean => {
    for (const a of one.members) {
      for (const b of other.members) {
        const joined = chains || linked.has(keyOf(a, b)) || needsNoLink(a, b)
        if (!joined || contradicts(a, b)) return false
      }
    }
    return true
  }

  for (const { one, other, evidence } of sorted) {
    const [left, right] = [clusterOf(one), clusterOf(other)]
    if (left.members.has(other) || !mayMerge(mayChain(evidence), left, right)) continue
    // Links come strongest first, so the link that merges last is the weakest that is needed.
    const merged = {
      members: new Set([...left.members, ...right.members]),
      quality: evidence.quality,
    }
    for (const member of merged.members) clusters.set(member, merged)
  }

  const inside = new Map<Cluster<Id>, Link<Id>[]>([...clusters.values()].map((all) => [all, []]))
  const loose: Group<Id>[] = []
  for (const link of sorted) {
    const cluster = clusterOf(link.one)
    if (cluster.members.has(link.other)) inside.get(cluster)?.push(link)
    else {
      const members = [link.one, link.other]
      loose.push({ members, quality: link.evidence.quality, links: [link] })
    }
  }
  const groups = [...inside].map(
    ([{ members, quality }, own]): Group<Id> => ({
      members: [...members].sort(order),
      quality,
      links: own,
    }),
  )
  return [...groups, ...loose].sort((one, other) =>
    order(JSON.stringify(one.members), JSON.stringify(other.members)),
  )
}
