import type { Code } from '../codes.ts'

/** The closed vocabularies of follow-up. `docs/codes.md` is generated from here; `docs/follow-up.md` explains them. */

type OutcomeCode = Code & {
  /** Whether the overlap brought anything; what the yield counts. */
  readonly useful: boolean
  /** What whoever may only submit is told of it. */
  readonly coarse: 'taken-up' | 'nothing-new' | 'not-taken-up'
}

/** What became of an overlap, as the lead records it. */
export const outcomes = [
  {
    code: 'support-started',
    en: 'Help was offered and begun',
    nl: 'Hulp is aangeboden en gestart',
    useful: true,
    coarse: 'taken-up',
  },
  {
    code: 'investigation-started',
    en: 'An investigation was begun',
    nl: 'Er is een onderzoek gestart',
    useful: true,
    coarse: 'taken-up',
  },
  {
    code: 'plans-aligned',
    en: 'The agencies brought their plans into line',
    nl: 'De organisaties hebben hun aanpak op elkaar afgestemd',
    useful: true,
    coarse: 'taken-up',
  },
  {
    code: 'referred',
    en: 'Passed on to an agency that can act',
    nl: 'Doorverwezen naar een organisatie die kan handelen',
    useful: true,
    coarse: 'taken-up',
  },
  {
    code: 'support-declined',
    en: 'Help was offered and declined',
    nl: 'Hulp is aangeboden en afgewezen',
    useful: true,
    coarse: 'taken-up',
  },
  {
    code: 'already-in-contact',
    en: 'The agencies worked together on this already',
    nl: 'De organisaties werkten hierin al samen',
    useful: false,
    coarse: 'nothing-new',
  },
  {
    code: 'no-added-value',
    en: 'The contact brought nothing new',
    nl: 'Het contact leverde niets nieuws op',
    useful: false,
    coarse: 'nothing-new',
  },
  {
    code: 'not-the-same-person',
    en: 'The signals are about different subjects',
    nl: 'De signalen gaan over verschillende betrokkenen',
    useful: false,
    coarse: 'nothing-new',
  },
  {
    code: 'unreachable',
    en: 'The subject could not be reached',
    nl: 'De betrokkene was niet te bereiken',
    useful: false,
    coarse: 'not-taken-up',
  },
  {
    code: 'no-capacity',
    en: 'Nobody had room to act',
    nl: 'Niemand had ruimte om te handelen',
    useful: false,
    coarse: 'not-taken-up',
  },
  {
    code: 'no-further-action',
    en: 'Looked at together; nothing more is needed',
    nl: 'Samen bekeken; er is niets meer nodig',
    useful: false,
    coarse: 'not-taken-up',
  },
] as const satisfies readonly OutcomeCode[]
export type OutcomeName = (typeof outcomes)[number]['code']

/** By what an agency has the lead. */
export const leadGrounds = [
  {
    code: 'rule',
    en: 'By the lead rule of the agreement',
    nl: 'Volgens de regel in de overeenkomst',
  },
  {
    code: 'next-rule',
    en: 'By the rule for another lead route: the first party named is not concerned',
    nl: 'Volgens de regel voor een andere route: de eerst genoemde partij is niet betrokken',
  },
  {
    code: 'first-signal',
    en: 'It sent the first signal: no party that the rule names is concerned',
    nl: 'Zij gaf het eerste signaal: geen partij uit de regel is betrokken',
  },
  { code: 'taken', en: 'It took the lead', nl: 'Zij heeft de regie genomen' },
  {
    code: 'handed-over',
    en: 'The lead was handed over to it',
    nl: 'De regie is aan haar overgedragen',
  },
  {
    code: 'dispute-settled',
    en: 'The coordinator decided so',
    nl: 'De coördinator heeft zo beslist',
  },
] as const satisfies readonly Code[]
export type LeadGround = (typeof leadGrounds)[number]['code']

