import type { PinnedOperators } from '../../../src/client/operators.ts'
import type { Clock } from '../../../src/kernel/clock.ts'
import type { Town } from '../../demo-people/people.ts'
import type { Party } from '../agreement.ts'
import { dayMilliseconds } from '../calendar.ts'
import type { Connectors } from '../connectors.ts'
import type { Seed } from '../seeded.ts'
import type { Moment } from '../year.ts'
import { type Colleague, type Misuser, plots } from './acts.ts'
import { protectColleague } from './colleagues.ts'
import { openStaff } from './desks.ts'
import { type Findings, findingsOf, isSameLook, type Planted } from './findings.ts'
import { type Planting, type PlantingWishes, planMisuse } from './plan.ts'
import { openPrivacyOfficers } from './privacy-officers.ts'
import { openReading } from './reading.ts'

const minute = 60_000
/** The gateway looks at its rules every minute or hour; here time is moved on once after each step. */
const afterwards = 61
/** When a privacy officer puts somebody on the list of protected staff, in minutes of UTC. */
const protectsAt = 13 * 60

export type Misuse = Awaited<ReturnType<typeof openMisuse>>

/**
 * What a simulation has besides when misuse is planted: officers with names who read as people do, privacy officers
 * who treat alarms and samples, and the plantings.
 */
export async function openMisuse(
  wishes: PlantingWishes,
  {
    parties,
    pins,
    clock,
    seed,
    town,
    connectors,
    start,
    days,
  }: {
    readonly parties: readonly Party[]
    readonly pins: PinnedOperators
    readonly clock: Clock
    readonly seed: Seed
    readonly town: Town
    readonly connectors: Connectors
    readonly start: number
    readonly days: number
  },
) {
  const staff = await openStaff(parties, { pins, clock, seed })
  const reading = openReading(staff, { seed, sent: connectors.sent })
  const chance = seed.chance('misuse')
  const plan = planMisuse(parties, { ...wishes, chance, start, days })
  const planted: Planted[] = []
  const done = new Set<Planting>()
  const colleagues = new Map<string, Colleague>()
  const officers = openPrivacyOfficers(staff, {
    random: seed.randomness('privacy officers'),
    now: () => clock.now().getTime(),
    isMisuse: ({ agency, officer, look }) =>
      planted.some((one) =>
        one.kind === 'single-look'
          ? look !== undefined && isSameLook(one, { agency, officer, ...look })
          : one.agency === agency && one.officer === officer,
      ),
  })

  function momentsOf(planting: Planting, midnight: number): Moment[] {
    const { kind, agency, minutes } = planting
    const of = staff.get(agency)
    if (of === undefined) throw new Error('a planting needs an agency')
    const first = midnight + minutes * minute
    const { officer, partner } = kind === 'single-look' ? chance.pick(of.desks) : of.hire()
    let about: string | undefined
    const colleague = colleagues.get(agency)
    const misuser: Misuser = {
      party: { ...of.party, partner },
      session: of.sessionOf(officer),
      chance,
      ...(colleague === undefined ? {} : { colleague }),
      lookedAt: (handle) => {
        about = handle
      },
    }
    const steps = plots[kind](misuser, { clock, town, connectors })
    const moments = steps.map(
      ({ minutes: later, act }, place): Moment => ({
        at: first + later * minute,
        act: async () => {
          await act()
          if (place > 0) return
          planted.push({ kind, agency, officer, at: first, about })
          done.add(planting)
        },
      }),
    )
    const last = moments.at(-1)?.at ?? first
    return [...moments, { at: last + afterwards * minute, act: async () => {} }]
  }

  /** Before somebody looks at a colleague, the colleague has to be on the list; the day before will do. */
  const protectBefore = (day: number, midnight: number): Moment[] =>
    plan
      .filter((one) => one.kind === 'own-or-colleague' && one.day === day + 1)
      .map(({ agency }) => ({
        at: midnight + protectsAt * minute,
        act: async () => {
          const of = staff.get(agency)
          if (of === undefined) return
          colleagues.set(agency, await protectColleague(of, { town, clock, chance }))
        },
      }))

  return {
    atDesk: reading.atDesk,

    besides(day: number): Moment[] {
      const midnight = start + day * dayMilliseconds
      return [
        ...reading.on(midnight),
        ...officers.on(midnight),
        ...protectBefore(day, midnight),
        ...plan.filter((one) => one.day === day).flatMap((one) => momentsOf(one, midnight)),
      ]
    },

    /** What has come of it, when the simulation is over. */
    async findings(): Promise<Findings> {
      await officers.lookOnceMore()
      const undone = plan.filter((one) => !done.has(one)).map(({ kind }) => kind)
      return findingsOf(planted, officers.alarms(), officers.judged(), undone)
    },
  }
}
