import { type RegionCode, regions } from '../wire/codes/regions.ts'
import type { Code } from '../wire/codes.ts'

/** One form for what people write alike: case, accents and punctuation do not count. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** What a list's codes may be called: the code itself and its English and Dutch names. */
const spellingsOf = <List extends readonly Code[]>(
  list: List,
): Map<string, List[number]['code']> => {
  const spellings = new Map<string, List[number]['code']>()
  for (const { code, en, nl } of list) {
    for (const name of [code, en, nl]) spellings.set(plain(name), code)
  }
  return spellings
}

/**
 * A reader of one closed list: the code, its English or its Dutch name, in any case and with any
 * punctuation, becomes the code; anything else becomes `undefined`. Guesses nothing.
 */
export const codeReader = <List extends readonly Code[]>(
  list: List,
): ((text: string) => List[number]['code'] | undefined) => {
  const spellings = spellingsOf(list)
  return (text) => spellings.get(plain(text))
}

const regionSpellings = spellingsOf(regions)
for (const { code, number } of regions) {
  const digits = String(number).padStart(2, '0')
  regionSpellings.set(`vr${digits}`, code)
  regionSpellings.set(`vr-${digits}`, code)
}
regionSpellings.set('friesland', 'fryslan')

/** As `codeReader`, and also "Veiligheidsregio Twente", "VR05" and "Friesland". */
export const readRegion = (text: string): RegionCode | undefined =>
  regionSpellings.get(plain(text).replace(/^(?:veiligheidsregio|vr|safety-region)-(?=[a-z])/, ''))
