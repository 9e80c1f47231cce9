import { compare, type Comparison as Outcome } from '../../src/linkage/tokens.ts'
import { type CompositeType, compositeTypes } from '../../src/wire/codes.ts'
import type { Comparison } from '../bench/linkage/people.ts'
import { indexOf, type Subject, subjectsOf } from '../bench/linkage/scored-pairs.ts'
import type { Observed, Pattern } from './expectation.ts'

const bearers = (subjects: readonly Subject[], type: CompositeType): number =>
  subjects.filter(({ tokens }) => (tokens.get(type)?.size ?? 0) > 0).length

/** The pairs of two sets, or of one with itself, by how their name keys agree. The truth is not looked at. */
export const observe = ({ ones, others, isOneSet }: Comparison): Observed => {
  const left = subjectsOf(ones)
  const right = isOneSet ? left : subjectsOf(others)
  const holders = indexOf(right)
  const patterns = new Map<string, { outcomes: Pattern['outcomes']; pairs: number }>()
  for (const [at, one] of left.entries()) {
    const near = new Set(
      compositeTypes.flatMap((type) =>
        [...(one.tokens.get(type) ?? [])].flatMap((token) => [...(holders.get(token) ?? [])]),
      ),
    )
    for (const index of near) {
      const other = right[index]
      if (other === undefined || (isOneSet && index <= at)) continue
      const outcomes = Object.fromEntries(
        compositeTypes.map((type): [CompositeType, Outcome] => [
          type,
          compare(one.tokens, other.tokens, type),
        ]),
      ) as Pattern['outcomes']
      const key = Object.values(outcomes).join()
      const known = patterns.get(key)
      if (known === undefined) patterns.set(key, { outcomes, pairs: 1 })
      else known.pairs += 1
    }
  }
  const pairsOf = (one: number, other: number) => (isOneSet ? (one * (one - 1)) / 2 : one * other)
  return {
    types: compositeTypes,
    patterns: [...patterns.values()],
    comparable: Object.fromEntries(
      compositeTypes.map((type) => [type, pairsOf(bearers(left, type), bearers(right, type))]),
    ) as Observed['comparable'],
    allPairs: pairsOf(left.length, right.length),
  }
}
