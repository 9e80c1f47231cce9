import type { KeyType } from '../wire/codes.ts'
import { plainTown } from './addresses.ts'
import { padded, usableDate } from './birth-date.ts'
import { areWithheldAsCommon, type KeyedDate, type NameParts, nameRecipes } from './name-recipes.ts'
import { familyNameParts, leadingGivenName } from './normalise.ts'
import type { BirthDate, Identity, LinkageKey, Withheld } from './types.ts'

/** Version of every rule that a key depends on: recipes, name tables, skeleton, transliteration. */
export const linkageVersion = 'lk1'

type Recipe = {
  readonly type: KeyType
  /** The values of this key, each in parts; several when a part has several forms. */
  readonly make: (from: Identity, date: KeyedDate | undefined) => readonly (readonly string[])[]
}

/** One key with these parts, or none when a part is absent. */
const whole = (...parts: readonly (string | undefined)[]): readonly (readonly string[])[] =>
  parts.every((part) => part !== undefined) ? [parts] : []

/** The keys of version 1 that rest on a number; those of names are in `name-recipes.ts`. */
const numberRecipes: readonly Recipe[] = [
  { type: 'bsn', make: ({ bsn }) => whole(bsn) },
  { type: 'v-number', make: ({ vNumber }) => whole(vNumber) },
  { type: 'document', make: ({ document }) => whole(document?.country, document?.number) },
  { type: 'phone', make: ({ phone }) => whole(phone) },
  {
    type: 'phone-birth-date',
    make: ({ phone }, date) => whole(phone, date?.full && date.year + date.full.sorted),
  },
  {
    // 1 January gives its year, a partial date does not: what was left open may be wrong as well.
    type: 'phone-birth-year',
    make: ({ phone, birthDate }, date) =>
      birthDate?.day === undefined ? [] : whole(phone, date?.year),
  },
]

/** The date as keys use it; 1 January and every date with an unknown part count as a year alone. */
const keyedDate = (birthDate: BirthDate | undefined): KeyedDate | undefined => {
  if (birthDate === undefined) return undefined
  const date = usableDate(birthDate)
  const year = padded(date.year, 4)
  if (date.kind !== 'full') return { year }
  const [month, day] = [padded(date.month, 2), padded(date.day, 2)]
  return { year, full: { month, day, sorted: [month, day].sort().join('') } }
}

/** A place as keys use it: small Latin letters only; none when nothing remains. */
const keyedPlace = (place: string | undefined): string | undefined => {
  const letters = place === undefined ? '' : plainTown(place).replace(/[^a-z]/g, '')
  return letters === '' ? undefined : letters
}

/** The names, the date and the place of an identity as keys use them. */
export const namePartsOf = ({ givenNames, familyName, birthDate, place }: Identity): NameParts => ({
  given: givenNames === undefined ? undefined : leadingGivenName(givenNames),
  family: familyName === undefined ? [] : familyNameParts(familyName),
  date: keyedDate(birthDate),
  place: keyedPlace(place),
})

/** Every way in which this identity's keys fall short, in words for the person who entered it. */
const shortfalls = (identity: Identity, parts: NameParts): readonly Withheld[] => {
  const withheld: Withheld[] = []
  const absent = (reason: string) => withheld.push({ reason, isAbsent: true })
  const unusable = (reason: string) => withheld.push({ reason })
  const kind = identity.birthDate === undefined ? undefined : usableDate(identity.birthDate).kind
  if (kind === undefined) absent('no birth date: names alone are shared by too many')
  if (kind === 'partial') unusable('partial birth date: it is counted as a year only')
  if (kind === 'first-of-january') {
    unusable('1 January is what registries write for an unknown day: it is counted as a year only')
  }
  if (identity.givenNames === undefined) absent('no given name')
  else if (parts.given === undefined) {
    unusable('no usable given name: an initial is shared by too many')
  }
  if (identity.familyName === undefined) absent('no family name')
  else if (parts.family.length === 0) unusable('no usable family name')
  if (areWithheldAsCommon(parts)) {
    unusable('very common names: without a full birth date they are shared by too many')
  }
  return withheld
}

/**
 * The linkage keys of one identity, `lk1|<type>|<parts>`, without duplicates, in a fixed order.
 * At most 22: six of numbers, and ten kinds of names, of which a family name of two parts gives six twice.
 *
 * Promised: pure; every key rests on an identifier, on names together with a birth date, or on both
 * names of somebody whose birth year or place at least is known, so that no key says a name, a year or a place
 * alone. NOT promised: secrecy. Keys can be enumerated; they never leave the partner unblinded.
 *
 * `withheld` says why name keys are fewer than they could be; it holds no value.
 */
export const linkageKeys = (identity: Identity): { keys: LinkageKey[]; withheld: Withheld[] } => {
  const parts = namePartsOf(identity)
  const made = [
    ...numberRecipes.map(({ type, make }) => ({ type, values: make(identity, parts.date) })),
    ...nameRecipes.map(({ type, make }) => ({ type, values: make(parts) })),
  ]
  const keys = made.flatMap(({ type, values }) =>
    [...new Set(values.map((value) => [linkageVersion, type, ...value].join('|')))].map(
      (value): LinkageKey => ({ type, value }),
    ),
  )
  return { keys, withheld: [...shortfalls(identity, parts)] }
}
