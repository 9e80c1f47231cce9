import { createHash } from 'node:crypto'
import type { FollowUpSummary } from '../../../src/wire/follow-up.ts'
import type { Chance } from '../../demo-people/chance.ts'
import type { Party } from '../agreement.ts'
import { dayMilliseconds, dutchDayOf, isWorkingDay, textOf } from '../calendar.ts'
import type { Sent } from '../connectors.ts'
import { isAway } from '../field.ts'
import { unlessTooLate } from '../officers.ts'
import type { Seed } from '../seeded.ts'
import type { Moment } from '../year.ts'
import type { Desk, Staff } from './desks.ts'

const minute = 60_000

/** Parts of a day in which people read, in minutes of UTC: an hour or two later in the Netherlands. */
const parts = {
  morning: [7 * 60, 10 * 60 + 59],
  afternoon: [11 * 60, 15 * 60 + 59],
  evening: [18 * 60, 20 * 60],
  night: [22 * 60 + 30, 23 * 60 + 30],
} as const
type Part = keyof typeof parts

/** On how many of the working days somebody reads at all, and when. The police work around the clock. */
const usual = { reads: 0.65, evening: 0.05, policeEvening: 0.12, policeNight: 0.02, weekend: 0.04 }

/**
 * Officers read as people do who work with cases: what is new, what is theirs, in working hours and now and then in the
 * evening; sometimes the same case twice on a day, sometimes one that is just closed, now and then a colleague's.
 */
export function openReading(
  staff: ReadonlyMap<string, Staff>,
  { seed, sent }: { readonly seed: Seed; readonly sent: ReadonlyMap<string, Sent> },
) {
  const agencies = [...staff.values()].filter(({ party }) => !party.submitsOnly)
  const chances = new Map(agencies.map(({ party }) => [party.id, seed.chance(`reads ${party.id}`)]))
  const hours = seed.chance('hours of reading')
  const seen = new Map<string, number>()

  /** The officer whose case it is: the same one as long as it lasts. */
  const ownerOf = ({ desks }: Staff, handle: string): Desk => {
    const place = createHash('sha256').update(handle).digest().readUInt16BE(0) % desks.length
    const desk = desks[place]
    if (desk === undefined) throw new Error('an agency has no officers')
    return desk
  }

  async function readCase(of: Staff, one: FollowUpSummary, chance: Chance): Promise<void> {
    const owner = ownerOf(of, one.handle)
    const { partner } = chance.happens(0.08) ? chance.pick(of.desks) : owner
    await unlessTooLate(() => partner.followUps.show(one.handle))
    const own = one.signals[0]
    if (own?.overlap !== undefined && chance.happens(0.6)) {
      const { overlap } = own
      await unlessTooLate(() => partner.overlap(overlap))
    }
    if (own !== undefined && chance.happens(0.15)) {
      await unlessTooLate(() => partner.signal(own.id))
    }
    if (chance.happens(0.12)) await unlessTooLate(() => partner.followUps.show(one.handle))
  }

  /** One officer opens the queue; each new thing in it is read by whose case it is. */
  async function read(of: Staff, chance: Chance): Promise<void> {
    const { party, desks } = of
    const { partner } = chance.pick(desks)
    for (const one of await partner.followUps.list(party.under)) {
      const isNew = seen.get(one.handle) !== one.version
      seen.set(one.handle, one.version)
      if (chance.happens(isNew ? 0.8 : 0.06)) await readCase(of, one, chance)
    }
    if (chance.happens(0.1)) await lookOnceMore(of, chance)
    if (chance.happens(0.25)) await lookUpOwn(of, chance)
  }

  /** What somebody closed lately is looked at once more: the family called again. */
  async function lookOnceMore(of: Staff, chance: Chance): Promise<void> {
    const { partner } = chance.pick(of.desks)
    const [last] = (await partner.followUps.list(of.party.under, 'over'))
      .filter(({ closedAt }) => closedAt !== undefined)
      .toSorted((one, other) => ((one.closedAt ?? '') < (other.closedAt ?? '') ? 1 : -1))
    if (last !== undefined) await unlessTooLate(() => partner.followUps.show(last.handle))
  }

  async function lookUpOwn({ party, desks }: Staff, chance: Chance): Promise<void> {
    const own = [...sent.values()].filter(({ agency }) => agency === party.id).slice(-10)
    if (own.length === 0) return
    await chance.pick(desks).partner.signal(chance.pick(own).id)
  }

  function partOf({ party }: Staff, chance: Chance, works: boolean): Part | undefined {
    const isPolice = party.kind === 'avim'
    if (isPolice && chance.happens(usual.policeNight)) return 'night'
    if (chance.happens(isPolice ? usual.policeEvening : usual.evening) && works) return 'evening'
    if (!chance.happens(works ? usual.reads : usual.weekend)) return undefined
    return chance.happens(0.55) ? 'morning' : 'afternoon'
  }

  return {
    /** Who opens the queue today for the agency, in place of its connector. */
    atDesk(party: Party): Party {
      const of = staff.get(party.id)
      const chance = chances.get(party.id)
      if (of === undefined || chance === undefined) return party
      return { ...party, partner: chance.pick(of.desks).partner }
    },

    /** When somebody reads on a day that begins at `midnight`, in UTC. */
    on(midnight: number): Moment[] {
      const day = dutchDayOf(midnight + dayMilliseconds / 2)
      const works = isWorkingDay(day)
      const readers = agencies
        .filter(({ party }) => !isAway(party, textOf(day)))
        .map((of) => {
          const chance = chances.get(of.party.id) ?? hours
          return { of, chance, part: partOf(of, chance, works) }
        })
      return (Object.keys(parts) as Part[]).flatMap((part) => {
        const [from, until] = parts[part]
        const at = midnight + hours.between(from, until) * minute
        const those = readers.filter((one) => one.part === part)
        if (those.length === 0) return []
        const act = async () => {
          for (const { of, chance } of those) await read(of, chance)
        }
        return [{ at, act }]
      })
    },
  }
}
