import type { AlarmRule } from '../wire/codes/alarms.ts'
import { addDays } from './days.ts'
import type { AlarmRules, Usual } from './rules.ts'
import type { Finding, Measure, QuotaStand, Tally } from './types.ts'
import { clientOf, counted, type Judged, sum, thresholdOf, usualOf } from './usual.ts'

type Found = Pick<Finding, 'measured' | 'threshold'> & Partial<Pick<Finding, 'about' | 'usual'>>

/** What one rule finds of one actor. */
type Finds<Rule extends keyof AlarmRules> = (
  judged: Judged,
  actor: string,
  rule: AlarmRules[Rule],
) => Iterable<Found & { readonly acts: readonly Tally[] }>

/** How much of something one actor did on the day, when it is more than is usual there. */
function* unusual(
  judged: Judged,
  actor: string,
  asked: {
    readonly rule: AlarmRule
    readonly measure: Measure
    readonly floor: number
    readonly usual: Usual
  },
): Generator<Found & { readonly acts: readonly Tally[] }> {
  const acts = counted(judged, asked.rule, asked.measure, actor, 1)
  const measured = sum(acts)
  if (measured < asked.floor) return
  const usual = usualOf(judged, asked.measure, actor, asked.usual)
  const threshold = thresholdOf(asked.floor, usual, asked.usual)
  if (measured < threshold) return
  yield { acts, measured, threshold, ...(usual === undefined ? {} : { usual }) }
}

/** Subjects that stand in these acts, those of the day last. */
const subjectsOf = (acts: readonly Tally[]): string[] => [...new Set(acts.map(({ key }) => key))]

const isOn = (day: string, acts: readonly Tally[]): boolean => acts.some((one) => one.day === day)

