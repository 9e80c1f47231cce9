import { type Clock, shifted } from '../kernel/clock.ts'
import type { Alarm, AlarmView } from '../wire/alarm.ts'
import { addDays } from './days.ts'
import { explanationOf } from './explaining.ts'
import type { AlarmRules } from './rules.ts'
import type { KeptAlarm } from './store.ts'
import type { Reviewer } from './types.ts'

/**
 * Whether an alarm is about whoever asks. Of an alarm about an officer that is the officer, and also whoever sits at
 * the same machine and gives no name; of one about a machine, everybody at that machine. Whoever signs with the key of
 * the agency’s machines is a machine.
 */
export function isAbout(
  { client, officer }: Pick<KeptAlarm, 'client' | 'officer'>,
  asker: Reviewer,
): boolean {
  if (asker.client === undefined) return asker.isMachine === true
  if (officer === null) return client !== null && client === asker.client
  return asker.officer === undefined ? client === asker.client : asker.officer === officer
}

type Taken = Pick<KeptAlarm, 'taken_by_client' | 'taken_by_officer'>

/** Who takes an alarm up, in the columns in which that is kept: a signatory stands in the second, without a client. */
export const takerOf = ({ client, officer, signatory }: Reviewer): Taken => ({
  taken_by_client: client ?? null,
  taken_by_officer: signatory ?? officer ?? null,
})

export function isTaker(alarm: Taken, asker: Reviewer): boolean {
  const { taken_by_client, taken_by_officer } = takerOf(asker)
  return alarm.taken_by_client === taken_by_client && alarm.taken_by_officer === taken_by_officer
}

function takenByOf({ taken_by_client, taken_by_officer }: Taken): NonNullable<Alarm['takenBy']> {
  if (taken_by_client === null) return { signatory: taken_by_officer ?? '' }
  return {
    client: taken_by_client,
    ...(taken_by_officer === null ? {} : { officer: taken_by_officer }),
  }
}

type KeptFiring = { readonly day: string; readonly about: string; readonly measured: number }

/** Kept alarms in the form of the public contract. */
export const viewsOf = (clock: Clock, rules: Partial<AlarmRules>) => ({
  alarmOf: (one: KeptAlarm): Alarm => ({
    id: one.id,
    rule: one.rule,
    raisedAt: one.raised_at.toISOString(),
    lastAt: one.last_at.toISOString(),
    state: one.closed_at !== null ? 'closed' : one.taken_at !== null ? 'taken' : 'open',
    ...(one.client === null ? {} : { client: one.client }),
    ...(one.officer === null ? {} : { officer: one.officer }),
    ...(one.about === null ? {} : { about: one.about }),
    count: one.count,
    threshold: one.threshold,
    measured: one.measured,
    explanation: explanationOf({ ...one, usual: one.usual ?? undefined }, rules),
    dueAt: one.due_at.toISOString(),
    overdue: one.closed_at === null && one.due_at <= clock.now(),
    ...(one.taken_at === null ? {} : { takenBy: takenByOf(one) }),
    ...(one.outcome === null ? {} : { outcome: one.outcome }),
    ...(one.reason === null ? {} : { reason: one.reason }),
    ...(one.closed_at === null ? {} : { closedAt: one.closed_at.toISOString() }),
  }),

  firingOf: ({ day, about, measured }: KeptFiring): AlarmView['firings'][number] => ({
    day,
    ...(about === '' ? {} : { about }),
    measured,
  }),

  /** Where the acts stand, for whoever may look back at them; a window longer than a day begins earlier. */
  actsPathOf(
    { client, officer, rule, last_at }: KeptAlarm,
    firings: readonly KeptFiring[],
  ): { readonly acts?: string } {
    if (client === null && officer === null) return {}
    const earliest = firings.reduce((first, { day }) => (day < first ? day : first), '9999-12-31')
    const { windowDays = 1 } = rules[rule] ?? {}
    const who = officer === null ? { client: client ?? '' } : { officer }
    const from = `${addDays(earliest, -windowDays)}T00:00:00Z`
    const until = shifted(last_at, 1).toISOString()
    const query = new URLSearchParams({ occasion: 'incident', ...who, from, until })
    return { acts: `/v1/accesses?${query}` }
  },
})
