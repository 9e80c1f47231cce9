import { sha256 } from '@noble/hashes/sha2.js'
import type { Agencies } from '../agencies/agencies.ts'
import type { Agreements } from '../agreements/agreements.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { base64url } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Randomness } from '../kernel/random.ts'
import { actorOf } from '../ledger/actor.ts'
import { coarseSize } from '../ledger/answer-size.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Overlaps } from '../overlaps/overlaps.ts'
import type { Signals } from '../signals/signals.ts'
import type { MatchableSignal, Matching } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import { type FollowUpPage, type FollowUpSummary, followUpsPerPage } from '../wire/follow-up.ts'
import { openActs } from './acts.ts'
import { forgetContactsOf } from './contacts.ts'
import { openFollowUpDecisions } from './decision.ts'
import { type Awaiting, openDisclosureTerms } from './disclosure-terms.ts'
import { openDueWork } from './due-work.ts'
import { openFeedback } from './feedback.ts'
import { openLookThrough, type Thresholding } from './look-through.ts'
import { openMembership } from './membership.ts'
import { fits, type Narrowing } from './narrowing.ts'
import { openOutcomes } from './outcomes.ts'
import { openDailySteps } from './steps.ts'
import * as store from './store.ts'
import type { Asker, Tell } from './types.ts'
import { openViews } from './views.ts'
import { openYield } from './yield.ts'

type Looked = {
  readonly agreement: string
  readonly purpose: string
  readonly state?: 'open' | 'over'
}
/** What the entry of a look tells besides who looked. */
type LookEntry =
  | { readonly kind: 'follow-up.list'; readonly answerSize: number }
  | {
      readonly kind: 'follow-up.export'
      readonly filterHash: string
      readonly answerSize: number
    }

export type FollowUps = ReturnType<typeof openFollowUps>

/**
 * Follow-up: what becomes of an overlap. It has an owner from the moment that it is found, terms, an
 * outcome, and feedback for whoever signalled. Each agency knows it under a handle of its own, and sees of it what
 * its own signals touch.
 */
