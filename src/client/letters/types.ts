/** A letter before it has a form: what a reader hears, in order. */
export type Letter = {
  readonly language: 'nl' | 'en'
  readonly sender: readonly string[]
  /** Lines of a name and address; the person is known to the sender only. */
  readonly addressee: readonly string[]
  readonly date: string
  readonly reference: string | undefined
  readonly subject: string
  readonly parts: readonly LetterPart[]
}

export type LetterPart =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'sign'; readonly lines: readonly string[] }

/** Where date and reference stand, in the words of the letter's language. */
export const labels = {
  nl: { date: 'Datum', reference: 'Ons kenmerk', subject: 'Onderwerp', page: 'Bladzijde' },
  en: { date: 'Date', reference: 'Our reference', subject: 'Subject', page: 'Page' },
} as const

/** A day in words, such as "3 maart 2027". */
export const dayInWords = (day: string, language: Letter['language']): string =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString(language === 'nl' ? 'nl-NL' : 'en-GB', {
    ...{ day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' },
  })
