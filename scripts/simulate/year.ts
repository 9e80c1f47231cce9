import type { Chance } from '../demo-people/chance.ts'
import type { Party } from './agreement.ts'
import { dayMilliseconds, dutchDayOf, isWorkingDay, textOf } from './calendar.ts'
import type { PlannedSignal } from './cases.ts'
import type { Connectors } from './connectors.ts'
import { isAway } from './field.ts'
import type { MovedTime } from './moved-time.ts'
import type { Officers } from './officers.ts'
import type { Reckoning } from './reckoning.ts'
import type { SealedTexts } from './sealed-texts.ts'
import type { Seed } from './seeded.ts'
import type { Unowned, Watch } from './watch.ts'

const minute = 60_000

/** Something that is done at a moment of its own. */
export type Moment = { readonly at: number; readonly act: () => Promise<void> }

/** What the days of a simulation need. */
export type Year = {
  readonly start: number
  readonly days: number
  readonly seed: Seed
  readonly time: MovedTime
  readonly parties: readonly Party[]
  readonly plan: readonly PlannedSignal[]
  readonly connectors: Connectors
  readonly officers: Officers
  readonly sealedTexts: SealedTexts
  readonly reckoning: Reckoning
  readonly watch: Watch
  readonly runDueWork: () => Promise<void>
  /** Who sits at an agency's desk today; by default the agency's connector names nobody. */
  readonly atDesk?: (party: Party) => Party
  /** What else is done on a day of the simulation, at moments within it. */
  readonly besides?: (day: number) => readonly Moment[]
  readonly onUnowned: (found: readonly Unowned[]) => void
  readonly onDay: (day: number) => Promise<void>
  readonly signal: AbortSignal
}

/**
 * Day after day: time moves, the gateway does what is due, people act, connectors send. All acts come one after
 * the other, so that the same seed gives the same year; whatever is done at one moment is looked at right after it.
 */
export async function live(year: Year): Promise<void> {
  const { start, days, seed, time, parties, plan, connectors, officers } = year
  const { sealedTexts, reckoning, watch, signal } = year
  const { atDesk: seated = (party) => party, besides = () => [] } = year
  const hours = seed.chance('hours')
  const chances = new Map(parties.map(({ id }) => [id, seed.chance(`officers of ${id}`)]))
  const chanceOf = ({ id }: Party): Chance => {
    const found = chances.get(id)
    if (found === undefined) throw new Error(`${id} has no chance`)
    return found
  }
  let at = start
  let isSent = true

  /** What happened at this moment; where nothing did, nothing can have lost its owner. */
  async function look(): Promise<void> {
    const { events, standings } = await watch.sinceLastLook()
    reckoning.happened(events, standings, at)
    if (events.length > 0 || isSent) year.onUnowned(await watch.unowned())
    isSent = false
  }

  /** Time has gone on, and the gateway has done what that makes due: its queue would have it do so every minute. */
  async function moveTo(moment: number): Promise<void> {
    signal.throwIfAborted()
    at = moment
    time.moveTo(new Date(at))
    await year.runDueWork()
    isSent = true
    await look()
    const live = await watch.liveRequests(reckoning.awaited())
    reckoning.passed(at, (number) => live.has(number))
  }

  async function atDesk(agency: Party, day: number): Promise<void> {
    const chance = chanceOf(agency)
    const party = seated(agency)
    // Drawn on every working day, so that an absence changes nothing but itself.
    const looks = chance.happens(party.habits.looks)
    const looksBack = day % 30 === 29
    if (isAway(party, textOf(dutchDayOf(at))) || !(looks || looksBack)) return
    await officers.hear(party)
    await sealedTexts.look(party, chance)
    if (party.submitsOnly) return
    if (looks) await officers.look(party, chance)
    if (looksBack) await officers.lookBack(party, chance)
  }

  async function send(party: Party, planned: readonly PlannedSignal[]): Promise<void> {
    const own = planned.filter(({ agency }) => agency === party.id)
    if (own.length === 0) return
    await connectors.submit(party, own)
    isSent = true
    await look()
  }

  async function mend(party: Party, day: number): Promise<void> {
    for (const one of [...connectors.sent.values()]) {
      const { corrected, withdrawnOn } = one.plan
      if (one.agency !== party.id || (corrected?.day !== day && withdrawnOn !== day)) continue
      if (corrected?.day === day) await connectors.correct(party, one)
      if (withdrawnOn === day) await connectors.withdraw(party, one)
      isSent = true
      await look()
    }
  }

  for (let day = 0; day < days; day += 1) {
    const midnight = start + day * dayMilliseconds
    const moment = midnight + hours.between(7 * 60, 16 * 60) * minute
    const night = midnight + hours.between(22 * 60, 24 * 60 - 1) * minute
    const today = plan.filter((one) => one.day === day)
    const byNight = today.filter(({ atNight }) => atNight)
    const byDay = today.filter(({ atNight }) => !atNight)

    const byDaylight = async () => {
      const works = isWorkingDay(dutchDayOf(at))
      for (const party of parties) {
        await send(party, byDay)
        await mend(party, day)
        if (works) await atDesk(party, day)
        await look()
      }
    }
    const afterDark = async () => {
      for (const party of parties) await send(party, byNight)
    }
    const moments: Moment[] = [
      { at: moment, act: byDaylight },
      ...(byNight.length > 0 ? [{ at: night, act: afterDark }] : []),
      ...besides(day).map((one) => ({
        at: one.at,
        act: async () => {
          await one.act()
          isSent = true
          await look()
        },
      })),
    ]
    for (const one of moments.toSorted((left, right) => left.at - right.at)) {
      await moveTo(one.at)
      await one.act()
    }
    await year.onDay(day + 1)
  }
  await moveTo(start + days * dayMilliseconds + 7 * 60 * minute)
  for (const party of parties) await officers.hear(party)
}
