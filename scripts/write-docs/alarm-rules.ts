import {
  type AlarmRules,
  alarmRuleTable,
  keepDays,
  nightHours,
  type Usual,
} from '../../src/alarms/rules.ts'
import { type AlarmRule, alarmRules } from '../../src/wire/codes/alarms.ts'

const number = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',')
const percent = (share: number): string => `${Math.round(share * 100)} %`

const against = ({ timesUsual, usualDays, fewestUsualDays, beforeUsual }: Usual): string =>
  `and at least ${timesUsual} times what is usual: the median of the actor’s days of the last ${usualDays} on which it did any of it. Of an actor with fewer than ${fewestUsualDays} such days it is that of all actors of its agency; where they have fewer too, the number counts ${beforeUsual === 1 ? 'as it is' : `${beforeUsual} times`}`

type Words = { readonly from: string; readonly at: 'gateway' | 'both operators' }

/** When a rule raises an alarm, with the numbers of the table. */
const words: { readonly [Rule in AlarmRule]: (rule: AlarmRules[Rule]) => Words } = {
  volume: (rule) => ({
    from: `On one day, by one actor: ${number(rule.looks)} looks, ${number(rule.elements)} evaluated elements or ${number(rule.submissions)} submitted signals, ${against(rule)}. The keyholder sees elements alone.`,
    at: 'both operators',
  }),
  quota: (rule) => ({
    from: `${percent(rule.share)} of a quota of the agency is used on one day (UTC). The keyholder counts elements alone.`,
    at: 'both operators',
  }),
  'repeated-looks': (rule) => ({
    from: `One actor looked at one subject ${rule.looksInOneDay} times on one day, or ${rule.looks} times in ${rule.windowDays} days, by its signal, overlap or follow-up alike.`,
    at: 'gateway',
  }),
  'few-hits': (rule) => ({
    from: `One actor submitted ${rule.submissions} signals in ${rule.windowDays} days, at least ${rule.timesUsual} times what its agency usually does in as many, and fewer than ${percent(rule.share)} of them touched another agency’s when they came in. Only where the agency may know; and not where fewer than ${percent(rule.usualShare)} of its signals of the ${rule.usualDays} days before did, if it sent ${rule.fewestUsual} or more.`,
    at: 'gateway',
  }),
  enumeration: (rule) => ({
    from: `On one day, by one actor: ${number(rule.elements ?? 0)} evaluated elements more than ${rule.elementsPerSignal} for each signal submitted or corrected each member of staff protected and each request of a subject (gateway alone); or ${rule.batches} batches, ${against(rule)}.`,
    at: 'both operators',
  }),
  'no-open-case': (rule) => ({
    from: `In ${rule.windowDays} days one actor looked at ${rule.subjects} subjects whose signal had ended, or whose follow-up had been closed, ${rule.graceDays} days before or earlier; or asked for ${rule.notFound} that are not there or not its own.`,
    at: 'gateway',
  }),
  'out-of-region': (rule) => ({
    from: `In ${rule.windowDays} days one actor looked at or submitted ${rule.subjects} own signals that were observed in police units where its agency does not usually work: those with fewer than ${percent(rule.usualShare)} of its signals of the ${rule.usualDays} days before, of which there have to be ${rule.fewestUsual}.`,
    at: 'gateway',
  }),
  night: (rule) => ({
    from: `In one night, from ${nightHours.from}:00 to ${nightHours.until}:00 in the Netherlands, one actor looked ${rule.looks} times or had ${rule.batches} batches evaluated, ${against(rule)}. The keyholder sees batches alone.`,
    at: 'both operators',
  }),
  'submit-look-withdraw': (rule) => ({
    from: `In ${rule.windowDays} days one actor withdrew ${rule.signals} signals within ${rule.withinHours} hours of their submission, or corrected one signal ${rule.corrections} times. The answer to a submission shows its overlaps, so submitting is looking.`,
    at: 'gateway',
  }),
  'large-export': (rule) => ({
    from: `On one day one actor exported ${number(rule.rows)} records, or had ${number(rule.listed)} listed, ${against(rule)}; for exports as it is.`,
    at: 'gateway',
  }),
  'own-or-colleague': () => ({
    from: 'One actor submitted, corrected or looked at a signal of its own agency that fits somebody on that agency’s list of protected staff: once is enough.',
    at: 'gateway',
  }),
}

function row<Rule extends AlarmRule>(rule: Rule, title: string): string {
  const { from, at } = words[rule](alarmRuleTable[rule])
  return `| \`${rule}\` | ${title} | ${from} | ${at} |`
}

/** `docs/alarm-rules.md`: every rule with the numbers that are in force. */
export const alarmRulesPage = (): string => `# Rules for alarms

<!-- Written by scripts/write-docs/alarm-rules.ts from src/alarms/rules.ts. Do not edit. -->

What [alarms](alarms.md) are raised for, with every threshold. An actor is an officer, where its client names one, on whatever machine; else the
machine. Days are those of the Netherlands. A look is an act that shows something of one subject: a signal of one's own, its feedback, an overlap, a follow-up, a disclosure or an emergency.
What was done is remembered for ${keepDays} days, as numbers per actor and day.

| rule | what | an alarm is raised from | raised by |
|---|---|---|---|
${alarmRules.map(({ code, en }) => row(code, en)).join('\n')}
`
