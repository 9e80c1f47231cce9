import {
  type CompositeType,
  compositeTypes,
  type Quality,
  qualities,
  type ReasonClass,
} from '../wire/codes.ts'
import { sceneSentences } from './scene-evidence.ts'
import { compare } from './tokens.ts'
import type { Evidence, Language, Tokens } from './types.ts'
import {
  compositeWeights,
  identifierBits,
  lifelongTypes,
  officialTypes,
  startThresholds,
  type Thresholds,
} from './weights.ts'

/** True when both have a BSN, or both a V-number, and none is equal: then they are two persons. */
export const contradicts = (one: Tokens, other: Tokens): boolean =>
  lifelongTypes.some((type) => compare(one, other, type) === 'differ')

/** An equal phone counts only when neither another identifier nor the birth date speaks against it. */
const phoneAgrees = (one: Tokens, other: Tokens): boolean =>
  compare(one, other, 'phone') === 'agree' &&
  ![...officialTypes, 'phone-birth-date' as const, 'phone-birth-year' as const].some(
    (type) => compare(one, other, type) === 'differ',
  )

/** The score of names and birth date alone, in bits; below 0 where they speak against one person. */
export const nameBits = (one: Tokens, other: Tokens): number => {
  let bits = 0
  for (const type of compositeTypes) {
    const outcome = compare(one, other, type)
    if (outcome === 'agree') bits += compositeWeights[type].agree
    if (outcome === 'differ') bits += compositeWeights[type].disagree
  }
  return bits
}

const officialBits = (one: Tokens, other: Tokens): number => {
  const equal = officialTypes.filter((type) => compare(one, other, type) === 'agree')
  return Math.max(0, ...equal.map((type) => identifierBits[type]))
}

/** -1, 0 or 1: the better quality first. */
export const compareQuality = (one: Quality, other: Quality): number =>
  Math.sign(qualities.indexOf(one) - qualities.indexOf(other))

/**
 * True for evidence that may chain: who agrees with the one, is the other too. Names never do, however
 * much they agree: two persons can both look like a third.
 */
export const mayChain = ({ quality, restsOnIdentifier }: Evidence): boolean =>
  quality === 'certain' && restsOnIdentifier

/** Negative, 0 or positive: the stronger evidence first, by quality and then by bits. */
export const compareEvidence = (one: Evidence, other: Evidence): number =>
  compareQuality(one.quality, other.quality) || other.bits - one.bits

const weaker = (one: Quality, other: Quality): Quality =>
  compareQuality(one, other) > 0 ? one : other

const qualityOfBits = (bits: number, thresholds: Thresholds): Quality | undefined =>
  qualities.find((quality) => bits >= thresholds[quality])

/**
 * The most that names can be: all kinds of keys must have spoken. Where a name or part of the birth date is
 * unknown on a side, few did, and they repeat each other: no more than possible.
 */
const bestOf = (one: Tokens, other: Tokens): Quality =>
  compare(one, other, 'names-birth-month') === 'unknown' ? 'possible' : 'certain'

/** A phone is possible by itself and makes names no surer: a household's must not make one of twins. */
const qualityOfContact = (
  names: Quality | undefined,
  best: Quality,
  phone: number,
): Quality | undefined =>
  names === undefined ? (phone > 0 ? 'possible' : undefined) : weaker(names, best)

const placeTypes = ['name-starts-place', 'name-ends-place', 'name-sounds-place'] as const

/** How alike the names and the birth date are, as coarsely as a receiver may know. */
const nameReason = (one: Tokens, other: Tokens): ReasonClass => {
  const agrees = (type: CompositeType) => compare(one, other, type) === 'agree'
  const onOneDay = agrees('family-name-start-birth-date') || agrees('family-name-ending-birth-date')
  if (agrees('names-birth-month') && onOneDay) return 'name-and-birth-date'
  if (bestOf(one, other) === 'possible') {
    if (agrees('name-ends-birth-year')) return 'name-and-birth-year'
    if (placeTypes.some(agrees)) return 'name-and-place'
  }
  return 'similar-name-and-birth-date'
}

const rounded = (bits: number): number => Math.round(bits * 10) / 10

/**
 * What the tokens of two signals say about whether they concern one person; `undefined` when not
 * enough. Pure and symmetric. Missing on either side counts for nothing, in either direction.
 *
 * - An equal BSN, V-number or document: certain, whatever else differs.
 * - An equal phone: possible, unless a BSN, V-number, document or birth date speaks against it.
 * - Names with birth date: the sum of their bits against the thresholds; nothing at all when the
 *   BSN or the V-number differs; at most possible when a name or part of the date is unknown on a side.
 *
 * NOT checked: that both sides' tokens are of one domain and epoch; tokens of two simply never agree.
 */
export const weigh = (
  one: Tokens,
  other: Tokens,
  thresholds: Thresholds = startThresholds,
): Evidence | undefined => {
  const official = officialBits(one, other)
  const phone = phoneAgrees(one, other) ? identifierBits.phone : 0
  // Differing names take nothing from an equal phone or number: people give other names.
  const names = contradicts(one, other) ? 0 : Math.max(0, nameBits(one, other))
  const quality =
    official > 0
      ? 'certain'
      : qualityOfContact(qualityOfBits(names, thresholds), bestOf(one, other), phone)
  if (quality === undefined) return undefined
  const reasons: ReasonClass[] = []
  if (official > 0) reasons.push('official-number')
  if (phone > 0) reasons.push('phone')
  if (names >= thresholds.possible) reasons.push(nameReason(one, other))
  return {
    quality,
    bits: rounded(official + phone + names),
    reasons,
    restsOnIdentifier: official > 0 || phone > 0,
  }
}

const sentences: Readonly<Record<ReasonClass, Readonly<Record<Language, string>>>> = {
  ...sceneSentences,
  'official-number': { en: 'same official number', nl: 'zelfde officiële nummer' },
  phone: { en: 'same phone', nl: 'zelfde telefoonnummer' },
  'name-and-birth-date': {
    en: 'same name and birth date',
    nl: 'zelfde naam en geboortedatum',
  },
  'similar-name-and-birth-date': {
    en: 'similar name and birth date',
    nl: 'vergelijkbare naam en geboortedatum',
  },
  'name-and-birth-year': {
    en: 'similar name and same birth year',
    nl: 'vergelijkbare naam en zelfde geboortejaar',
  },
  'name-and-place': {
    en: 'similar name and same place',
    nl: 'vergelijkbare naam en zelfde plaats',
  },
}

/** A reason in words, as a receiver may read it: the class of evidence, never which number or value. */
export const sentenceOf = (reason: ReasonClass, language: Language): string =>
  sentences[reason][language]

/** Reasons as operators tell them, a class or its English sentence, in a reader's language. Others stand as they are. */
export const reasonsInWords = (told: readonly string[], language: Language): string[] =>
  told.map((one) => {
    const known = Object.entries(sentences).find(([reason, { en }]) => reason === one || en === one)
    return known?.[1][language] ?? one
  })

/** A reason that was told in English, in another language; as it is when it is none of ours. */
export const reasonIn = (language: Language, english: string): string =>
  Object.values(sentences).find(({ en }) => en === english)?.[language] ?? english
