import anyAscii from 'any-ascii'
import { particles, titles } from './name-tables.ts'

/** Dutch ij and y are one letter to most who write them: Dijk and Dyk, Meijer and Meyer. */
export const withPlainIj = (word: string): string => word.replaceAll('ij', 'y')

/** The Arabic article is written onto its word: السيد is what Latin letters write as El-Sayed. */
const arabicArticle = /(?<![\p{L}\p{M}])ال(?=\p{Script=Arabic}{2})/gu

/**
 * The words of a name as it is compared: Latin letters `a-z` only (any script is transliterated,
 * with the table of any-ascii 0.3.3), ij written y, without titles, particles and initials, unless nothing else
 * is there. Total, deterministic, and idempotent: words joined by a space give the same words again.
 */
export const nameWords = (name: string): readonly string[] => {
  // The middle dot of Catalan (NFKC writes ŀ as l·) stands inside a word.
  const words = anyAscii(
    name.toWellFormed().normalize('NFKC').replaceAll('·', '').replace(arabicArticle, ''),
  )
    .toLowerCase()
    // Apostrophes do too, once all kinds are plain: O'Brien is one word.
    .replace(/['`"]/g, '')
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
    .map(withPlainIj)
  for (const isKept of keepers) {
    const kept = words.filter(isKept)
    if (kept.length > 0) return kept
  }
  return []
}

const isTitle = (word: string) => titles.has(word)
const isParticle = (word: string) => particles.has(word)

/** What to keep of a name; the first that keeps anything decides. */
const keepers: readonly ((word: string) => boolean)[] = [
  (word) => !isTitle(word) && !isParticle(word) && word.length > 1,
  (word) => !isTitle(word) && !isParticle(word),
  (word) => !isParticle(word),
  () => true,
]

/**
 * The given name that keys rest on: the first. `undefined` when there is none, or an initial only:
 * an initial is shared by too many.
 */
export const leadingGivenName = (givenNames: string): string | undefined => {
  const first = nameWords(givenNames)[0]
  return first === undefined || first.length < 2 ? undefined : first
}

/**
 * The parts of a family name that keys rest on: the first and the last, so that a double name agrees
 * with either half ("Jansen-de Boer" with "Jansen" and with "De Boer"). None, one or two.
 */
export const familyNameParts = (familyName: string): readonly string[] => {
  const words = nameWords(familyName)
  return [...new Set([words[0], words.at(-1)])].filter((word) => word !== undefined)
}
