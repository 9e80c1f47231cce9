import { administratorEn } from './texts/administrator-en.ts'
import { administratorNl } from './texts/administrator-nl.ts'
import { caseworkEn } from './texts/casework-en.ts'
import { caseworkNl } from './texts/casework-nl.ts'
import { en } from './texts/en.ts'
import { nl } from './texts/nl.ts'
import { officerEn } from './texts/officer-en.ts'
import { officerNl } from './texts/officer-nl.ts'
import { oversightEn } from './texts/oversight-en.ts'
import { oversightNl } from './texts/oversight-nl.ts'

export const languages = ['nl', 'en'] as const
export type Language = (typeof languages)[number]

const allEn = { ...en, ...caseworkEn, ...oversightEn, ...officerEn, ...administratorEn }
export type TextKey = keyof typeof allEn
export const texts: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = {
  en: allEn,
  nl: { ...nl, ...caseworkNl, ...oversightNl, ...officerNl, ...administratorNl },
}
export type TextOf = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string

/** Texts of one language; `{name}` in a text is what `values` has under that name. */
export const textsIn =
  (language: Language): TextOf =>
  (key, values = {}) =>
    texts[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))

/** The language of a text with both, as code lists have them. */
export const inLanguage = (
  language: Language,
  both: { readonly en: string; readonly nl: string },
): string => both[language]

/** Names of codes in one language; a code that the list does not have is shown as it is. */
export function namesOf<
  Code extends { readonly code: string; readonly en: string; readonly nl: string },
>(language: Language, list: readonly Code[]): (code: string) => string {
  const names = new Map(list.map((one) => [one.code, one[language]]))
  return (code) => names.get(code) ?? code
}

const zone = 'Europe/Amsterdam'

/** How days and moments are written, in the time of the Netherlands. */
export function datesIn(language: Language) {
  const locale = language === 'nl' ? 'nl-NL' : 'en-GB'
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: zone })
  const moment = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  })
  return {
    day: (at: string | Date): string => day.format(new Date(at)),
    moment: (at: string | Date): string => moment.format(new Date(at)),
  }
}
