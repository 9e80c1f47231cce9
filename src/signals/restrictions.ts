import { butFor, nothingThere, openJudging, outcomeOf } from '../decisions/judging.ts'
import type { Asker } from '../decisions/types.ts'
import { dayOf, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, SignalId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import type { Tell } from '../notification/types.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { type Tx, transact } from '../store/transact.ts'
import { measureGrounds, type SignalMeasure } from '../wire/codes/restrictions.ts'
import {
  mostRestrictions,
  type RestrictBody,
  type RestrictionAnswer,
  type RestrictionList,
  type RestrictionView,
} from '../wire/restriction.ts'
import * as restrictions from './restriction-store.ts'
import type { SignalRooms } from './rooms.ts'
import * as store from './store.ts'
import type { Matching } from './types.ts'

/** A review lies at most so far ahead: six months. */
const longestDays = 184
const remindEverySeconds = 7 * 86_400
const mostAtOnce = 100

const instantOf = (day: string): Date => new Date(`${day}T00:00:00Z`)

/** Why a review cannot be on this day. */
export function reviewFault(reviewOn: string, now: Date, at = '/reviewOn'): Fault | undefined {
  const isAhead = reviewOn > dayOf(now) && reviewOn <= dayOf(shifted(now, longestDays * 86_400))
  return isAhead
    ? undefined
    : new Fault('door/invalid-input', [
        { at, message: `must lie ahead, and at most ${longestDays} days` },
      ])
}

type Wish =
  | { readonly act: 'signal.restrict'; readonly body: RestrictBody }
  | { readonly act: 'signal.review'; readonly body: Omit<RestrictBody, 'ground'> }
  | { readonly act: 'signal.lift'; readonly body: { readonly measure: SignalMeasure } }

type LiftEntry = Extract<LedgerEntry, { readonly kind: 'signal.lift' }>

/** What the ledger keeps of a change, with what its kind has. */
function entryOf(wish: Wish, common: Omit<LiftEntry, 'kind' | 'measure'>): LedgerEntry {
  switch (wish.act) {
    case 'signal.restrict':
      return { kind: wish.act, ...common, ...wish.body }
    case 'signal.review':
      return { kind: wish.act, ...common, ...wish.body }
    case 'signal.lift':
      return { kind: wish.act, ...common, ...wish.body }
  }
}

export type Restrictions = ReturnType<typeof openRestrictions>

/**
 * Measures that an owner lays on a signal of its own until it lifts them: a restricted signal is kept, and
 * neither matched, shown nor disclosed; of a confidential one its subject is told nothing. Each has a day on
 * which its owner looks at it again; on that day nothing ends by itself.
 */
export function openRestrictions({
  clock,
  db,
  ledger,
  agreements,
  decisions,
  matching,
  tell,
  caseReferencesOf,
}: Pick<SignalRooms, 'clock' | 'db' | 'ledger' | 'agreements' | 'decisions'> & {
  readonly matching: Pick<Matching, 'match' | 'unlink'>
  readonly tell: Tell
  readonly caseReferencesOf: (
    tx: Tx,
    ids: readonly SignalId[],
  ) => Promise<ReadonlyMap<string, string>>
}) {
  const { judge, append } = openJudging(decisions)

  async function viewsOf(
    tx: Tx,
    found: readonly restrictions.Restriction[],
  ): Promise<RestrictionView[]> {
    const references = await caseReferencesOf(
      tx,
      found.map(({ signal }) => signal),
    )
    return found.map((one) => {
      const caseReference = references.get(one.signal)
      return {
        signal: { id: one.signal, ...(caseReference === undefined ? {} : { caseReference }) },
        measure: one.measure,
        ground: one.ground,
        since: one.since.toISOString(),
        reviewOn: one.reviewOn,
        isDue: one.reviewOn <= dayOf(clock.now()),
      }
    })
  }

  function obstacle(
    { act, body }: Wish,
    signal: store.KnownSignal,
    there: restrictions.Restriction | undefined,
  ): Fault | undefined {
    if (signal.state !== 'live' && signal.state !== 'restricted') return new Fault('signals/ended')
    if (act !== 'signal.restrict' && there === undefined) return new Fault('signals/not-restricted')
    if (act === 'signal.lift') return undefined
    if (act === 'signal.restrict') {
      const fits = measureGrounds.find(({ code }) => code === body.ground)?.for === body.measure
      if (!fits) {
        return new Fault('door/invalid-input', [
          { at: '/ground', message: 'is a ground for the other measure' },
        ])
      }
    }
    return reviewFault(body.reviewOn, clock.now())
  }

  async function carryOut(
    tx: Tx,
    { act, body }: Wish,
    signal: store.KnownSignal,
    there: restrictions.Restriction | undefined,
  ): Promise<void> {
    const { id } = signal
    if (act === 'signal.lift') {
      await restrictions.removeRestrictions(tx, [id], body.measure)
      if (body.measure !== 'restriction') return
      await restrictions.putSignalState(tx, id, { state: 'live', at: clock.now() })
      await matching.match(tx, await store.liveSignals(tx, [id]))
      return
    }
    const ground = act === 'signal.restrict' ? body.ground : there?.ground
    if (ground === undefined) throw new Error('a review of what is not there')
    await restrictions.putRestriction(tx, {
      signal: id,
      measure: body.measure,
      agency: signal.agency,
      ground,
      since: clock.now(),
      reviewOn: body.reviewOn,
      remindAt: instantOf(body.reviewOn),
    })
    if (body.measure !== 'restriction' || signal.state !== 'live') return
    await matching.unlink(tx, await store.liveSignals(tx, [id]), 'signal')
    await restrictions.putSignalState(tx, id, { state: 'restricted', at: clock.now() })
  }

  async function change(asker: Asker, id: SignalId, wish: Wish): Promise<RestrictionAnswer> {
    const result = await transact(db, 'signals/restrict', async (tx) => {
      const [known] = await store.findSignals(tx, [id])
      const agreement = known && (await agreements.hold(tx, [known.agreement])).get(known.agreement)
      await ledger.hold(tx)
      const [found] = await store.findSignals(tx, [id])
      const signal = found?.agency === asker.agency ? found : undefined
      const there = (signal ? await restrictions.restrictionsOn(tx, id) : []).find(
        ({ measure }) => measure === wish.body.measure,
      )
      const judged =
        signal === undefined
          ? nothingThere('signals/not-found')
          : butFor(
              judge(wish.act, {
                ...factsUnder(forItself(asker.agency), {
                  hash: signal.agreement,
                  agreement: agreements.facts(agreement, asker.agency),
                }),
                owner: signal.agency,
              }),
              obstacle(wish, signal, there),
            )
      const common = {
        ...outcomeOf(judged),
        requestId: asker.requestId,
        agency: asker.agency,
        ...actorOf(asker),
        ...(signal && { agreement: signal.agreement, purpose: signal.purpose }),
        signalId: id,
      }
      await append(tx, ledger, entryOf(wish, common), judged)
      if (judged.fault !== undefined || signal === undefined) return { fault: judged.fault }
      await carryOut(tx, wish, signal, there)
      return { answer: await viewsOf(tx, await restrictions.restrictionsOn(tx, id)) }
    })
    if (result.answer === undefined) throw result.fault ?? new Fault('signals/not-found')
    return { restrictions: result.answer }
  }

  return {
    /**
     * Lays a measure on an own signal, or gives the one that is there another ground and review.
     * @throws Fault signals/not-found, signals/ended, door/invalid-input
     */
    restrict: (asker: Asker, id: SignalId, body: RestrictBody) =>
      change(asker, id, { act: 'signal.restrict', body }),

    /** Says that it was looked at again and stays. @throws Fault as `restrict`, signals/not-restricted */
    review: (asker: Asker, id: SignalId, body: Omit<RestrictBody, 'ground'>) =>
      change(asker, id, { act: 'signal.review', body }),

    /** Lifts a measure; what was restricted is matched anew. @throws Fault as `review` */
    lift: (asker: Asker, id: SignalId, body: { readonly measure: SignalMeasure }) =>
      change(asker, id, { act: 'signal.lift', body }),

    /** The measures on an agency's own signals; what falls due first. The entry tells no number. */
    async list(asker: Asker): Promise<RestrictionList> {
      return transact(db, 'signals/list-restrictions', async (tx) => {
        const { agency, requestId } = asker
        const found = await restrictions.restrictionsOf(tx, agency, mostRestrictions)
        const views = await viewsOf(tx, found)
        const permitted = { outcome: 'permit' as const, reasons: [] }
        await ledger.append(tx, [
          { kind: 'restriction.list', ...permitted, requestId, agency, ...actorOf(asker) },
        ])
        return { restrictions: views }
      })
    },

    /** Owners are told on the day of a review, and every week until they did it. Makes no entry. */
    dueWork: {
      run: 'restrictions' as const,
      waiting: async (): Promise<number> =>
        (await restrictions.restrictionsToRemind(db, clock.now(), mostAtOnce)).length,
      work: async (): Promise<number> => {
        const now = clock.now()
        if ((await restrictions.restrictionsToRemind(db, now, 1)).length === 0) return 0
        return transact(db, 'signals/remind-restrictions', async (tx) => {
          await ledger.hold(tx)
          const due = await restrictions.restrictionsToRemind(tx, now, mostAtOnce)
          for (const one of due) {
            await restrictions.remindRestrictionAt(tx, one, shifted(now, remindEverySeconds))
          }
          const owners = new Set<AgencyId>(due.map(({ agency }) => agency))
          const about = { type: 'restrictions' as const }
          await tell(
            tx,
            [...owners].map((agency) => ({ agency, kind: 'restriction-review-due', about })),
          )
          return due.length
        })
      },
      most: mostAtOnce,
    },
  }
}
