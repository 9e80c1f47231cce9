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
