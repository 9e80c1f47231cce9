/**
 * One form for a text that a person typed: well-formed Unicode, NFC, control characters and runs of
 * white space as one space, trimmed. Total and idempotent.
 */
export const tidied = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()

/**
 * The characters of a number without what people put between them: white space, dots, dashes,
 * slashes, underscores, the filler `<` of machine-readable zones and invisible marks. Full-width
 * forms become plain ones (NFKC), letters upper case. Total and idempotent.
 */
export const withoutSeparators = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .replace(/[\s\p{Cc}\p{Cf}\p{Pd}./_<]+/gu, '')

/** Longest name, street or other words that are read, in characters. */
export const longestText = 200

/** How people write that they do not know; such a field is absent. */
export const unknownWords = ['onbekend', 'unknown', 'niet bekend', 'not known', 'nvt', 'n.v.t.']

export const hasLetterOrDigit = (text: string): boolean => /[\p{L}\p{N}]/u.test(text)
