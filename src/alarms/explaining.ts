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

/** The second sentence: what was counted, over how long, and from how much on it counts. */
const details: Readonly<
  Record<keyof AlarmRules, (found: Explained, windowDays: number) => Sentences>
> = {
  volume: ({ measured, threshold, usual }) => ({
    en: `${number(measured)} in one day${usual === undefined ? '' : `; usual is ${number(usual)}`}; an alarm is raised from ${number(threshold)} on.`,
    nl: `${number(measured)} op één dag${usual === undefined ? '' : `; gewoonlijk is het ${number(usual)}`}; er wordt gewaarschuwd vanaf ${number(threshold)}.`,
  }),
  quota: ({ measured, threshold }) => ({
    en: `${number(measured)} % of the quota of a day is used; an alarm is raised from ${number(threshold)} % on.`,
    nl: `${number(measured)} % van het quotum van een dag is gebruikt; er wordt gewaarschuwd vanaf ${number(threshold)} %.`,
  }),
  'repeated-looks': ({ measured, threshold }, days) => ({
    en: `${number(measured)} looks at one subject in ${days} days; an alarm is raised from ${number(threshold)} on.`,
    nl: `${number(measured)} keer één onderwerp bekeken in ${days} dagen; er wordt gewaarschuwd vanaf ${number(threshold)}.`,
  }),
}

/** Why an alarm was raised, in two sentences, in both languages. Names nobody and no case. */
export function explanationOf(found: Explained, rules: Partial<AlarmRules>): Sentences {
  const title = alarmRules.find(({ code }) => code === found.rule)
  const rule = found.rule as keyof AlarmRules
  const detail = details[rule]?.(found, rules[rule]?.windowDays ?? 1)
  return {
    en: `${title?.en ?? found.rule}. ${detail?.en ?? ''}`.trim(),
    nl: `${title?.nl ?? found.rule}. ${detail?.nl ?? ''}`.trim(),
  }
}
