import type { Agencies } from '../agencies/agencies.ts'
import type { Agreements } from '../agreements/agreements.ts'
import { type Delegations, onBehalfOf } from '../agreements/delegations.ts'
import { deskOf, partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Decided } from '../decisions/types.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash, OverlapHandle, SignalId } from '../kernel/ids.ts'
import type { Randomness } from '../kernel/random.ts'
import { actorOf } from '../ledger/actor.ts'
import { coarseSize } from '../ledger/answer-size.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Thresholds } from '../linkage/weights.ts'
import type { Tell } from '../notification/types.ts'
import { factsUnder } from '../policy/facts.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Act, Acting, Facts } from '../policy/types.ts'
import { findSignals, type KnownSignal } from '../signals/store.ts'
import type { Asker, MatchableSignal } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import { type Quality, qualities } from '../wire/codes.ts'
import {
  type EndedOverlap,
  type Overlap,
  type OverlapPage,
  overlapsPerPage,
} from '../wire/signal.ts'
import { openOverlapEnding } from './ending.ts'
import { openGatherings } from './gatherings.ts'
import { openLinks } from './links.ts'
import { neighbourhoodOf } from './neighbourhood.ts'
import { earliestLink, othersOf } from './others.ts'
import * as store from './store.ts'
import { openOverlapTelling, type SilencedAmong } from './telling.ts'
import { openTouching } from './touching.ts'
import type { Anchor } from './types.ts'

export type Overlaps = ReturnType<typeof openOverlaps>

const betterOf = (one: Quality, other: Quality): Quality =>
  qualities.indexOf(one) <= qualities.indexOf(other) ? one : other

/**
 * Overlaps: live signals of two or more agencies, under one agreement, that appear to concern one
 * subject. A receiver learns that they touch, whom to call, how sure and why in coarse words. What it
 * learns rests only on signals under an agreement that it is a receiving party to.
 */
