import type { AgreementContent } from '../agreements/types.ts'
import { shifted } from '../kernel/clock.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { ClockName, Due } from './types.ts'
import { addWorkingDays } from './working-days.ts'

/**
 * What falls due, and who is told when: the agency itself when two thirds of the time are over; its
 * deputy at the term; the coordinator two working days later, and again every five. Pure.
 */

const secondsPerDay = 86_400
const coordinatorAfter = 2
const againAfter = 5

/** When a term that begins now ends. */
function endOf(clock: ClockName, { deadlines }: AgreementContent, at: Date): Date {
  return clock === 'close'
    ? shifted(at, deadlines.closeDays * secondsPerDay)
    : addWorkingDays(at, deadlines.acknowledgeWorkingDays)
}

/** Two thirds of a term. */
export const reminderOf = (startedAt: Date, dueAt: Date): Date =>
  new Date(startedAt.getTime() + ((dueAt.getTime() - startedAt.getTime()) * 2) / 3)

export function startClock(
  clock: ClockName,
  agency: AgencyId,
  content: AgreementContent,
  at: Date,
): Due {
  const dueAt = endOf(clock, content, at)
  return { clock, agency, startedAt: at, dueAt, step: 0, nextAt: reminderOf(at, dueAt) }
}

/** The same term for another agency, which did not let anything pass yet. */
export function passClock(due: Due, agency: AgencyId, at: Date): Due {
  const { startedAt, dueAt } = due
  if (dueAt <= at) return { ...due, agency, step: 2, nextAt: addWorkingDays(at, coordinatorAfter) }
  const reminder = reminderOf(startedAt, dueAt)
  return { ...due, agency, step: reminder > at ? 0 : 1, nextAt: reminder > at ? reminder : dueAt }
}

/** Whom the next step of a term tells. */
export type Level = 'reminder' | 'deputy' | 'coordinator'

export const levelOf = (step: number): Level =>
  step <= 1 ? 'reminder' : step === 2 ? 'deputy' : 'coordinator'

/**
 * Takes a term one step on. After a standstill a reminder that is too late is left out, and of the
 * steps to the coordinator that passed one is made; nothing else is lost.
 */
export function nextStep<Term extends Pick<Due, 'dueAt' | 'step' | 'nextAt'>>(
  due: Term,
  at: Date,
): { readonly due: Term; readonly level: Level } {
  const step = due.step === 0 && due.dueAt <= at ? 2 : due.step + 1
  const level = levelOf(step)
  if (level === 'reminder') return { level, due: { ...due, step, nextAt: due.dueAt } }
  if (level === 'deputy') {
    return { level, due: { ...due, step, nextAt: addWorkingDays(due.dueAt, coordinatorAfter) } }
  }
  let nextAt = addWorkingDays(due.nextAt, againAfter)
  while (nextAt <= at) nextAt = addWorkingDays(nextAt, againAfter)
  return { level, due: { ...due, step, nextAt } }
}
