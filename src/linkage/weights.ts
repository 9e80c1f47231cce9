import type { KeyType, Quality } from '../wire/codes.ts'

/**
 * The published weights of linkage key version 1, in bits (log-likelihood ratios, base 2). They are
 * data: nothing here learns from what is linked.
 *
 * Origin of the composites: Fellegi–Sunter, m and u estimated by expectation maximisation without
 * labels on six training sets (synthetic Australian, Dutch and British persons, German and American
 * records with real errors), the mean of the six; see `docs/linkage.md`. Origin of the identifiers:
 * set by hand; an equal official number decides by rule, its bits only put links in order.
 */

/** The types that carry name evidence: names together with a birth date. */
export const compositeTypes = [
  'names-birth-date',
  'family-name-birth-date',
  'name-ends-birth-year',
] as const satisfies readonly KeyType[]

export type CompositeType = (typeof compositeTypes)[number]

export const officialTypes = ['bsn', 'v-number', 'document'] as const satisfies readonly KeyType[]

/** Numbers that belong to one person for life: two different ones are two persons. */
export const lifelongTypes = ['bsn', 'v-number'] as const satisfies readonly KeyType[]

export type Weight = {
  /** Name of the key in the study. */
  readonly study: string
  /** Share of pairs of one person that agree, and of pairs of two persons that agree. */
  readonly m: number
  readonly u: number
  /** Bits for agreement and for disagreement; the means of six sets, not `log2` of the means. */
  readonly agree: number
  readonly disagree: number
}

export const compositeWeights: Readonly<Record<CompositeType, Weight>> = {
  'names-birth-date': { study: 'C2D', m: 0.62, u: 1.8e-7, agree: 21.8, disagree: -1.4 },
  'family-name-birth-date': { study: 'SD', m: 0.58, u: 4.5e-7, agree: 20.3, disagree: -1.2 },
  'name-ends-birth-year': { study: 'E2Y', m: 0.68, u: 3.5e-6, agree: 17.6, disagree: -1.7 },
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
  certain: 45,
  probable: 30,
  possible: 20,
}

/** The most that names and birth date can be without any identifier, in this version. */
export const bestOfNamesAlone: Quality = 'probable'
