import type { Code } from '../codes.ts'

/** What an alarm is raised for. Thresholds stand in `src/alarms/rules.ts`, and in words in `docs/alarms.md`. */
export const alarmRules = [
  {
    code: 'volume',
    en: 'Much more than usual in one day',
    nl: 'Veel meer dan gewoonlijk op één dag',
  },
  {
    code: 'quota',
    en: 'A quota of the agreement is nearly used up',
    nl: 'Een quotum van de overeenkomst is bijna op',
  },
  {
    code: 'repeated-looks',
    en: 'One subject was looked at again and again',
    nl: 'Eén onderwerp is steeds opnieuw bekeken',
  },
  {
    code: 'few-hits',
    en: 'Many signals, and hardly one that touches another',
    nl: 'Veel signalen, en bijna geen die een ander raakt',
  },
  {
    code: 'enumeration',
    en: 'What was evaluated looks like trying out numbers',
    nl: 'Wat is omgezet lijkt op het uitproberen van nummers',
  },
  {
    code: 'no-open-case',
    en: 'Looks without an open case',
    nl: 'Bekeken zonder lopende zaak',
  },
  {
    code: 'out-of-region',
    en: 'Looks outside the regions in which the agency works',
    nl: 'Bekeken buiten de regio’s waarin de organisatie werkt',
  },
  { code: 'night', en: 'Looks at night', nl: 'Bekeken in de nacht' },
  {
    code: 'submit-look-withdraw',
    en: 'Signals submitted, looked at and soon withdrawn',
    nl: 'Signalen ingediend, bekeken en snel weer ingetrokken',
  },
  {
    code: 'large-export',
    en: 'An unusually large export, or unusually many lists',
    nl: 'Een ongewoon grote export, of ongewoon veel lijsten',
  },
  {
    code: 'own-or-colleague',
    en: 'A look at one’s own staff',
    nl: 'Eigen personeel bekeken',
  },
] as const satisfies readonly Code[]
export type AlarmRule = (typeof alarmRules)[number]['code']

/** What a reviewer found. */
export const alarmOutcomes = [
  { code: 'justified', en: 'The acts were justified', nl: 'De handelingen waren terecht' },
  {
    code: 'explained',
    en: 'Not as it should be, but explained; no misuse',
    nl: 'Niet zoals het hoort, maar verklaard; geen misbruik',
  },
  { code: 'misuse', en: 'Misuse', nl: 'Misbruik' },
  {
    code: 'false-alarm',
    en: 'The alarm is false: what it says did not happen so',
    nl: 'Vals alarm: wat het meldt is zo niet gebeurd',
  },
  {
    code: 'rule-too-tight',
    en: 'The rule is too tight for the ordinary work of this agency',
    nl: 'De regel is te streng voor het gewone werk van deze organisatie',
  },
] as const satisfies readonly Code[]
export type AlarmOutcome = (typeof alarmOutcomes)[number]['code']

/** Why it was found so, in one word. */
export const alarmReasons = [
  { code: 'case-work', en: 'It belonged to a case', nl: 'Het hoorde bij een zaak' },
  { code: 'arrears', en: 'Arrears were worked off', nl: 'Een achterstand is ingehaald' },
  {
    code: 'acute-danger',
    en: 'Somebody was in acute danger',
    nl: 'Iemand was in acuut gevaar',
  },
  { code: 'duty-roster', en: 'It was done on duty', nl: 'Het gebeurde in dienst' },
  { code: 'test', en: 'A test or training', nl: 'Een test of training' },
  { code: 'technical', en: 'A system did it by a fault', nl: 'Een systeem deed het door een fout' },
  { code: 'mistake', en: 'A person did it by mistake', nl: 'Iemand deed het per ongeluk' },
  { code: 'no-case', en: 'There was no case', nl: 'Er was geen zaak' },
  {
    code: 'private-interest',
    en: 'Out of curiosity or private interest',
    nl: 'Uit nieuwsgierigheid of eigenbelang',
  },
  {
    code: 'for-somebody-else',
    en: 'For somebody who may not know',
    nl: 'Voor iemand die het niet mag weten',
  },
  {
    code: 'shared-account',
    en: 'Several people used one name',
    nl: 'Meer mensen gebruikten één naam',
  },
  {
    code: 'ordinary-work',
    en: 'It is the ordinary work of the agency',
    nl: 'Het is het gewone werk van de organisatie',
  },
] as const satisfies readonly Code[]
export type AlarmReason = (typeof alarmReasons)[number]['code']
