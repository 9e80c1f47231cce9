import { countryCodes } from '../linkage/identifiers.ts'
import { localeOf, type PageLanguage } from './texts.ts'

type Named = readonly { readonly code: string; readonly en: string; readonly nl: string }[]

/** What a code is called; the code itself when it is not known. */
export const nameOf = (list: Named, code: string, language: PageLanguage): string =>
  list.find((one) => one.code === code)?.[language] ?? code

/** A day or instant as people write days. */
export const dayInWords = (day: string, language: PageLanguage): string =>
  new Intl.DateTimeFormat(localeOf[language], { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(day),
  )

/** An instant to the minute, as people write it. */
export const momentInWords = (instant: string, language: PageLanguage): string =>
  new Intl.DateTimeFormat(localeOf[language], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Europe/Amsterdam',
  }).format(new Date(instant))

/** All countries by their names, as the browser knows them, in the order of the language. */
export function countriesInWords(
  language: PageLanguage,
): readonly { readonly value: string; readonly text: string }[] {
  const names = new Intl.DisplayNames([localeOf[language]], { type: 'region' })
  const { compare } = new Intl.Collator(localeOf[language])
  return countryCodes
    .map(({ alpha2, alpha3 }) => ({ value: alpha3, text: names.of(alpha2) ?? alpha3 }))
    .toSorted((one, other) => compare(one.text, other.text))
}
