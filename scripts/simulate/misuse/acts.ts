import { readRows } from '../../../src/client/rows.ts'
import type { Session } from '../../../src/client/session.ts'
import type { Clock } from '../../../src/kernel/clock.ts'
import { dayOf } from '../../../src/kernel/clock.ts'
import type { FollowUpSummary } from '../../../src/wire/follow-up.ts'
import type { Chance } from '../../demo-people/chance.ts'
import type { Town } from '../../demo-people/people.ts'
import { type Cells, write } from '../../demo-people/writing.ts'
import type { Party } from '../agreement.ts'
import { fileOf, type PlannedSignal, writingOf } from '../cases.ts'
import type { Connectors, Sent } from '../connectors.ts'
import { unlessTooLate } from '../officers.ts'
import type { MisuseKind } from './kinds.ts'

/** A member of staff as the agency has it in its own books. */
export type Colleague = { readonly person: string; readonly cells: Cells }

/** Who misuses what: an officer of an agency, whose connector says its name. */
export type Misuser = {
  /** The agency, with the officer's own connector. */
  readonly party: Party
  readonly session: Session
  readonly chance: Chance
  /** Somebody of the same agency, who is protected. */
  readonly colleague?: Colleague
  /** Hears of the one thing that was looked at, where that is all. */
  readonly lookedAt: (handle: string) => void
}

/** What everybody in the simulation has at hand. */
export type Surroundings = {
  readonly clock: Clock
  readonly town: Town
  readonly connectors: Connectors
}

/** What is done so many minutes after the first step. */
export type Step = { readonly minutes: number; readonly act: () => Promise<void> }

/** How often or how much; each is what somebody would do who hopes to stay unseen for a day. */
const amounts = {
  tried: 40,
  batches: 8,
  numbersPerBatch: 240,
  looks: 90,
  over: 12,
  again: 15,
  elsewhere: 6,
  atNight: 9,
  polls: 6,
} as const

const observedDaysAgo = 3

/** A signal that this officer makes up about somebody. */
function signalOf(
  { party, chance }: Misuser,
  { clock }: Surroundings,
  about: { readonly person: string; readonly cells: Cells },
  serial: number,
): PlannedSignal {
  const observed = new Date(clock.now().getTime() - observedDaysAgo * 86_400_000)
  return {
    agency: party.id,
    person: about.person,
    cells: {
      ...about.cells,
      region: party.region,
      observedOn: dayOf(observed),
      caseReference: `${party.id.toUpperCase()}-X${chance.between(1000, 9999)}-${serial}`,
    },
    day: 0,
    atNight: false,
    corrected: undefined,
    withdrawnOn: undefined,
  }
}

const strangers = (misuser: Misuser, around: Surroundings, count: number): PlannedSignal[] =>
  Array.from({ length: count }, (_, at) => {
    const writing = writingOf(misuser.party)
    const who = around.town.invent([writing])
    const cells = write(who, writing, misuser.chance)
    return signalOf(misuser, around, { person: who.id, cells }, at)
  })

const ownSignals = ({ party }: Misuser, { connectors }: Surroundings): Sent[] =>
  [...connectors.sent.values()].filter(({ agency }) => agency === party.id)

/** Looks at what is there of one case, from all sides. */
async function lookAround({ party }: Misuser, one: FollowUpSummary): Promise<void> {
  await unlessTooLate(() => party.partner.followUps.show(one.handle))
  for (const { id, overlap } of one.signals) {
    await unlessTooLate(() => party.partner.signal(id))
    if (overlap !== undefined) await unlessTooLate(() => party.partner.overlap(overlap))
  }
}

const all = (misuser: Misuser, state: 'open' | 'over'): Promise<FollowUpSummary[]> =>
  misuser.party.partner.followUps.list(misuser.party.under, state)

type Plot = (misuser: Misuser, around: Surroundings) => readonly Step[]

const atOnce =
  (act: (misuser: Misuser, around: Surroundings) => Promise<unknown>): Plot =>
  (misuser, around) => [{ minutes: 0, act: async () => void (await act(misuser, around)) }]

/** Rows with one made-up number each, one after another. */
function numbers({ party, chance }: Misuser, { clock }: Surroundings) {
  const first = chance.between(10_000_000, 90_000_000)
  const rows = Array.from(
    { length: amounts.numbersPerBatch },
    (_, at): Cells => ({
      caseReference: `${party.id.toUpperCase()}-N${first + at}`,
      vNumber: `28${first + at}`,
      observedOn: dayOf(clock.now()),
      category: 'sexual-exploitation',
    }),
  )
  return readRows(fileOf(rows), { today: dayOf(clock.now()) }).rows
}