/** Why an agency disputes who has the lead. */
export const disputeReasons = [
  {
    code: 'other-task',
    en: 'It is the task of another agency',
    nl: 'Het is de taak van een ander',
  },
  { code: 'other-region', en: 'It belongs to another region', nl: 'Het hoort in een andere regio' },
  {
    code: 'already-involved',
    en: 'Another agency is involved already',
    nl: 'Een ander is al betrokken',
  },
  {
    code: 'no-capacity',
    en: 'The lead has no room to act',
    nl: 'De regievoerder heeft geen ruimte',
  },
  { code: 'other', en: 'Another reason; call', nl: 'Een andere reden; bel' },
] as const satisfies readonly Code[]
export type DisputeReason = (typeof disputeReasons)[number]['code']

/** What a signaller is told. Fixed words: nothing in them tells of a subject, a case or another agency. */
export const feedbackStatuses = [
  { code: 'received', en: 'Your signal was received.', nl: 'Uw signaal is ontvangen.' },
  {
    code: 'in-follow-up',
    en: 'Your signal touches one of another agency. It is being followed up.',
    nl: 'Uw signaal raakt dat van een andere organisatie. Het wordt opgevolgd.',
  },
  {
    code: 'taken-up',
    en: 'Your signal helped: it was taken up.',
    nl: 'Uw signaal heeft geholpen: er is iets mee gedaan.',
  },
  {
    code: 'nothing-new',
    en: 'Your signal was looked at. It brought nothing new this time.',
    nl: 'Uw signaal is bekeken. Het leverde dit keer niets nieuws op.',
  },
  {
    code: 'not-taken-up',
    en: 'Your signal was looked at. Nothing more could be done with it now.',
    nl: 'Uw signaal is bekeken. Er kon nu niets verder mee worden gedaan.',
  },
  { code: 'ended', en: 'Your signal has ended.', nl: 'Uw signaal is beëindigd.' },
] as const satisfies readonly Code[]
export type FeedbackStatus = (typeof feedbackStatuses)[number]['code']

/** Which route counts when the signals about one subject name several: the first of these. */
export const leadPrecedence = ['minor', 'organised', 'general'] as const

/** What can happen in the life of a follow-up. */
export const followUpEvents = [
  { code: 'begun', en: 'It began', nl: 'De opvolging begon' },
  { code: 'joined', en: 'An agency joined', nl: 'Een organisatie kwam erbij' },
  { code: 'signal-joined', en: 'Another signal joined', nl: 'Een volgend signaal kwam erbij' },
  { code: 'left', en: 'An agency left', nl: 'Een organisatie viel af' },
  {
    code: 'merged',
    en: 'Another follow-up came into this one',
    nl: 'Een andere opvolging ging hierin op',
  },
  {
    code: 'split',
    en: 'It came out of another follow-up',
    nl: 'Het kwam voort uit een andere opvolging',
  },
  { code: 'acknowledged', en: 'An agency acknowledged', nl: 'Een organisatie bevestigde' },
  { code: 'lead-changed', en: 'The lead changed', nl: 'De regie wisselde' },
  { code: 'lead-offered', en: 'The lead was offered', nl: 'De regie werd aangeboden' },
  { code: 'offer-declined', en: 'The offer was declined', nl: 'Het aanbod werd afgewezen' },
  { code: 'offer-lapsed', en: 'The offer was not answered in time', nl: 'Het aanbod verliep' },
  { code: 'lead-disputed', en: 'The lead was disputed', nl: 'De regie werd betwist' },
  { code: 'dispute-settled', en: 'The dispute was settled', nl: 'Het geschil werd beslist' },
  {
    code: 'dispute-lapsed',
    en: 'Nobody settled the dispute in time; the lead stays',
    nl: 'Niemand besliste op tijd over het geschil; de regie blijft',
  },
  { code: 'reminded', en: 'A reminder was sent', nl: 'Er is herinnerd' },
  {
    code: 'escalated',
    en: 'A deadline passed; the next was told',
    nl: 'Een termijn verstreek; de volgende is ingelicht',
  },
  { code: 'closed', en: 'The outcome was recorded', nl: 'De uitkomst is vastgelegd' },
  { code: 'reopened', en: 'It was opened again', nl: 'De opvolging is heropend' },
  { code: 'ended', en: 'The overlap ended', nl: 'Het raakvlak eindigde' },
] as const satisfies readonly Code[]
export type FollowUpEvent = (typeof followUpEvents)[number]['code']
