import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import { nextStep, reminderOf } from './clocks.ts'
import { toldOf } from './due-work.ts'
import type { Rooms } from './rooms.ts'
import { keepSteps, type Step } from './steps.ts'
import * as store from './store.ts'
import type { Telling } from './types.ts'

/** Requests that one transaction deals with at most. */
const largestTurn = 50

/** A request for sealed fields that waits for its owner. */
export type AwaitedAnswer = {
  readonly number: string
  readonly owner: AgencyId
  readonly agreement: AgreementHash
  readonly purpose: string
  readonly since: Date
  readonly dueAt: Date
  /** The signals of both sides are there still. */
  readonly live: boolean
}

/** What the room of disclosures tells: what waits and may ask for a step now, by number. */
export type Awaiting = (
  reader: Reader,
  at: Date,
  page: { readonly after: string; readonly limit: number },
) => Promise<AwaitedAnswer[]>

/**
 * Requests for sealed fields that their owner does not answer in time: it is reminded, and escalated as a
 * term of a follow-up is. A request has no lead, so the last step tells the owner's own desk too.
 */
export function openDisclosureTerms(
  { clock, random, db, ledger, agreements, tell }: Rooms,
  awaiting: Awaiting,
) {
  async function turn(tx: Tx, page: readonly AwaitedAnswer[]): Promise<number> {
    const at = clock.now()
    const held = await agreements.hold(
      tx,
      page.map(({ agreement }) => agreement),
    )
    await ledger.hold(tx)
    const kept = await store.disclosureStepsOf(
      tx,
      page.map(({ number }) => number),
    )
    const taken: Step[] = []
    const notices: Telling[] = []
    for (const { number, owner: agency, agreement: hash, purpose, since, dueAt } of page) {
      const agreement = held.get(hash)
      const known = kept.get(number)
      const due = {
        agency,
        clock: 'disclosure',
        startedAt: since,
        dueAt,
        ...(known?.dueAt.getTime() === dueAt.getTime()
          ? { step: known.step, nextAt: known.nextAt }
          : { step: 0, nextAt: reminderOf(since, dueAt) }),
      } as const
      const { state, withinValidity } = agreements.facts(agreement, agency)
      const stands = agreement !== undefined && state === 'in-force' && withinValidity
      if (due.nextAt > at || !stands) continue
      const { due: after, level } = nextStep(due, at)
      await store.putDisclosureStep(tx, { number, ...after })
      const about = {
        agency,
        agreement: hash,
        purpose,
        followUp: number,
        term: 'disclosure',
      } as const
      const told = toldOf(level, agency, agency, agreement)
      taken.push(
        level === 'reminder'
          ? { kind: 'remind', ...about }
          : { kind: 'escalate', ...about, level, told },
      )
      notices.push({
        agency: told,
        kind: level === 'reminder' ? 'follow-up-reminder' : 'follow-up-escalated',
        about: { type: 'disclosure', id: number },
        agreement: hash,
      })
    }
    await keepSteps(tx, { random }, taken, at)
    await tell(tx, notices)
    return taken.length
  }

  return {
    /** Does all that is due now. Two at once, here or in two processes, do no more than one. */
    async runDisclosureTerms(isClosing: () => boolean): Promise<number> {
      let done = 0
      let after = ''
      while (!isClosing()) {
        const page = await awaiting(db, clock.now(), { after, limit: largestTurn })
        const steps = await store.disclosureStepsOf(
          db,
          page.map(({ number }) => number),
        )
        const isDue = ({ number, dueAt, live }: AwaitedAnswer): boolean => {
          const known = steps.get(number)
          const same = known?.dueAt.getTime() === dueAt.getTime()
          return live && (!same || known.nextAt <= clock.now())
        }
        const now = page.filter(isDue)
        if (now.length > 0)
          done += await transact(db, 'follow-up/disclosures', (tx) => turn(tx, now))
        if (page.length < largestTurn) break
        after = page.at(-1)?.number ?? ''
      }
      return done
    },
  }
}
