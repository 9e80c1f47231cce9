import type { AlarmRule } from '../wire/codes/alarms.ts'
import { alarmRules } from '../wire/codes/alarms.ts'
import type { AlarmRules } from './rules.ts'

/** What was found, as far as a sentence needs it. */
export type Explained = {
  readonly rule: AlarmRule
  readonly measured: number
  readonly threshold: number
  readonly usual: number | undefined
}

type Sentences = { readonly en: string; readonly nl: string }

const number = (value: number): string => String(Math.round(value * 10) / 10)

const unusual = ({ measured, threshold, usual }: Explained, what: Sentences): Sentences => ({
  en: `${number(measured)} ${what.en}${usual === undefined ? '' : `; usual is ${number(usual)}`}; an alarm is raised from ${number(threshold)} on.`,
  nl: `${number(measured)} ${what.nl}${usual === undefined ? '' : `; gewoonlijk is het ${number(usual)}`}; er wordt gewaarschuwd vanaf ${number(threshold)}.`,
})
const times = ({ measured, threshold }: Explained, what: Sentences): Sentences =>
  unusual({ rule: 'volume', measured, threshold, usual: undefined }, what)

/** The second sentence: what was counted, over how long, and from how much on it counts. */
const details: {
  readonly [Rule in AlarmRule]: (found: Explained, windowDays: number) => Sentences
} = {
  volume: (found) =>
    unusual(found, {
      en: 'looks, elements or signals in one day',
      nl: 'keer bekeken, elementen of signalen op één dag',
    }),
  quota: (found) =>
    times(found, { en: '% of the quota of a day is used', nl: '% van een dagquotum is gebruikt' }),
  'repeated-looks': (found, days) =>
    times(found, {
      en: `looks at one subject in at most ${days} days`,
      nl: `keer één onderwerp bekeken in hooguit ${days} dagen`,
    }),
  'few-hits': (found, days) =>
    times(found, {
      en: `signals submitted in ${days} days, far more than usual, and hardly any touched another when it was submitted`,
      nl: `signalen ingediend in ${days} dagen, veel meer dan gewoonlijk, en bijna geen raakte een ander bij het indienen`,
    }),
  enumeration: (found) =>
    unusual(found, {
      en: 'elements evaluated in one day for which no signal was submitted, or batches',
      nl: 'elementen op één dag omgezet waarvoor geen signaal is ingediend, of pakketten',
    }),
  'no-open-case': (found, days) =>
    times(found, {
      en: `subjects looked at in ${days} days of which the case is closed or that are not there`,
      nl: `onderwerpen bekeken in ${days} dagen waarvan de zaak gesloten is of die er niet zijn`,
    }),
  'out-of-region': (found, days) =>
    times(found, {
      en: `subjects in ${days} days from police units in which the agency does not usually work`,
      nl: `onderwerpen in ${days} dagen uit politie-eenheden waarin de organisatie gewoonlijk niet werkt`,
    }),
  night: (found) =>
    unusual(found, {
      en: 'looks or batches between 23:00 and 06:00 in one night',
      nl: 'keer bekeken of pakketten omgezet tussen 23.00 en 06.00 uur in één nacht',
    }),
  'submit-look-withdraw': (found, days) =>
    times(found, {
      en: `signals withdrawn within two days of being submitted, or corrections of one signal, in ${days} days`,
      nl: `signalen binnen twee dagen na indienen ingetrokken, of verbeteringen van één signaal, in ${days} dagen`,
    }),
  'large-export': (found) =>
    unusual(found, {
      en: 'records exported or listed in one day',
      nl: 'regels geëxporteerd of opgesomd op één dag',
    }),
  'own-or-colleague': (found, days) =>
    times(found, {
      en: `acts in ${days} days on somebody whom the agency has on its list of protected staff`,
      nl: `handelingen in ${days} dagen rond iemand die op de lijst van beschermd personeel van de organisatie staat`,
    }),
}

/** Why an alarm was raised, in two sentences, in both languages. Names nobody and no case. */
export function explanationOf(found: Explained, rules: Partial<AlarmRules>): Sentences {
  const title = alarmRules.find(({ code }) => code === found.rule)
  const detail = details[found.rule](found, rules[found.rule]?.windowDays ?? 1)
  return {
    en: `${title?.en ?? found.rule}. ${detail.en}`,
    nl: `${title?.nl ?? found.rule}. ${detail.nl}`,
  }
}
