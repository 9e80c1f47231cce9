import type { Code } from '../codes.ts'

/**
 * The acts that show something about one subject, with their tickets in the weekly draw. A list shows
 * nobody in particular and is not drawn. Published: `docs/codes.md`; a change is noticed by who draws again.
 */
export const lookKinds = [
  { code: 'signal.read', tickets: 1, en: 'An own signal', nl: 'Een eigen signaal' },
  { code: 'feedback.read', tickets: 1, en: 'Feedback', nl: 'Een terugmelding' },
  { code: 'overlap.read', tickets: 2, en: 'An overlap', nl: 'Een raakvlak' },
  { code: 'follow-up.read', tickets: 2, en: 'A follow-up', nl: 'Een opvolging' },
  {
    code: 'overlap.read-end',
    tickets: 4,
    en: 'An overlap that is over: no open case',
    nl: 'Een raakvlak dat voorbij is: geen lopende zaak',
  },
  {
    code: 'archive.list',
    tickets: 4,
    en: 'Who signalled this person before',
    nl: 'Wie deze persoon eerder meldde',
  },
  { code: 'disclosure.read', tickets: 3, en: 'A disclosure', nl: 'Een verstrekking' },
  {
    code: 'disclosure.release',
    tickets: 6,
    en: 'The opening of a sealed field',
    nl: 'Het openen van een verzegelde tekst',
  },
  { code: 'emergency.read', tickets: 6, en: 'An emergency', nl: 'Een noodgeval' },
  {
    code: 'emergency.prepare',
    tickets: 10,
    en: 'The preparation of an emergency',
    nl: 'De voorbereiding van een noodgeval',
  },
  {
    code: 'flag.mention',
    tickets: 3,
    en: 'A case by what was said on the telephone',
    nl: 'Een zaak aan de hand van een telefoontje',
  },
] as const satisfies readonly (Code & { readonly tickets: number })[]
export type LookKind = (typeof lookKinds)[number]['code']

/** More tickets for a look that was refused, and for one under an agreement that covers minors. */
export const extraTickets = { refused: 3, minors: 2 } as const

/** Why an officer looked, in one word. Those with `case` need a commitment to an own case. */
export const lookReasons = [
  { code: 'own-case', case: true, en: 'Work on an own case', nl: 'Werk aan een eigen zaak' },
  {
    code: 'follow-up',
    case: true,
    en: 'Following up an overlap',
    nl: 'Het opvolgen van een raakvlak',
  },
  {
    code: 'deputising',
    case: true,
    en: 'A case of a colleague, as its deputy',
    nl: 'Een zaak van een collega, als vervanger',
  },
  {
    code: 'disclosure',
    case: true,
    en: 'Asking for, deciding on or reading a disclosure',
    nl: 'Vragen om, beslissen over of lezen van een verstrekking',
  },
  { code: 'acute-danger', case: true, en: 'Acute danger', nl: 'Acuut gevaar' },
  {
    code: 'quality',
    case: true,
    en: 'Checking or mending an own signal',
    nl: 'Controleren of verbeteren van een eigen signaal',
  },
  {
    code: 'subject-right',
    case: true,
    en: 'A request or complaint of the subject',
    nl: 'Een verzoek of klacht van de betrokkene',
  },
  {
    code: 'by-machine',
    case: false,
    en: 'A machine looked, as it was set to',
    nl: 'Een systeem keek, zoals het was ingesteld',
  },
  { code: 'by-mistake', case: false, en: 'By mistake', nl: 'Per ongeluk' },
] as const satisfies readonly (Code & { readonly case: boolean })[]
export type LookReason = (typeof lookReasons)[number]['code']

/** What a reviewer finds of a look. */
export const lookFindings = [
  { code: 'justified', en: 'There was a need', nl: 'Er was een noodzaak' },
  { code: 'unjustified', en: 'There was no need', nl: 'Er was geen noodzaak' },
  {
    code: 'unclear',
    en: 'It is not clear; another reason may be given',
    nl: 'Het is niet duidelijk; er mag een andere reden worden gegeven',
  },
] as const satisfies readonly Code[]
export type LookFinding = (typeof lookFindings)[number]['code']
