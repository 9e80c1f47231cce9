import anyAscii from 'any-ascii'
import { type Reading, readCountry } from './identifiers.ts'
import { tidied, withoutSeparators } from './text.ts'

/** Distinguishing signs of vehicles in traffic that are no code of ISO 3166-1: "D", "UK". */
const signs: ReadonlyMap<string, string> = new Map(
  Object.entries({
    A: 'AUT',
    B: 'BEL',
    D: 'DEU',
    E: 'ESP',
    F: 'FRA',
    H: 'HUN',
    I: 'ITA',
    L: 'LUX',
    N: 'NOR',
    P: 'PRT',
    S: 'SWE',
    SLO: 'SVN',
    UK: 'GBR',
  }),
)

/** Country of an address or a plate: ISO 3166-1 alpha-2 or alpha-3, or its sign on vehicles → alpha-3. */
export const readSceneCountry = (text: string): Reading => {
  const sign = signs.get(withoutSeparators(text))
  if (sign !== undefined) return { value: sign }
  const reading = readCountry(text)
  return 'value' in reading
    ? reading
    : { fault: 'is not a country code (two or three letters, or the sign on its vehicles)' }
}

/**
 * Postcode. Dutch: four digits and two letters, as far as such codes are given out (never SA, SD, SS).
 * Of other countries only that it has a digit, and at most ten letters and digits.
 */
export const readPostcode = (text: string, country: string): Reading => {
  const code = withoutSeparators(text)
  if (country === 'NLD') {
    return /^[1-9]\d{3}(?!SA|SD|SS)[A-Z]{2}$/.test(code)
      ? { value: code }
      : { fault: 'is not a Dutch postcode (1234 AB); name the country of another one' }
  }
  return /^(?=.*\d)[A-Z0-9]{3,10}$/.test(code)
    ? { value: code }
    : { fault: 'must have 3 to 10 letters and digits' }
}

/** Ways to write the ground floor's door. */
const groundFloor: ReadonlySet<string> = new Set(['HS', 'HUIS', 'H'])

/** House number with its addition: `12`, `12a`, `12-A`, `12 bis`, `12 II` → `12`, `12-A`, `12-BIS`, `12-II`. */
export const readHouseNumber = (text: string): Reading => {
  const match = /^(?:NR|NO)?0*(?<number>[1-9]\d{0,4})(?!\d)(?<addition>.*)$/.exec(
    withoutSeparators(text.replace(/(\d)[\s\p{Pd}./]+(?=\d)/gu, '$1+')),
  )
  const { number = '', addition: written = '' } = match?.groups ?? {}
  const addition = written.replace(/[+,()]/g, '')
  if (number === '' || !/^[A-Z0-9]{0,8}$/.test(addition)) {
    return { fault: 'must start with a number, then at most 8 letters and digits' }
  }
  if (addition === '') return { value: number }
  return { value: `${number}-${groundFloor.has(addition) ? 'H' : addition}` }
}

/** Latin letters and digits in words, any script, without accents and apostrophes. */
export const plainWords = (text: string): readonly string[] =>
  anyAscii(tidied(text).normalize('NFKC'))
    .toLowerCase()
    .replace(/['`"]/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')

/** Towns with two official names. */
const otherTownNames: ReadonlyMap<string, string> = new Map([
  ['denhaag', 'sgravenhage'],
  ['thehague', 'sgravenhage'],
  ['denbosch', 'shertogenbosch'],
])

/** A town as it is compared; empty when nothing of it remains. */
export const plainTown = (town: string): string => {
  const joined = plainWords(town).join('')
  return otherTownNames.get(joined) ?? joined
}

/** A street as it is compared: one word, "straat", "Straße" and "str." alike; empty when nothing remains. */
export const plainStreet = (street: string): string =>
  plainWords(street)
    .join('')
    .replace(/(?:straat|strasse)$/, 'str')

/** Words that say what kind of place it is, or nothing at all. */
const genericWords: ReadonlySet<string> = new Set(
  `hotel hotels motel hostel pension guesthouse appartement appartementen apartment apartments camping
  restaurant eetcafe cafe bar club bv nv vof gmbh ltd de het een the and en van in op aan bij`.split(
    /\s+/,
  ),
)

/**
 * A name of a place as it is compared: its words in order of the alphabet, without those that say only
 * what kind of place it is, and without single letters ("B.V."). Empty when nothing else is there: "the hotel" is no name.
 */
export const plainPlaceName = (name: string): string =>
  [...new Set(plainWords(name))]
    .filter((word) => !/^[a-z]$/.test(word) && !genericWords.has(word))
    .sort()
    .join('~')
