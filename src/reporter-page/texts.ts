import { textsInEnglish } from './texts-en.ts'
import { textsInDutch } from './texts-nl.ts'

export type PageLanguage = 'nl' | 'en'

/** Every sentence of the page; both languages have all of them. */
export type Texts = {
  readonly [Name in keyof typeof textsInDutch]: Widened<(typeof textsInDutch)[Name]>
}

type Widened<Value> = Value extends string
  ? string
  : Value extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Name in keyof Value]: Widened<Value[Name]> }

export const textsOf: Readonly<Record<PageLanguage, Texts>> = {
  nl: textsInDutch,
  en: textsInEnglish,
}

export const localeOf: Readonly<Record<PageLanguage, string>> = { nl: 'nl-NL', en: 'en-GB' }
