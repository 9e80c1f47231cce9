import { resolve } from 'node:path'
import type { Settings } from '../../src/config.ts'
import { openLog } from '../../src/door/request-log.ts'
import { stepsBetween } from '../../src/follow-up/steps.ts'
import { openGateway } from '../../src/gateway.ts'
import { type Clock, dayOf, shifted, systemClock } from '../../src/kernel/clock.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { connectionOf } from '../../src/operator.ts'
import { openDatabase } from '../../src/store/database.ts'

/** What time alone did on one day, as the gateway's ledger tells it. */
export type DemoDay = {
  readonly day: string
  readonly reminders: number
  readonly escalations: { readonly deputy: number; readonly coordinator: number }
  readonly expired: number
}

const secondsPerDay = 86_400
/** Up to so many days are gone through one by one, more of them in as many steps. */
const mostSteps = 60

/** How many days `--clock` asks for, such as `+8d`; undefined when it is written in another way. */
export function daysIn(text: string): number | undefined {
  const days = Number(/^\+([1-9][0-9]{0,3})d$/.exec(text)?.[1])
  return Number.isNaN(days) ? undefined : days
}

/**
 * Lets time go by at a gateway that has stopped: it is opened once more, under a clock that is ahead
 * of the machine's, and does what falls due.
 */
export async function letTimePass(
  folder: string,
  { gateway: settings }: Settings,
  days: number,
): Promise<DemoDay[]> {
  if (settings === undefined) throw new Error('no settings for the gateway')
  const path = (relative: string) => resolve(folder, relative)
  const since = systemClock.now()
  let ahead = 0
  const clock: Clock = { now: () => shifted(systemClock.now(), ahead) }
  const gateway = await openGateway(settings, {
    clock,
    random: systemRandomness,
    logger: openLog({ level: 'silent' }),
    path,
  })
  try {
    const steps = Math.min(days, mostSteps)
    for (let step = 1; step <= steps; step += 1) {
      ahead = Math.round((days * step) / steps) * secondsPerDay
      await gateway.runDueWork()
    }
  } finally {
    await gateway.close()
  }
  const { db, close } = await openDatabase({
    connection: connectionOf(settings, path),
    operator: 'gateway',
    clock,
    migrate: 'leave',
  })
  try {
    const steps = await stepsBetween(db, since, new Date(8.64e15))
    const expired = await db
      .selectFrom('ledger_entry')
      .select('at')
      .where('at', '>=', since)
      .where('kind', '=', 'signal.expire')
      .execute()
    const days = [
      ...steps.map((step) => ({ day: dayOf(new Date(step.at)), step })),
      ...expired.map(({ at }) => ({ day: dayOf(at), step: undefined })),
    ]
    const byDay = Map.groupBy(days, ({ day }) => day)
    return [...byDay.keys()].sort().map((day) => {
      const those = (byDay.get(day) ?? []).map(({ step }) => step)
      const told = (level: string) => those.filter((step) => step?.level === level).length
      return {
        day,
        reminders: those.filter((step) => step?.kind === 'remind').length,
        escalations: { deputy: told('deputy'), coordinator: told('coordinator') },
        expired: those.filter((step) => step === undefined).length,
      }
    })
  } finally {
    await close()
  }
}
