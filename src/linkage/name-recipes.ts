import type { CompositeType } from '../wire/codes.ts'
import { areCommon } from './common-names.ts'
import { skeletonOf } from './skeleton.ts'

/** The date that keys rest on: all its parts, or a year alone. */
export type KeyedDate = {
  readonly year: string
  readonly full?: {
    readonly month: string
    readonly day: string
    /** Month and day in order of size: the same when they were swapped. */
    readonly sorted: string
  }
}

/** What the recipes are made of; whatever is absent keeps its keys from being made. */
export type NameParts = {
  /** The first given name; never an initial. */
  readonly given: string | undefined
  /** First and last part of the family name. */
  readonly family: readonly string[]
  readonly date: KeyedDate | undefined
  /** The words of the place, joined; used only where there is no full date. */
  readonly place: string | undefined
}

/** One name, a full date and the parts that a key is made of. */
type Full = { readonly year: string } & NonNullable<KeyedDate['full']>
type PartsOfKey = readonly string[]

type NameRecipe = {
  readonly type: CompositeType
  /** The values of this key, each in parts; two when a family name has two parts. */
  readonly make: (from: NameParts) => readonly PartsOfKey[]
}

/** Two names as one part, whichever way round they were written. */
const pair = (one: string, other: string): string => [one, other].sort().join('~')

const firstSounds = (name: string) => skeletonOf(name).slice(0, 2)
const start = (name: string) => name.slice(0, 3)
const ending = (name: string) => name.slice(-3)
const ends = (name: string) => name.slice(0, 1) + name.slice(-1)

const fullDate = ({ date }: NameParts): Full | undefined =>
  date?.full === undefined ? undefined : { year: date.year, ...date.full }

const ofGivenName =
  (parts: (name: string, date: Full) => PartsOfKey): NameRecipe['make'] =>
  (from) => {
    const date = fullDate(from)
    return from.given === undefined || date === undefined ? [] : [parts(from.given, date)]
  }

const ofFamilyName =
  (parts: (name: string, date: Full) => PartsOfKey): NameRecipe['make'] =>
  (from) => {
    const date = fullDate(from)
    return date === undefined ? [] : from.family.map((name) => parts(name, date))
  }

/** Both names with a full date; `families` of the family name's parts take part. */
const ofBothNames =
  (
    form: (name: string) => string,
    parts: (names: string, date: Full) => PartsOfKey,
    families: 'all' | 'first' = 'all',
  ): NameRecipe['make'] =>
  (from) => {
    const [given, date] = [from.given, fullDate(from)]
    if (given === undefined || date === undefined) return []
    const family = families === 'all' ? from.family : from.family.slice(0, 1)
    return family.map((name) => parts(pair(form(given), form(name)), date))
  }

/** The parts of a family name that are not very common together with the given name. */
const rareOf = ({ given, family }: NameParts): readonly string[] =>
  family.filter((name) => given === undefined || !areCommon(given, name))

/** What stands beside both names where a full date is not asked for. */
type Beside = Pick<NameParts, 'date' | 'place'>

/**
 * Both names of somebody of whom a year or a place is known; none where `rest` finds nothing to put beside
 * them. Names that very many bear need a full date, and are in no key that does without it.
 */
const ofNamesAnd =
  (
    form: (name: string) => string,
    rest: (beside: Beside) => PartsOfKey | undefined,
    doesWithoutDate = true,
  ): NameRecipe['make'] =>
  (from) => {
    const { given, family, date, place } = from
    const parts = date === undefined && place === undefined ? undefined : rest(from)
    if (given === undefined || parts === undefined) return []
    const those = doesWithoutDate || date?.full === undefined ? rareOf(from) : family
    return those.map((name) => [pair(form(given), form(name)), ...parts])
  }

/** The year, where it is all that is known of the date. */
const yearAlone = ({ date }: Beside) =>
  date === undefined || date.full !== undefined ? undefined : [date.year]

/** The place in some form, where no full date is known: people move, a birth date stays. */
const placeInstead =
  (form: (place: string) => string) =>
  ({ date, place }: Beside) =>
    place === undefined || date?.full !== undefined ? undefined : [form(place)]

/** The start of the place and the year, where no full date is known. */
const placeAndYear = ({ date, place }: Beside) =>
  place === undefined || date === undefined || date.full !== undefined
    ? undefined
    : [start(place), date.year]

/**
 * The name keys of version 1. With a full date ten types and at most 16 keys: a family name of two parts
 * gives two of six types and one of the others. Without it eight types and at most 15 keys.
 * `docs/linkage.md` says why these.
 */
export const nameRecipes: readonly NameRecipe[] = [
  {
    type: 'family-name-start-birth-date',
    make: ofFamilyName((name, { year, sorted }) => [start(name), year + sorted]),
  },
  {
    type: 'family-name-ending-birth-date',
    make: ofFamilyName((name, { year, sorted }) => [ending(name), year + sorted]),
  },
  {
    type: 'given-name-start-birth-day',
    make: ofGivenName((name, { year, day }) => [start(name), year, day]),
  },
  {
    type: 'given-name-birth-month',
    make: ofGivenName((name, { year, month }) => [skeletonOf(name), year, month]),
  },
  {
    // Of the day the last digit: a slip in the first still agrees.
    type: 'names-birth-month',
    make: ofBothNames(
      skeletonOf,
      (names, { year, month, day }) => [names, year, month, day.slice(-1)],
      'first',
    ),
  },
  {
    // Of the year the last digit: a slip in the decade still agrees.
    type: 'name-sounds-birthday',
    make: ofBothNames(firstSounds, (names, { year, sorted }) => [names, year.slice(-1), sorted]),
  },
  {
    type: 'name-endings-birth-day',
    make: ofBothNames(ending, (names, { year, day }) => [names, year, day]),
  },
  {
    type: 'name-ends-birthday',
    make: ofBothNames(ends, (names, { sorted }) => [names, sorted], 'first'),
  },
  {
    type: 'name-ends-birth-year',
    make: ofNamesAnd(ends, ({ date }) => date && [date.year], false),
  },
  { type: 'name-starts-birth-year', make: ofNamesAnd((name) => name.slice(0, 2), yearAlone) },
  { type: 'name-starts-place', make: ofNamesAnd(start, placeInstead(start)) },
  { type: 'name-ends-place', make: ofNamesAnd(ends, placeInstead(skeletonOf)) },
  {
    type: 'name-sounds-place',
    make: ofNamesAnd((name) => skeletonOf(name).slice(0, 3), placeInstead(ends)),
  },
  {
    type: 'family-name-start-place-birth-year',
    make: (from) => {
      const beside = placeAndYear(from)
      return beside === undefined ? [] : rareOf(from).map((name) => [start(name), ...beside])
    },
  },
  {
    type: 'given-name-start-place-birth-year',
    make: (from) => {
      const beside = placeAndYear(from)
      const isCommon = from.family.length > 0 && rareOf(from).length === 0
      return from.given === undefined || beside === undefined || isCommon
        ? []
        : [[start(from.given), ...beside]]
    },
  },
  {
    type: 'names',
    make: ofNamesAnd(
      (name) => name,
      () => [],
    ),
  },
]

/** True when a key of these names was left out because very many bear both. */
export const areWithheldAsCommon = ({ given, family, date, place }: NameParts): boolean =>
  given !== undefined &&
  (date !== undefined || place !== undefined) &&
  family.some((name) => areCommon(given, name))
