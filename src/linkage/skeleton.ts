/**
 * NLX, the sound skeleton of a name: consonants as a Dutch ear groups them, vowels dropped, so that
 * spellings of one name fall together (Schmidt, Schmitt, Smit; Yusuf, Joesoef; Mohammed, Muhamad).
 *
 * Promised: total and deterministic; only letters `a-z` come out; a word of letters never comes out
 * empty. NOT promised: applied twice it gives the same as once; it is applied to words, once.
 * Known misses: Rachid and Rashid, Khaled and Chaled stay apart.
 *
 * Part of linkage key version 1: any change here is a new version.
 */
const rules: readonly (readonly [RegExp, string])[] = [
  [/(.)\1+/g, '$1'],
  [/ph/g, 'f'],
  // Before the rule of ts and tz, so that Smithson is Smitson.
  [/th/g, 't'],
  [/dh/g, 'd'],
  [/gh/g, 'g'],
  [/kh/g, 'k'],
  [/^ch/, 's'],
  // Voiced first: the next rules would take the "sh" and "z" out of them.
  [/dzh|dj|dz|zh/g, 'j'],
  [/tsch|tch|sch|sh|sj|sz|cz|ts|tz/g, 's'],
  [/ch/g, 'h'],
  [/c(?=[eiy])/g, 's'],
  [/[cq]/g, 'k'],
  [/x/g, 'ks'],
  [/z/g, 's'],
  [/[vw]/g, 'f'],
  [/d/g, 't'],
  [/b/g, 'p'],
  // Letters that became alike: Schmidt → smitt → smit, Becker → bekker → beker.
  [/(.)\1+/g, '$1'],
]

/** @param word letters `a-z` only, as `nameWords` gives them */
export const skeletonOf = (word: string): string => {
  const sounds = rules.reduce((text, [from, to]) => text.replace(from, to), word)
  const first = sounds
    .slice(0, 1)
    .replace(/[aeou]/, 'a')
    .replace(/[ijy]/, 'j')
  return first + sounds.slice(1).replace(/[aeouiyjh]/g, '')
}