export function openFollowUps({
  clock,
  random,
  db,
  ledger,
  agencies,
  agreements,
  decisions: deciding,
  signals,
  overlaps,
  thresholding,
  awaiting,
  tell,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly agreements: Agreements
  readonly decisions: Decisions
  readonly signals: Pick<Signals, 'traitsOf' | 'caseReferencesOf' | 'standingOf'>
  readonly overlaps: Pick<Overlaps, 'gatherings' | 'handlesOf' | 'separate' | 'anchoredAfter'>
  readonly thresholding: Thresholding
  readonly awaiting: Awaiting
  readonly tell: Tell
}) {
  const { traitsOf, caseReferencesOf, standingOf } = signals
  const { gatherings, handlesOf, separate } = overlaps
  const decisions = openFollowUpDecisions(deciding, agreements)
  const membership = openMembership({ clock, random, agreements, gatherings, signals })
  const views = openViews({ clock, agencies, gatherings, traitsOf, caseReferencesOf, handlesOf })
  const rooms = { clock, random, db, ledger, agreements, decisions, views, tell }
  const outcomes = openOutcomes({
    traitsOf,
    separate,
    tell,
    reconsider: (tx, ids) => membership.reconsider(tx, ids, 'signals'),
  })

  const { runTerms } = openDueWork(rooms)
  const { runVouching } = openDailySteps(rooms)
  const { runDisclosureTerms } = openDisclosureTerms(rooms, awaiting)
  const { lookThrough } = openLookThrough(rooms, membership, overlaps.anchoredAfter, thresholding)

  /** The order of the queue: most points first, then the longest open. */
  const byPriority = (one: FollowUpSummary, other: FollowUpSummary): number =>
    (other.priority?.points ?? -1) - (one.priority?.points ?? -1) ||
    (one.begunAt < other.begunAt ? -1 : one.begunAt > other.begunAt ? 1 : 0) ||
    (one.handle < other.handle ? -1 : 1)

  return {
    ...openActs(rooms, outcomes),
    ...openFeedback(rooms, standingOf),
    ...openYield(rooms, agencies.namesOf),

    /** Does what time and moved thresholds have made due, until it is closing. */
    async runDue(isClosing: () => boolean): Promise<void> {
      await lookThrough(isClosing)
      await runTerms(isClosing)
      await runDisclosureTerms(isClosing)
      await runVouching()
    },

    /** What the room of signals does to overlaps, with what that does to follow-ups. */
    alongside: (matching: Matching): Matching => ({
      ...matching,
      async match(tx, matched) {
        await matching.match(tx, matched)
        await membership.matched(tx, await withHandles(tx, matched))
      },
      async unlink(tx, ending, because) {
        await membership.around(tx, ending, () => matching.unlink(tx, ending, because))
        await forgetContactsOf(
          tx,
          ending.map(({ id }) => id),
        )
      },
      async relink(tx, signal, replace) {
        await membership.around(tx, [signal], () => matching.relink(tx, signal, replace))
        await membership.matched(tx, await withHandles(tx, [signal]))
      },
    }),

    /** A page of the follow-ups of an agency. The entry on the ledger tells a coarse number. */
    async list(asker: Asker, query: Looked & { readonly cursor?: string }): Promise<FollowUpPage> {
      const summaries = await looked(asker, query, (found) => ({
        kind: 'follow-up.list',
        answerSize: coarseSize(Math.min(found, followUpsPerPage)),
      }))
      const from = query.cursor === undefined ? 0 : Number(query.cursor)
      const followUps = summaries.slice(from, from + followUpsPerPage)
      const next = from + followUps.length
      return next < summaries.length ? { followUps, next: String(next) } : { followUps }
    },

    /** All follow-ups that a filter shows, to take out of here. The entry tells a coarse number and a hash of the filter. */
    async exported(
      asker: Asker,
      { narrowing, ...query }: Looked & { readonly narrowing: Narrowing },
    ): Promise<readonly FollowUpSummary[]> {
      const filter = { ...narrowing, state: query.state ?? 'open' }
      const filterHash = base64url(sha256(canonicalBytes(filter)))
      const summaries = await looked(asker, query, (found) => ({
        kind: 'follow-up.export',
        filterHash,
        answerSize: coarseSize(found),
      }))
      return summaries.filter((one) => fits(one, asker.agency, narrowing))
    },
  }

  /** All of an agency's follow-ups under one agreement, in the order of the queue, once the look stands on the ledger. */
  async function looked(
    asker: Asker,
    query: Looked,
    told: (found: number) => LookEntry,
  ): Promise<FollowUpSummary[]> {
    const states = query.state === 'over' ? overStates : openStates
    const page = { agency: asker.agency, agreement: query.agreement }
    const result = await transact(db, 'follow-up/list', async (tx) => {
      const look = told(0).kind
      const agreement = (await agreements.hold(tx, [query.agreement])).get(query.agreement)
      const decided = decisions.on(look, asker.agency, query, agreement)
      const { fault, outcome, reasons } = decided
      const found = fault === undefined ? await store.followUpsWith(tx, page, states) : []
      const entry: LedgerEntry = {
        ...told(found.length),
        outcome,
        requestId: asker.requestId,
        agency: asker.agency,
        ...actorOf(asker),
        agreement: query.agreement as AgreementHash,
        purpose: query.purpose,
        reasons,
      }
      await decisions.append(tx, ledger, entry, decided)
      if (fault !== undefined) return { fault }
      if (agreement === undefined) throw new Error('permitted under an unknown agreement')
      return { agreement }
    })
    if (result.fault !== undefined) throw result.fault
    // After the commit: however many there are, nobody's submission waits for them behind the ledger's lock.
    const all = await store.findFollowUps(db, await store.followUpsWith(db, page, states))
    const seen = await views.seenBy(db, asker.agency, query.agreement, all)
    return (await views.summariesOf(db, result.agreement, seen)).sort(byPriority)
  }

  /** Only signals with a link have a handle: of all others nothing can have changed. */
  async function withHandles(
    tx: Tx,
    matched: readonly MatchableSignal[],
  ): Promise<MatchableSignal[]> {
    const handles = await handlesOf(
      tx,
      matched.map(({ id }): SignalId => id),
    )
    return matched.filter(({ id }) => handles.has(id))
  }
}

const openStates = ['open'] as const
const overStates = ['closed', 'ended', 'merged'] as const
