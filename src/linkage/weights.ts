import type { CompositeType, KeyType, Quality } from '../wire/codes.ts'

/**
 * The published weights of linkage key version 1, in bits (log-likelihood ratios, base 2). They are
 * data: nothing here learns from what is linked.
 *
 * Origin of the composites: Fellegi–Sunter, m and u estimated by expectation maximisation without
 * labels on six training sets (synthetic Australian, Dutch and British persons, German and American
 * records with real errors), the mean of the six; see `docs/linkage.md`. Origin of the identifiers:
 * set by hand; an equal official number decides by rule, its bits only put links in order.
 */

export const officialTypes = ['bsn', 'v-number', 'document'] as const satisfies readonly KeyType[]

/** Numbers that belong to one person for life: two different ones are two persons. */
export const lifelongTypes = ['bsn', 'v-number'] as const satisfies readonly KeyType[]

export type Weight = {
  /** Share of pairs of one person that agree, and of pairs of two persons that agree. */
  readonly m: number
  readonly u: number
  /** Bits for agreement and for disagreement; the means of the sets, not `log2` of the means. */
  readonly agree: number
  readonly disagree: number
}

export const compositeWeights: Readonly<Record<CompositeType, Weight>> = {
  'family-name-start-birth-date': { m: 0.74, u: 1.3e-6, agree: 19.1, disagree: -2.2 },
  'family-name-ending-birth-date': { m: 0.69, u: 5.1e-7, agree: 20.3, disagree: -1.8 },
  'given-name-start-birth-day': { m: 0.75, u: 3.6e-6, agree: 17.6, disagree: -2.1 },
  'given-name-birth-month': { m: 0.71, u: 9.5e-6, agree: 16.2, disagree: -1.9 },
  'names-birth-month': { m: 0.56, u: 2.7e-8, agree: 24.1, disagree: -1.3 },
  'name-sounds-birthday': { m: 0.72, u: 4.8e-7, agree: 20.4, disagree: -2.1 },
  'name-endings-birth-day': { m: 0.57, u: 6.1e-8, agree: 23.1, disagree: -1.3 },
  'name-ends-birthday': { m: 0.7, u: 1.2e-6, agree: 19.1, disagree: -1.8 },
  'name-ends-birth-year': { m: 0.75, u: 4.0e-6, agree: 17.5, disagree: -2 },
  'name-starts-birth-year': { m: 0.9, u: 7.2e-6, agree: 16.9, disagree: -3.5 },
  'name-starts-place': { m: 0.83, u: 2.3e-6, agree: 18.4, disagree: -3.3 },
  'name-ends-place': { m: 0.74, u: 2.8e-6, agree: 18, disagree: -2.2 },
  'name-sounds-place': { m: 0.79, u: 1.7e-6, agree: 18.8, disagree: -2.7 },
  'family-name-start-place-birth-year': { m: 0.64, u: 1.3e-5, agree: 15.5, disagree: -1.7 },
  'given-name-start-place-birth-year': { m: 0.62, u: 8.9e-6, agree: 16, disagree: -1.6 },
  names: { m: 0.52, u: 3.3e-5, agree: 13.9, disagree: -1.1 },
}

export const identifierBits: Readonly<Record<(typeof officialTypes)[number] | 'phone', number>> = {
  bsn: 40,
  'v-number': 30,
  document: 30,
  phone: 8,
}

/** Bits from which name evidence, or name evidence and a phone together, is of a quality. */
export type Thresholds = Readonly<Record<Quality, number>>

/** In force until people of an agreement move one; see `docs/linkage.md`, "Thresholds for your own pool". */
export const startThresholds: Thresholds = {
  certain: 160,
  probable: 40,
  possible: 20,
}
