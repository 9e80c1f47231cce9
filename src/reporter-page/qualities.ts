import type { Language } from '../linkage/types.ts'
import type { Quality } from '../wire/codes.ts'

/** How sure an overlap is, in words. */
export const qualitiesInWords: Readonly<Record<Quality, Readonly<Record<Language, string>>>> = {
  certain: { en: 'certain', nl: 'zeker' },
  probable: { en: 'probable', nl: 'waarschijnlijk' },
  possible: { en: 'possible', nl: 'mogelijk' },
}
