import { type MisuseKind, misuseKinds, singleLookShare } from './kinds.ts'

/** A misuse that was done: by whom, from when on, and what was looked at first. */
export type Planted = {
  readonly kind: MisuseKind
  readonly agency: string
  readonly officer: string
  /** The first act of it, in milliseconds. */
  readonly at: number
  /** Of a single look: what was looked at. */
  readonly about?: string | undefined
}

/** An alarm as its agency's privacy officer was told of it, by either operator. */
export type SeenAlarm = {
  readonly operator: 'gateway' | 'keyholder'
  readonly id: string
  readonly agency: string
  readonly rule: string
  readonly raisedAt: number
  readonly officer: string | undefined
}

/** A drawn look that its reviewer judged not justified. */
export type SeenJudgement = {
  readonly agency: string
  readonly officer: string | undefined
  readonly about: string | undefined
  /** The first look of its week; the judgement is about all of them. */
  readonly lookedAt: number
  readonly at: number
}

/** One line of `misuse` in the document of `--json`. */
export type Finding = {
  readonly kind: MisuseKind
  /** Within the time that is stated. */
  readonly found: boolean
  /** The rule, with `@keyholder` when that operator raised it first; or `sample`. */
  readonly by: string | null
  /** From the first act until it was found, to one decimal; also when that was too late. */
  readonly hours: number | null
  readonly statedHours: number
}

export type Findings = {
  readonly misuse: readonly Finding[]
  readonly falseAlarms: number
  /** How many of them each rule raised, the most first. */
  readonly falseByRule: Readonly<Record<string, number>>
}

const hour = 3_600_000
/** Until so long after a misuse an alarm that names nobody is about it, and no false one. */
const echoHours = 48

const isOwnRule = ({ kind }: Planted, { rule }: SeenAlarm): boolean => rule === kind

/** Alarms that are about what was planted: by the officer's name or, where an alarm names none, by agency and time. */
const isAbout = (planted: Planted, alarm: SeenAlarm): boolean => {
  const passed = alarm.raisedAt - planted.at
  if (alarm.agency !== planted.agency || passed < 0) return false
  // The only protected colleagues are those who are planted; whoever looks at one later is told of rightly.
  if (planted.kind === 'own-or-colleague' && isOwnRule(planted, alarm)) return true
  return alarm.officer === undefined
    ? passed <= echoHours * hour
    : alarm.officer === planted.officer && planted.kind !== 'single-look'
}

const week = 7 * 24 * hour

/** Whether a look, the first of its week, is the planted one or stands for it. */
export const isSameLook = (
  planted: Planted,
  look: Pick<Planted, 'agency' | 'at' | 'about'> & { readonly officer: string | undefined },
): boolean =>
  planted.agency === look.agency &&
  planted.officer === look.officer &&
  planted.about === look.about &&
  look.at <= planted.at &&
  planted.at - look.at < week

const nameOf = ({ operator, rule }: SeenAlarm): string =>
  operator === 'gateway' ? rule : `${rule}@${operator}`

function foundBy(
  planted: Planted,
  alarms: readonly SeenAlarm[],
  judged: readonly SeenJudgement[],
): { readonly by: string; readonly at: number } | undefined {
  if (planted.kind === 'single-look') {
    const own = judged.find((one) => isSameLook(planted, { ...one, at: one.lookedAt }))
    return own && { by: 'sample', at: own.at }
  }
  const [first] = alarms
    .filter((one) => isAbout(planted, one))
    .toSorted(
      (one, other) =>
        Number(isOwnRule(planted, other)) - Number(isOwnRule(planted, one)) ||
        one.raisedAt - other.raisedAt,
    )
  return first && { by: nameOf(first), at: first.raisedAt }
}

/** What was found of what was planted and when, and which alarms were about nothing that was planted. */
export function findingsOf(
  planted: readonly Planted[],
  alarms: readonly SeenAlarm[],
  judged: readonly SeenJudgement[],
  /** Planned, and not done: nothing of it can have been found. */
  undone: readonly MisuseKind[] = [],
): Findings {
  const misuse = planted.map((one): Finding => {
    const { statedHours } = misuseKinds[one.kind]
    const found = foundBy(one, alarms, judged)
    const hours = found === undefined ? null : Math.round((10 * (found.at - one.at)) / hour) / 10
    return {
      kind: one.kind,
      found: hours !== null && hours <= statedHours,
      by: found?.by ?? null,
      hours,
      statedHours,
    }
  })
  const wrong = alarms.filter((alarm) => !planted.some((one) => isAbout(one, alarm)))
  const counts: Record<string, number> = {}
  for (const alarm of wrong) counts[nameOf(alarm)] = (counts[nameOf(alarm)] ?? 0) + 1
  const missing = undone.map((kind): Finding => {
    const { statedHours } = misuseKinds[kind]
    return { kind, found: false, by: null, hours: null, statedHours }
  })
  return {
    misuse: [...misuse, ...missing],
    falseAlarms: wrong.length,
    falseByRule: Object.fromEntries(
      Object.entries(counts).sort(
        ([one, many], [other, more]) => more - many || (one < other ? -1 : 1),
      ),
    ),
  }
}

/** False alarms of one agency in a month, a twelfth of 365 days; to three decimals. */
export const perAgencyMonth = ({ falseAlarms }: Findings, agencies: number, days: number): number =>
  Math.round((1000 * falseAlarms * 365) / (12 * agencies * days)) / 1000

/** What was planted and not found in time; of single looks only when too few were. */
export function misuseDifferences({ misuse }: Findings): string[] {
  const missed = misuse.filter(({ kind, found }) => kind !== 'single-look' && !found)
  const single = misuse.filter(({ kind }) => kind === 'single-look')
  const seen = single.filter(({ found }) => found).length
  return [
    ...missed.map(({ kind, hours, statedHours }) =>
      hours === null
        ? `misuse not found: ${kind}`
        : `misuse found too late: ${kind} after ${hours} of ${statedHours} hours`,
    ),
    ...(seen < single.length * singleLookShare
      ? [`misuse not found: ${single.length - seen} of ${single.length} single looks`]
      : []),
  ]
}
