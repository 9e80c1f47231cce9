import { partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import { shifted } from '../kernel/clock.ts'
import type { AgencyId } from '../kernel/ids.ts'
import { type Tx, transact } from '../store/transact.ts'
import { type Level, nextStep } from './clocks.ts'
import { noted } from './life.ts'
import { noticesOf } from './notices.ts'
import type { Rooms } from './rooms.ts'
import { keepSteps, type Step } from './steps.ts'
import * as store from './store.ts'
import type { Due, FollowUp, Telling } from './types.ts'

/** Follow-ups that one transaction deals with at most. */
const largestTurn = 50
const secondsPerDay = 86_400

/** Whom a passed term tells: the agency itself, or, where its desk names no coordinator, the lead. */
export function toldOf(
  level: Level,
  agency: AgencyId,
  lead: AgencyId,
  { content }: Agreement,
): AgencyId {
  const own = partyOf(content, agency)?.contactDesk.coordinator !== undefined
  return level === 'coordinator' && !own ? lead : agency
}

/** What one step leaves behind: the follow-up, what is written down, and who is told. */
type Left = {
  readonly one: FollowUp
  readonly step: Step
  readonly notices: readonly Telling[]
}

const withDue = (one: FollowUp, before: Due, after: Due | undefined): FollowUp => ({
  ...one,
  clocks: one.clocks.flatMap((due) => (due === before ? (after ?? []) : due)),
})

const handleOf = ({ agencies }: FollowUp, agency: AgencyId): string | undefined =>
  agencies.find((each) => each.agency === agency)?.handle

/** One step of one term: a reminder, an escalation, or the end of an offer or a dispute. */
function stepOf(one: FollowUp, due: Due, agreement: Agreement, at: Date): Left {
  const { agency, clock } = due
  const followUp = handleOf(one, agency)
  const about = {
    agreement: one.agreement,
    purpose: one.purpose,
    ...(followUp === undefined ? {} : { followUp }),
  }
  const lapses = clock === 'offer' || clock === 'dispute'
  if (lapses && due.dueAt <= at) {
    const rest = withDue(one, due, undefined)
    const lapsed =
      clock === 'offer'
        ? noted({ ...rest, offeredTo: undefined }, { event: 'offer-lapsed', agency })
        : noted({ ...rest, dispute: undefined }, { event: 'dispute-lapsed' })
    const { happened } = lapsed
    return {
      one: lapsed,
      step: { kind: 'lapse', agency, ...about, term: clock },
      notices: noticesOf({ ...lapsed, happened: happened.slice(-1) }, agreement, undefined),
    }
  }
  const { due: after, level } = nextStep(due, at)
  const later = withDue(one, due, after)
  if (level === 'reminder') {
    return {
      one: noted(later, { event: 'reminded', agency, detail: clock }),
      step: { kind: 'remind', agency, ...about, term: clock },
      notices: noticeTo(one, agency, 'follow-up-reminder'),
    }
  }
  const told = toldOf(level, agency, one.lead.agency, agreement)
  return {
    one: noted(later, { event: 'escalated', agency, detail: `${clock}/${level}` }),
    step: { kind: 'escalate', agency, ...about, term: clock, level, told },
    notices: noticeTo(one, told, 'follow-up-escalated'),
  }
}

function noticeTo(one: FollowUp, agency: AgencyId, kind: Telling['kind']): Telling[] {
  const handle = handleOf(one, agency)
  return handle === undefined
    ? []
    : [{ agency, kind, about: { type: 'follow-up', handle }, agreement: one.agreement }]
}

/**
 * What time makes due in follow-ups: reminders, escalations, and offers and disputes that lapse. Due
 * times stand in the tables and are judged by the clock that was handed in. Safe to run twice and in two
 * processes at once: the second waits for the first and finds what that one left. While an agreement
 * is not in force its terms stand still.
 */
export function openDueWork({ clock, random, db, ledger, agreements, tell }: Rooms) {
  async function turn(tx: Tx): Promise<number> {
    const at = clock.now()
    const near = await store.dueFollowUps(tx, at, largestTurn)
    if (near.length === 0) return 0
    const held = await agreements.hold(
      tx,
      near.map(({ agreement }) => agreement),
    )
    await ledger.hold(tx)
    const ids = (await store.dueFollowUps(tx, at, largestTurn)).map(({ id }) => id)
    const left: Left[] = []
    const kept: FollowUp[] = []
    for (const found of await store.findFollowUps(tx, ids)) {
      const agreement = held.get(found.agreement)
      if (agreement === undefined) continue
      let one = found
      const { state, withinValidity } = agreements.facts(agreement, found.lead.agency)
      const stands = state === 'in-force' && withinValidity
      for (const due of found.clocks.filter(({ nextAt }) => nextAt <= at)) {
        if (!stands) {
          one = withDue(one, due, { ...due, nextAt: shifted(at, secondsPerDay) })
          continue
        }
        const after = stepOf(one, due, agreement, at)
        one = after.one
        left.push(after)
      }
      // What is told changes nothing that anybody decides on, so the version stays.
      kept.push(one)
    }
    await keepSteps(
      tx,
      { random },
      left.map(({ step }) => step),
      at,
    )
    await store.keepFollowUps(tx, kept, at)
    await tell(
      tx,
      left.flatMap(({ notices }) => notices),
    )
    return ids.length
  }

  return {
    /** Does all that is due now, in transactions of limited size; stops after one when it is closing. */
    async runTerms(isClosing: () => boolean): Promise<number> {
      let done = 0
      while (!isClosing()) {
        // Mostly nothing is due, and then nobody's submission has to wait for the lock.
        if ((await store.dueFollowUps(db, clock.now(), 1)).length === 0) break
        done += await transact(db, 'follow-up/terms', turn)
      }
      return done
    },
  }
}
