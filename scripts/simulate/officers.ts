import { GatewayProblem } from '../../src/client/errors.ts'
import {
  type DisputeReason,
  disputeReasons,
  type OutcomeName,
  outcomes,
} from '../../src/wire/codes/follow-ups.ts'
import type { FollowUpSummary } from '../../src/wire/follow-up.ts'
import type { Chance } from '../demo-people/chance.ts'
import type { Party } from './agreement.ts'
import type { Sent } from './connectors.ts'
import type { Watch } from './watch.ts'

/** An outcome that was recorded, and whether the follow-up is closed by it. */
export type Recorded = {
  readonly handle: string
  readonly outcome: OutcomeName
  readonly closed: boolean
}

/** Outcomes of overlaps that are right, by how often they come: so many in a hundred. */
const usual: readonly (readonly [OutcomeName, number])[] = [
  ['support-started', 24],
  ['plans-aligned', 20],
  ['investigation-started', 10],
  ['referred', 9],
  ['support-declined', 5],
  ['already-in-contact', 10],
  ['no-added-value', 9],
  ['unreachable', 5],
  ['no-capacity', 3],
  ['no-further-action', 5],
]

/** Outcomes that helped, by the published list. */
export const useful: ReadonlySet<string> = new Set(
  outcomes.filter((one) => one.useful).map(({ code }) => code),
)

/** What the act came to when somebody else was quicker, or the overlap went meanwhile. */
const passing: readonly string[] = [
  'follow-up/outdated',
  'follow-up/not-now',
  'follow-up/not-found',
  'overlaps/not-found',
  'disclosures/asked-before',
  'disclosures/not-now',
  'disclosures/not-found',
]

/** Does something that may come too late; undefined when it did. */
export async function unlessTooLate<Done>(
  work: () => Promise<Done>,
  ...besides: readonly string[]
): Promise<Done | undefined> {
  try {
    return await work()
  } catch (error) {
    const isPassing = (code: string) => passing.includes(code) || besides.includes(code)
    if (error instanceof GatewayProblem && isPassing(error.code)) return undefined
    throw error
  }
}

export type Officers = ReturnType<typeof openOfficers>

