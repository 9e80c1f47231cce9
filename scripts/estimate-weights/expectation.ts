import type { Comparison } from '../../src/linkage/tokens.ts'
import type { CompositeType } from '../../src/wire/codes.ts'

/** Pairs that agree and differ in the same types; nothing is known of who is who. */
export type Pattern = {
  readonly outcomes: Readonly<Record<CompositeType, Comparison>>
  readonly pairs: number
}

export type Observed = {
  readonly types: readonly CompositeType[]
  /** Of all pairs that agree in one type at least. */
  readonly patterns: readonly Pattern[]
  /** All pairs in which both sides have a key of the type. */
  readonly comparable: Readonly<Record<CompositeType, number>>
  readonly allPairs: number
}

/** The share of pairs of one person, and of pairs of two, that agree in a type. */
export type Estimate = { readonly m: number; readonly u: number }

const rounds = 60
/** No type is taken to agree always or never, whatever one set says. */
const within = (share: number): number => Math.min(0.97, Math.max(0.05, share))

/**
 * Fellegi–Sunter weights without the truth, by expectation maximisation (Dempster, Laird and Rubin 1977;
 * Winkler 2000): from weights, how likely each pattern is one person; from that, better weights; again.
 *
 * NOT promised: that the posteriors are right. Types that repeat each other make them too sure; the order
 * in which pairs come is what is used, and thresholds are set apart from it.
 */
export const estimate = ({
  types,
  patterns,
  comparable,
  allPairs,
}: Observed): ReadonlyMap<CompositeType, Estimate> => {
  const agreeing = (type: CompositeType, weight: (pattern: Pattern) => number): number =>
    patterns.reduce(
      (sum, pattern) => sum + (pattern.outcomes[type] === 'agree' ? weight(pattern) : 0),
      0,
    )
  const chance = (type: CompositeType, pairs: number): number =>
    Math.max((pairs + 0.5) / Math.max(comparable[type], 1), 1e-8)
  let estimates = new Map(
    types.map((type) => [
      type,
      {
        m: 0.8,
        u: chance(
          type,
          agreeing(type, ({ pairs }) => pairs),
        ),
      },
    ]),
  )
  let prior = 1e-5
  for (let round = 0; round < rounds; round += 1) {
    const odds = Math.log(prior / (1 - prior))
    const posteriors = new Map(
      patterns.map((pattern) => {
        let sum = odds
        for (const [type, { m, u }] of estimates) {
          if (pattern.outcomes[type] === 'agree') sum += Math.log(m / u)
          if (pattern.outcomes[type] === 'differ') sum += Math.log((1 - m) / (1 - u))
        }
        return [pattern, 1 / (1 + Math.exp(-sum))]
      }),
    )
    const matches = (pattern: Pattern) => pattern.pairs * (posteriors.get(pattern) ?? 0)
    prior = Math.max(patterns.reduce((sum, one) => sum + matches(one), 0) / allPairs, 1e-9)
    estimates = new Map(
      types.map((type) => {
        const known = patterns.reduce(
          (sum, one) => sum + (one.outcomes[type] === 'unknown' ? 0 : matches(one)),
          0,
        )
        const others = agreeing(type, (one) => one.pairs - matches(one))
        return [
          type,
          { m: within(agreeing(type, matches) / Math.max(known, 1)), u: chance(type, others) },
        ]
      }),
    )
  }
  return estimates
}

export type Bits = { readonly agree: number; readonly disagree: number }

export const bitsOf = ({ m, u }: Estimate): Bits => ({
  agree: Math.log2(m / u),
  disagree: Math.log2((1 - m) / (1 - u)),
})