export function openOverlaps({
  clock,
  random,
  db,
  ledger,
  agencies,
  agreements,
  delegations,
  decisions,
  caseReferencesOf,
  thresholdsOf,
  tell,
  silencedAmong,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly agreements: Agreements
  readonly delegations: Delegations
  readonly decisions: Decisions
  readonly caseReferencesOf: (tx: Reader, ids: readonly SignalId[]) => Promise<Map<string, string>>
  /** The thresholds in force under an agreement; handed in by the room of calibration. */
  readonly thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>
  readonly tell: Tell
  /** Overlaps that nobody is told of: the agencies are known to be in contact; handed in by the room of follow-up. */
  readonly silencedAmong: SilencedAmong
}) {
  const factsFor = (
    acting: Acting,
    hash: string,
    agreement: Agreement | undefined,
    purpose: string | undefined,
  ): Facts =>
    factsUnder(acting, {
      hash: hash as AgreementHash,
      agreement: agreements.facts(agreement, acting.agency),
      purpose,
    })

  const factsOnOwn = (
    act: Act,
    acting: Acting,
    own: KnownSignal,
    agreement: Agreement | undefined,
  ): Facts => ({
    ...factsFor(acting, own.agreement, agreement, own.purpose),
    ...(act === 'overlap.read-end' ? { owner: own.agency } : {}),
  })

  const decideOn = (act: Extract<Act, `overlap.${string}`>, facts: Facts): Decided =>
    decisions.decide(act, facts)

  async function viewOf(
    tx: Reader,
    receiver: AgencyId,
    agreement: Agreement,
    signals: readonly SignalId[],
  ): Promise<Map<string, readonly Overlap[]>> {
    const handles = await store.handlesOf(tx, signals)
    if (handles.size === 0) return new Map()
    const neighbourhood = await neighbourhoodOf(tx, signals, await thresholdsOf(tx, agreement.hash))
    const involved = [...neighbourhood.signals.keys()]
    const references = await caseReferencesOf(tx, signals)
    const desks = new Map(
      (await findSignals(tx, involved)).map(({ id, contactDesk }) => [id, contactDesk]),
    )
    const names = await agencies.namesOf(tx, [
      ...new Set([...neighbourhood.signals.values()].map(({ agency }) => agency)),
    ])
    const deskFor = ({ id, agency }: MatchableSignal): string => {
      const party = partyOf(agreement.content, agency)
      return desks.get(id) ?? (party === undefined ? '' : deskOf(party, clock.now()))
    }

    const view = new Map<string, readonly Overlap[]>()
    for (const own of signals) {
      const handle = handles.get(own)
      const subjectKind = neighbourhood.signals.get(own)?.subjectKind
      if (handle === undefined || subjectKind === undefined) continue
      const others = othersOf(neighbourhood, own, receiver, deskFor, names)
      const [strongest] = others
      if (strongest === undefined) continue
      view.set(own, [
        {
          handle,
          agreement: agreement.hash,
          subjectKind,
          signal: { id: own, caseReference: references.get(own) ?? '' },
          quality: others.reduce((best, { quality }) => betterOf(best, quality), strongest.quality),
          reasons: [...new Set(others.flatMap(({ reasons }) => reasons))],
          others: [...others],
          since: earliestLink(neighbourhood, own, clock).toISOString(),
        },
      ])
    }
    return view
  }

  /** What is told of overlaps that are over: derived from the receiver's own signal alone. */
  async function endedOf(
    tx: Reader,
    agreement: AgreementHash,
    anchors: readonly Anchor[],
  ): Promise<EndedOverlap[]> {
    const references = await caseReferencesOf(
      tx,
      anchors.map(({ signal }) => signal),
    )
    return anchors.flatMap(({ handle, signal, ending }) => {
      const caseReference = references.get(signal)
      if (ending === undefined) return []
      const own = { id: signal, ...(caseReference === undefined ? {} : { caseReference }) }
      return [{ handle, agreement, signal: own, endedOn: ending.on, cause: ending.cause }]
    })
  }

  const { link } = openLinks({ clock, random })
  const telling = openOverlapTelling({
    agreements,
    delegations,
    decide: decideOn,
    tell,
    thresholdsOf,
    silencedAmong,
  })

  return {
    /** Finds and keeps the links of new signals, and tells whoever can see an overlap by them. */
    async match(tx: Tx, signals: readonly MatchableSignal[]): Promise<void> {
      for (const { agreement, fresh, ends } of await link(tx, signals)) {
        await telling.found(tx, agreement, { fresh, ends })
      }
    },

    ...openOverlapEnding({ clock, link, telling }),

    touching: openTouching(thresholdsOf),
    gatherings: openGatherings(thresholdsOf),
    handlesOf: store.handlesOf,
    anchoredAfter: store.anchoredAfter,

    /** How many links under an agreement score so much by names; for the room of calibration. */
    linksFrom: store.linksFrom,

    /** Decides whether the answer to a submission may tell an agency of overlaps of its signals. */
    mayView: (acting: Acting, agreement: Agreement): Decided =>
      decideOn('overlap.read', factsFor(acting, agreement.hash, agreement, undefined)),

    /** What an agency may know of overlaps of these own signals. Ask `mayView` first. */
    view: viewOf,

    /** A page of the overlaps of an agency, the asker's or one that delegated it. The entry on the ledger tells a coarse number. */
    async list(
      asker: Asker,
      query: {
        readonly agreement: string
        readonly purpose: string
        readonly cursor?: string
        readonly onBehalfOf?: string
      },
    ): Promise<OverlapPage> {
      const result = await transact(db, 'overlaps/list', async (tx) => {
        const agreement = (await agreements.hold(tx, [query.agreement])).get(query.agreement)
        const acting = await delegations.acting(tx, { agency: asker.agency, active: true }, query)
        const facts = factsFor(acting, query.agreement, agreement, query.purpose)
        const decision = decideOn('overlap.list', facts)
        const anchors =
          decision.outcome === 'refuse'
            ? []
            : await store.anchorsAfter(tx, {
                agency: acting.agency,
                agreement: query.agreement,
                after: query.cursor ?? '',
                limit: overlapsPerPage + 1,
              })
        const page = anchors.slice(0, overlapsPerPage)
        const entries = await ledger.append(tx, [
          {
            kind: 'overlap.list',
            outcome: decision.outcome,
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            ...onBehalfOf(acting),
            agreement: query.agreement as AgreementHash,
            purpose: query.purpose,
            answerSize: coarseSize(page.length),
            reasons: decision.reasons.map(({ policy }) => policy),
          },
        ])
        await decisions.recordOne(tx, entries, decision, true)
        if (decision.outcome === 'refuse' || agreement === undefined) {
          return { fault: refusalOf(decision, facts) }
        }
        const view = await viewOf(
          tx,
          acting.agency,
          agreement,
          page.map(({ signal }) => signal),
        )
        const overlaps = page.flatMap(({ signal }) => view.get(signal) ?? [])
        const gone = page.filter(({ signal }) => !view.has(signal))
        const ended = await endedOf(tx, agreement.hash, gone)
        const last = page.at(-1)
        return {
          page:
            anchors.length > overlapsPerPage && last !== undefined
              ? { overlaps, ended, next: last.handle as string }
              : { overlaps, ended },
        }
      })
      if (result.fault !== undefined) throw result.fault
      return result.page
    },

    /**
     * One overlap under the asker's own handle, or that of an agency that delegated it, or that it is
     * over; another agency's handle looks like none. That it is over can be known when the agreement is
     * over too.
     */
    async read(
      asker: Asker,
      handle: OverlapHandle,
      forAgency?: AgencyId,
    ): Promise<Overlap | EndedOverlap> {
      const overlap = await transact(db, 'overlaps/read', async (tx) => {
        const receiver = forAgency ?? asker.agency
        const anchor = await store.anchorOf(tx, receiver, handle)
        const [own] = anchor === undefined ? [] : await findSignals(tx, [anchor.signal])
        const agreement = own && (await agreements.hold(tx, [own.agreement])).get(own.agreement)
        const acting =
          own &&
          (await delegations.acting(
            tx,
            { agency: asker.agency, active: true },
            { agreement: own.agreement, onBehalfOf: receiver },
          ))
        const view = own && agreement && (await viewOf(tx, receiver, agreement, [own.id]))
        const [there] = (own && view?.get(own.id)) ?? []
        const isOver = anchor?.ending !== undefined && there === undefined
        const act = isOver ? 'overlap.read-end' : 'overlap.read'
        const decision = own && acting && decideOn(act, factsOnOwn(act, acting, own, agreement))
        const entries = await ledger.append(tx, [
          {
            kind: act,
            outcome: decision?.outcome ?? 'refuse',
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            ...(own && acting && decision?.outcome === 'permit'
              ? { agreement: own.agreement, purpose: own.purpose, ...onBehalfOf(acting) }
              : {}),
            handle,
            reasons: decision?.reasons.map(({ policy }) => policy) ?? ['overlaps/not-found'],
          },
        ])
        await decisions.recordOne(tx, entries, decision, true)
        if (anchor === undefined || own === undefined || agreement === undefined) return undefined
        if (decision?.outcome !== 'permit') return undefined
        return isOver ? (await endedOf(tx, agreement.hash, [anchor]))[0] : there
      })
      if (overlap === undefined) throw new Fault('overlaps/not-found')
      return overlap
    },
  }
}