const finds: { readonly [Rule in Exclude<keyof AlarmRules, 'quota'>]: Finds<Rule> } = {
  *volume(judged, actor, rule) {
    for (const [measure, floor] of [
      ['look', rule.looks],
      ['elements', rule.elements],
      ['submit', rule.submissions],
    ] as const) {
      yield* unusual(judged, actor, { rule: 'volume', measure, floor, usual: rule })
    }
  },

  *'repeated-looks'(judged, actor, rule) {
    const all = counted(judged, 'repeated-looks', 'subject', actor, rule.windowDays)
    for (const [about, acts] of Map.groupBy(all, ({ key }) => key)) {
      const today = sum(acts.filter(({ day }) => day === judged.day))
      if (today === 0) continue
      if (today >= rule.looksInOneDay) {
        yield { acts, about, measured: today, threshold: rule.looksInOneDay }
      } else if (sum(acts) >= rule.looks) {
        yield { acts, about, measured: sum(acts), threshold: rule.looks }
      }
    }
  },

  *'few-hits'(judged, actor, rule) {
    const of = (measure: Measure) => counted(judged, 'few-hits', measure, actor, rule.windowDays)
    const acts = of('miss')
    const hits = sum(of('hit'))
    const submitted = sum(acts) + hits
    if (submitted < rule.submissions || !isOn(judged.day, acts)) return
    const until = addDays(judged.day, -rule.windowDays)
    const from = addDays(until, 1 - rule.usualDays)
    const before = judged.tallies.filter(({ day }) => day >= from && day <= until)
    const usualHits = sum(before.filter(({ measure }) => measure === 'hit'))
    const usually = usualHits + sum(before.filter(({ measure }) => measure === 'miss'))
    const isRare = usualHits < rule.usualShare * usually
    if (usually >= rule.fewestUsual && isRare) return
    if (submitted < (rule.timesUsual * usually * rule.windowDays) / rule.usualDays) return
    if (hits >= rule.share * submitted) return
    yield { acts, measured: submitted, threshold: rule.submissions }
  },

  *enumeration(judged, actor, rule) {
    const of = (measure: Measure) => counted(judged, 'enumeration', measure, actor, 1)
    const acts = of('elements')
    const explained =
      rule.elementsPerSignal * (sum(of('submit')) + sum(of('corrected')) + sum(of('protected')))
    const measured = sum(acts) - explained
    if (rule.elements !== undefined && measured >= rule.elements) {
      yield { acts, measured, threshold: rule.elements }
    }
    yield* unusual(judged, actor, {
      rule: 'enumeration',
      measure: 'batch',
      floor: rule.batches,
      usual: rule,
    })
  },

  *'no-open-case'(judged, actor, rule) {
    for (const [measure, threshold] of [
      ['over', rule.subjects],
      ['missing', rule.notFound],
    ] as const) {
      const acts = counted(judged, 'no-open-case', measure, actor, rule.windowDays)
      const measured = subjectsOf(acts).length
      if (measured < threshold || !isOn(judged.day, acts)) continue
      const about = measure === 'over' ? { about: subjectsOf(acts).at(-1) ?? '' } : {}
      yield { acts, measured, threshold, ...about }
    }
  },

  *'out-of-region'(judged, actor, rule) {
    const until = addDays(judged.day, -rule.windowDays)
    const from = addDays(until, 1 - rule.usualDays)
    const before = judged.tallies.filter(
      ({ measure, day }) => measure === 'home-region' && day >= from && day <= until,
    )
    const all = sum(before)
    if (all < rule.fewestUsual) return
    const isUsual = (unit: string): boolean =>
      sum(before.filter(({ key }) => key === unit)) >= rule.usualShare * all
    const acts = counted(judged, 'out-of-region', 'region', actor, rule.windowDays).filter(
      ({ key }) => !isUsual(key.split('|')[0] ?? ''),
    )
    const measured = subjectsOf(acts).length
    if (measured < rule.subjects || !isOn(judged.day, acts)) return
    yield { acts, measured, threshold: rule.subjects }
  },

  *night(judged, actor, rule) {
    for (const [measure, floor] of [
      ['night', rule.looks],
      ['night-batch', rule.batches],
    ] as const) {
      yield* unusual(judged, actor, { rule: 'night', measure, floor, usual: rule })
    }
  },

  *'submit-look-withdraw'(judged, actor, rule) {
    const of = (measure: Measure) =>
      counted(judged, 'submit-look-withdraw', measure, actor, rule.windowDays)
    const withdrawn = of('soon-withdrawn')
    const measured = subjectsOf(withdrawn).length
    if (measured >= rule.signals && isOn(judged.day, withdrawn)) {
      yield { acts: withdrawn, measured, threshold: rule.signals }
    }
    for (const [about, acts] of Map.groupBy(of('corrected'), ({ key }) => key)) {
      if (sum(acts) < rule.corrections || !isOn(judged.day, acts)) continue
      yield { acts, about, measured: sum(acts), threshold: rule.corrections }
    }
  },

  *'large-export'(judged, actor, rule) {
    for (const [measure, floor, usual] of [
      ['export', rule.rows, { ...rule, beforeUsual: 1 }],
      ['list', rule.listed, rule],
    ] as const) {
      yield* unusual(judged, actor, { rule: 'large-export', measure, floor, usual })
    }
  },

  *'own-or-colleague'(judged, actor, rule) {
    const all = counted(judged, 'own-or-colleague', 'staff', actor, rule.windowDays)
    for (const [about, acts] of Map.groupBy(all, ({ key }) => key)) {
      if (sum(acts) < rule.acts || !isOn(judged.day, acts)) continue
      yield { acts, about, measured: sum(acts), threshold: rule.acts }
    }
  },
}

const ruleNames = Object.keys(finds) as (keyof typeof finds)[]

/**
 * Which rules have their threshold reached. Pure: the same tallies give the same findings, in the same
 * order. Does not know what the acts were for; that is for people to say.
 */
export function* judge(judged: Judged, rules: Partial<AlarmRules>): Generator<Finding> {
  const { agency, day } = judged
  for (const name of ruleNames) {
    const rule = rules[name]
    if (rule === undefined) continue
    const find = finds[name] as Finds<keyof AlarmRules>
    for (const actor of judged.actors) {
      for (const { acts, ...found } of find(judged, actor, rule)) {
        yield { ...found, rule: name, agency, actor, client: clientOf(acts), day }
      }
    }
  }
}

/** Which quotas of a day are nearly used up. */
export function* judgeQuotas(
  stands: readonly QuotaStand[],
  day: string,
  rule: AlarmRules['quota'],
): Generator<Finding> {
  for (const { agency, used, limit } of stands) {
    const measured = Math.round((100 * used) / limit)
    const threshold = Math.round(100 * rule.share)
    if (measured < threshold) continue
    yield { rule: 'quota', agency, actor: '', client: '', day, measured, threshold }
  }
}
