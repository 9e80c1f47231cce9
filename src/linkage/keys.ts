import type { KeyType } from '../wire/codes.ts'
import { canonicalDay, type UsableDate, usableDate } from './birth-date.ts'
import { familyNameParts, leadingGivenName } from './normalise.ts'
import { skeletonOf } from './skeleton.ts'
import type { Identity, LinkageKey, Withheld } from './types.ts'

/** Version of every rule that a key depends on: recipes, name tables, skeleton, transliteration. */
export const linkageVersion = 'lk1'

/** What the recipes are made of; whatever is absent keeps its keys from being made. */
type Ingredients = {
  readonly identity: Identity
  /** The first given name; never an initial. */
  readonly given: string | undefined
  /** First and last part of the family name. */
  readonly family: readonly string[]
  readonly date: UsableDate | undefined
  /** Full date, day and month in order of size; absent for 1 January and for partial dates. */
  readonly day: string | undefined
}

type Recipe = {
  readonly type: KeyType
  /** The values of this key, each in parts; several when a part has several forms. */
  readonly make: (from: Ingredients) => readonly (readonly string[])[]
}

/** Two names as one part, whichever way round they were written. */
const pair = (one: string, other: string): string => [one, other].sort().join('~')

const start = (name: string, letters: number): string => skeletonOf(name).slice(0, letters)
const ends = (name: string): string => name.slice(0, 1) + name.slice(-1)

/** One key with these parts, or none when a part is absent. */
const whole = (...parts: readonly (string | undefined)[]): readonly (readonly string[])[] =>
  parts.every((part) => part !== undefined) ? [parts] : []

/** One key for every family name part, given that there are a given name and a full date. */
const named = (
  { given, family, day }: Ingredients,
  parts: (given: string, family: string, day: string) => readonly string[],
): readonly (readonly string[])[] =>
  given === undefined || day === undefined ? [] : family.map((name) => parts(given, name, day))

/** The keys of version 1. `docs/linkage.md` says why these; `weights.ts` what they weigh. */
const recipes: readonly Recipe[] = [
  { type: 'bsn', make: ({ identity }) => whole(identity.bsn) },
  { type: 'v-number', make: ({ identity }) => whole(identity.vNumber) },
  {
    type: 'document',
    make: ({ identity }) => whole(identity.document?.country, identity.document?.number),
  },
  { type: 'phone', make: ({ identity }) => whole(identity.phone) },
  { type: 'phone-birth-date', make: ({ identity, day }) => whole(identity.phone, day) },
  {
    // 1 January gives its year, a partial date does not: what was left open may be wrong as well.
    type: 'phone-birth-year',
    make: ({ identity, date }) =>
      date === undefined || date.kind === 'partial' ? [] : whole(identity.phone, String(date.year)),
  },
  {
    // C2D: the first two sounds of both names, and the day.
    type: 'names-birth-date',
    make: (from) =>
      named(from, (given, family, day) => [pair(start(given, 2), start(family, 2)), day]),
  },
  {
    // SD: the sounds of the family name, and the day.
    type: 'family-name-birth-date',
    make: ({ family, day }) =>
      day === undefined ? [] : family.map((name) => [skeletonOf(name), day]),
  },
  {
    // E2Y: the first and last letter of both names, and the year. A full date is asked for here too.
    type: 'name-ends-birth-year',
    make: (from) =>
      named(from, (given, family, day) => [pair(ends(given), ends(family)), day.slice(0, 4)]),
  },
]

/** Every way in which this identity's keys fall short, in words for the person who entered it. */
const shortfalls = ({ given, family, date, identity }: Ingredients): readonly Withheld[] => {
  const reasons: string[] = []
  if (date === undefined) reasons.push('no birth date: names alone are shared by too many')
  if (date?.kind === 'partial') reasons.push('partial birth date: it is counted as a year only')
  if (date?.kind === 'first-of-january') {
    reasons.push(
      '1 January is what registries write for an unknown day: it is counted as a year only',
    )
  }
  if (given === undefined) {
    reasons.push(
      identity.givenNames === undefined
        ? 'no given name'
        : 'no usable given name: an initial is shared by too many',
    )
  }
  if (family.length === 0) {
    reasons.push(identity.familyName === undefined ? 'no family name' : 'no usable family name')
  }
  return reasons.map((reason) => ({ reason }))
}

/**
 * The linkage keys of one identity, `lk1|<type>|<parts>`, without duplicates, in a fixed order.
 * At most 12: a family name of two parts gives two of each kind that it takes part in.
 *
 * Promised: pure; every key rests on an identifier or on names together with a birth date, so that
 * no key says a name, a year or a place alone. NOT promised: secrecy. Keys can be enumerated; they
 * never leave the partner unblinded.
 *
 * `withheld` says why name keys are fewer than they could be; it holds no value.
 */
export const linkageKeys = (identity: Identity): { keys: LinkageKey[]; withheld: Withheld[] } => {
  const date = identity.birthDate === undefined ? undefined : usableDate(identity.birthDate)
  const from: Ingredients = {
    identity,
    given: identity.givenNames === undefined ? undefined : leadingGivenName(identity.givenNames),
    family: identity.familyName === undefined ? [] : familyNameParts(identity.familyName),
    date,
    day: date?.kind === 'full' ? canonicalDay(date) : undefined,
  }
  const keys = recipes.flatMap(({ type, make }) => {
    const values = new Set(make(from).map((parts) => [linkageVersion, type, ...parts].join('|')))
    return [...values].map((value) => ({ type, value }))
  })
  return { keys, withheld: [...shortfalls(from)] }
}
