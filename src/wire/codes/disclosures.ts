import type { Code } from '../codes.ts'

/** Fields of a signal that its owner seals. Each has halves of its own, so that a grant can name some of them. */
export const sealedFields = [
  { code: 'narrative', en: 'What was seen or heard', nl: 'Wat is gezien of gehoord' },
  {
    code: 'measures',
    en: 'What the agency does already for or about the subject',
    nl: 'Wat de organisatie al doet voor of rond de betrokkene',
  },
] as const satisfies readonly Code[]
export type SealedFieldName = (typeof sealedFields)[number]['code']

/** Why an owner does not disclose. */
export const refusalReasons = [
  { code: 'not-necessary', en: 'Not necessary for this purpose', nl: 'Niet nodig voor dit doel' },
  {
    code: 'no-legal-basis',
    en: 'No legal basis for the owner to disclose this',
    nl: 'Geen grondslag voor de eigenaar om dit te verstrekken',
  },
  {
    code: 'confidential',
    en: 'Held back by professional secrecy or a promise to the subject',
    nl: 'Beroepsgeheim of een toezegging aan de betrokkene',
  },
  {
    code: 'harm',
    en: 'It would harm the subject or somebody else',
    nl: 'Het zou de betrokkene of een ander schaden',
  },
  {
    code: 'investigation',
    en: 'It would harm an investigation',
    nl: 'Het zou een onderzoek schaden',
  },
  { code: 'not-same-subject', en: 'Not the same subject', nl: 'Niet dezelfde betrokkene' },
  { code: 'nothing-sealed', en: 'There is nothing sealed', nl: 'Er is niets verzegeld' },
  { code: 'call-instead', en: 'Call the contact desk', nl: 'Bel het contactpunt' },
] as const satisfies readonly Code[]
