import { calendarOf, endOfRetention, startOfQuarter, textOfDay } from '../kernel/calendar.ts'
import { type Clock, dayOf, shifted } from '../kernel/clock.ts'
import { Fault, type Problem } from '../kernel/fault.ts'
import type { AgreementContent } from '../wire/agreement.ts'
import type { SignalBody } from './types.ts'

/** Somewhere it is tomorrow already. */
const farthestEastSeconds = 14 * 3600

/**
 * What is wrong with the period for which a signal is to be kept; undefined when nothing is. It ends at
 * the first day of a quarter, later than today, and no later than the agreement allows after the
 * observation. Does NOT check an earlier end because of somebody's age: only the partner knows that.
 */
export function retentionFault(
  { observedOn, retainUntil }: Pick<SignalBody, 'observedOn' | 'retainUntil'>,
  { retentionMonths }: Pick<AgreementContent, 'retentionMonths'>,
  clock: Clock,
): Fault | undefined {
  const problems: Problem[] = []
  if (observedOn > dayOf(shifted(clock.now(), farthestEastSeconds))) {
    problems.push({ at: '/observedOn', message: 'this day has not come yet' })
  }
  if (retainUntil !== textOfDay(startOfQuarter(calendarOf(retainUntil)))) {
    problems.push({ at: '/retainUntil', message: 'this is not the first day of a quarter' })
  }
  if (retainUntil <= dayOf(clock.now())) {
    problems.push({
      at: '/retainUntil',
      message: 'this day has passed: the signal would be over before it begins',
    })
  }
  if (retainUntil > endOfRetention(observedOn, retentionMonths)) {
    problems.push({
      at: '/retainUntil',
      message: `this is later than the agreement allows: ${retentionMonths} months after the observation, rounded down to a quarter`,
    })
  }
  return problems.length === 0 ? undefined : new Fault('signals/retention', problems)
}