/**
 * What is done for each kind of misuse, through the real API and nothing else. No step
 * knows of any rule: the amounts above are those of the misuser.
 */
export const plots: Readonly<Record<MisuseKind, Plot>> = {
  'own-or-colleague': atOnce(async (misuser, around) => {
    const { colleague } = misuser
    if (colleague === undefined) throw new Error('nobody is protected')
    const signal = signalOf(misuser, around, colleague, 0)
    await around.connectors.submit(misuser.party, [signal])
  }),

  'few-hits': atOnce((misuser, around) =>
    around.connectors.submit(misuser.party, strangers(misuser, around, amounts.tried)),
  ),

  enumeration: (misuser, around) =>
    Array.from({ length: amounts.batches }, (_, at) => ({
      minutes: at * 10,
      act: async () => {
        const { partner, under } = misuser.party
        await partner.prepare(numbers(misuser, around), under)
      },
    })),

  volume: (misuser, around) =>
    [0, 60, 120].map((minutes, part) => ({
      minutes,
      act: async () => {
        if (part === 0) for (const one of await all(misuser, 'open')) await lookAround(misuser, one)
        const share = amounts.looks / 3
        const own = ownSignals(misuser, around).slice(part * share, (part + 1) * share)
        for (const { id } of own) await misuser.party.partner.signal(id)
      },
    })),

  'no-open-case': atOnce(async (misuser, around) => {
    const { partner } = misuser.party
    const closed = (await all(misuser, 'over')).slice(0, amounts.over)
    for (const { handle } of closed) await unlessTooLate(() => partner.followUps.show(handle))
    const rest = ownSignals(misuser, around).slice(0, amounts.over - closed.length)
    for (const { id } of rest) await partner.signal(id)
  }),

  'repeated-looks': (misuser) => {
    let chosen: string | undefined
    return Array.from({ length: 5 }, (_, at) => ({
      minutes: at * 75,
      act: async () => {
        const { followUps } = misuser.party.partner
        chosen ??=
          (await all(misuser, 'open'))[0]?.handle ?? (await all(misuser, 'over'))[0]?.handle
        const handle = chosen
        if (handle === undefined) return
        for (let again = 0; again < amounts.again / 5; again += 1) {
          await unlessTooLate(() => followUps.show(handle))
        }
      },
    }))
  },

  'out-of-region': (misuser, around) => {
    let made: readonly Sent[] = []
    return [
      {
        minutes: 0,
        act: async () => {
          const there = strangers(misuser, around, amounts.elsewhere).map((one) => ({
            ...one,
            cells: { ...one.cells, region: 'groningen' },
          }))
          made = await around.connectors.submit(misuser.party, there)
        },
      },
      {
        minutes: 45,
        act: async () => {
          for (const { id } of made) await misuser.party.partner.signal(id)
        },
      },
    ]
  },

  night: (misuser, around) =>
    [0, 50].map((minutes) => ({
      minutes,
      act: async () => {
        for (const one of (await all(misuser, 'open')).slice(0, 3)) await lookAround(misuser, one)
        const own = ownSignals(misuser, around).slice(0, amounts.atNight / 2)
        for (const { id } of own) await misuser.party.partner.signal(id)
      },
    })),

  'submit-look-withdraw': (misuser, around) =>
    Array.from({ length: amounts.polls }, (_, at) => {
      let made: readonly Sent[] = []
      const tryOut = async () => {
        const { chance, party } = misuser
        const known = chance
          .shuffled([...around.connectors.sent.values()])
          .find(({ agency }) => agency !== party.id)
        if (known === undefined) return
        const about = { person: known.person, cells: known.plan.cells }
        made = await around.connectors.submit(party, [signalOf(misuser, around, about, at)])
        await party.partner.overlaps(party.under)
      }
      const cover = async () => {
        for (const one of made) await around.connectors.withdraw(misuser.party, one)
      }
      return [
        { minutes: at * 20, act: tryOut },
        { minutes: at * 20 + 7, act: cover },
      ]
    }).flat(),

  'large-export': atOnce(async ({ session }) => {
    const asked = new URLSearchParams({ format: 'json', occasion: 'spot-check' })
    await session.request('GET', `/v1/accesses/_export?${asked}`)
  }),

  'single-look': atOnce(async (misuser) => {
    const found = [...(await all(misuser, 'open')), ...(await all(misuser, 'over'))]
    if (found.length === 0) return
    const { handle } = misuser.chance.pick(found)
    await misuser.party.partner.followUps.show(handle)
    misuser.lookedAt(handle)
  }),
}