/** What the people of agencies do about overlaps when they open their queue, by seeded chances. */
export function openOfficers({
  parties,
  sent,
  watch,
  recorded,
  feedbackMissing,
  askForTexts,
}: {
  readonly parties: readonly Party[]
  readonly sent: ReadonlyMap<string, Sent>
  readonly watch: Watch
  readonly recorded: Recorded[]
  /** Hears of each signal whose agency was not told what became of it. */
  readonly feedbackMissing: (signal: string) => void
  /** Now and then an officer asks another agency for its sealed texts. */
  readonly askForTexts: (party: Party, one: FollowUpSummary, chance: Chance) => Promise<void>
}) {
  const byId = new Map(parties.map((party) => [party.id, party]))
  const receives = (agency: string): boolean => byId.get(agency)?.submitsOnly === false
  const overseen = new Map<string, boolean>()
  const waiting: { readonly id: string; readonly agency: string; readonly outcome: OutcomeName }[] =
    []

  const isOverseen = (handle: string, party: Party, chance: Chance): boolean => {
    const known = overseen.get(handle) ?? chance.happens(party.habits.oversees)
    overseen.set(handle, known)
    return known
  }

  /** Agencies that could have the lead in its place. */
  const candidates = ({ agencies, lead }: FollowUpSummary): string[] =>
    agencies
      .filter(({ agency, left }) => !left && receives(agency) && agency !== lead.agency)
      .map(({ agency }) => agency)

  /** Whom the signals are about, as turns out when people call each other. */
  async function truthOf({ handle, lead, agencies }: FollowUpSummary) {
    const members = await watch.membersOf(handle)
    const personOf = (id: string) => sent.get(id)?.person
    const own = members.find(({ agency }) => agency === lead.agency)
    const subject = own === undefined ? undefined : personOf(own.id)
    const known = agencies.filter(({ left }) => !left).map(({ agency }) => agency)
    const apart = known.filter(
      (agency) =>
        agency !== lead.agency &&
        members.filter((one) => one.agency === agency).every(({ id }) => personOf(id) !== subject),
    )
    return { members, apart, all: known.length }
  }

  const drawOutcome = (chance: Chance): OutcomeName => {
    let rest = chance.between(1, 100)
    for (const [outcome, share] of usual) {
      rest -= share
      if (rest <= 0) return outcome
    }
    return 'no-further-action'
  }

  async function conclude(party: Party, one: FollowUpSummary, chance: Chance): Promise<void> {
    const { members, apart, all } = await truthOf(one)
    const others = apart.length > 0 && apart.length < all && chance.happens(0.9)
    const outcome = others ? 'not-the-same-person' : drawOutcome(chance)
    const body = others && all > 2 ? { outcome, apart } : { outcome }
    const { followUps } = party.partner
    const after = await unlessTooLate(() => followUps.conclude(one, body))
    if (after === undefined) return
    const closed = after.state === 'closed'
    recorded.push({ handle: one.handle, outcome, closed })
    const told = closed ? members : members.filter(({ agency }) => apart.includes(agency))
    for (const { id, agency } of told) waiting.push({ id, agency, outcome })
  }

  async function onLead(party: Party, one: FollowUpSummary, chance: Chance): Promise<void> {
    const { followUps } = party.partner
    const isLate = one.terms.some(({ term, told }) => term === 'close' && told !== 'nobody')
    if (chance.happens(isLate ? 0.4 : party.habits.concludes)) return conclude(party, one, chance)
    const others = candidates(one)
    if (others.length > 0 && one.offeredTo === undefined && chance.happens(0.02)) {
      await unlessTooLate(() => followUps.offerLead(one, { to: chance.pick(others) }))
      return
    }
    if (chance.happens(0.03)) await askForTexts(party, one, chance)
  }

  async function beside(party: Party, one: FollowUpSummary, chance: Chance): Promise<void> {
    const { followUps } = party.partner
    const lead = one.agencies.find(({ agency }) => agency === one.lead.agency)
    const isLate = one.terms.some(({ agency, overdue }) => agency === one.lead.agency && overdue)
    if ((isLate || lead?.acknowledgedAt === undefined) && chance.happens(isLate ? 0.12 : 0.01)) {
      await unlessTooLate(() => followUps.takeLead(one))
      return
    }
    if (one.dispute === undefined && chance.happens(0.008)) {
      const reason: DisputeReason = chance.pick(disputeReasons).code
      await unlessTooLate(() => followUps.disputeLead(one, { reason }))
      return
    }
    if (chance.happens(0.05)) await askForTexts(party, one, chance)
  }

  async function lookAt(party: Party, one: FollowUpSummary, chance: Chance): Promise<void> {
    const { followUps } = party.partner
    const own = one.agencies.find(({ agency }) => agency === party.id)
    if (one.offeredTo === party.id && chance.happens(0.6)) {
      const answer = chance.happens(0.7) ? 'accept' : 'decline'
      await unlessTooLate(() => followUps.answerOffer(one, { answer }))
      return
    }
    if (one.dispute?.coordinator === party.id && chance.happens(0.5)) {
      const lead = chance.pick([one.lead.agency, ...candidates(one)])
      await unlessTooLate(() => followUps.settleDispute(one, { lead }))
      return
    }
    if (own?.acknowledgedAt !== undefined) {
      await (one.lead.agency === party.id ? onLead : beside)(party, one, chance)
      return
    }
    const isLate = one.terms.some(
      ({ agency, term, overdue }) => agency === party.id && term === 'acknowledge' && overdue,
    )
    const share = isLate
      ? party.habits.wakes
      : isOverseen(one.handle, party, chance)
        ? 0
        : party.habits.acknowledges
    if (chance.happens(share)) await unlessTooLate(() => followUps.acknowledge(one))
  }

  return {
    /** Somebody opens the queue, and does what comes to hand. */
    async look(party: Party, chance: Chance): Promise<void> {
      for (const one of await party.partner.followUps.list(party.under)) {
        await lookAt(party, one, chance)
      }
    },

    /** Whoever signalled asks what became of its signals. */
    async hear({ id: agency, partner, submitsOnly }: Party): Promise<void> {
      for (const one of waiting.filter((each) => each.agency === agency)) {
        waiting.splice(waiting.indexOf(one), 1)
        const { status } = await partner.followUps.feedback(one.id)
        // Who may only submit hears at once of what helped, and of the rest when the time to close is over.
        const isSilent = submitsOnly
          ? useful.has(one.outcome) && status !== 'taken-up'
          : status === 'received'
        if (isSilent) feedbackMissing(one.id)
      }
    },

    /** Once a month somebody looks through what is closed, and now and then opens one again. */
    async lookBack(party: Party, chance: Chance): Promise<void> {
      const { followUps } = party.partner
      for (const one of await followUps.list(party.under, 'over')) {
        if (one.state !== 'closed' || !chance.happens(0.01)) continue
        await unlessTooLate(() => followUps.reopen(one))
      }
    },
  }
}
