import { onBehalfOf } from '../agreements/delegations.ts'
import type { Decided } from '../decisions/types.ts'
import { claimIdempotencyKey, forgetIdempotencyKeys, keepKeysSeconds } from '../door/idempotency.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash, SignalId } from '../kernel/ids.ts'
import type { DomainEpochs } from '../keys/epochs.ts'
import { actorOf } from '../ledger/actor.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Acting } from '../policy/types.ts'
import { occasionally } from '../store/sweep.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { Receipt } from '../wire/common.ts'
import { bodyColumns } from './body.ts'
import { inGroups } from './grouping.ts'
import { retentionFault } from './retention.ts'
import type { SignalRooms } from './rooms.ts'
import * as store from './store.ts'
import { epochFaultOf, subjectFaultOf } from './subject-fit.ts'
import { type Answered, askEntry, openTelling } from './telling.ts'
import type { Asker, MatchableSignal, SignalBody, Submission } from './types.ts'

/** Signals in one transaction at most. */
const largestGroup = 100

/** What one caller sent in one request. */
type Request = {
  readonly asker: Asker
  readonly bodies: readonly SignalBody[]
  readonly idempotencyKey: string | undefined
}

/** One submitted signal on its way through the transaction. */
type Item = Answered & {
  readonly epochs: DomainEpochs
  readonly bodyHash: Uint8Array
  readonly decision: Decided
  fault: Fault | undefined
  /** Where its first submission stands on the ledger, when exactly this signal stands already. */
  earlierIndex: number | undefined
  receipt: Receipt | undefined
}

type Outcome = { readonly items: readonly Item[] } | { readonly conflict: Fault }

/** The act of submitting: decide, append, store, match, commit; then answer. */
export function openSubmission({
  clock,
  db,
  ledger,
  agreements,
  delegations,
  decisions,
  signalDecisions,
  epochsOf,
  quota,
  crypter,
  tokenIndex,
  matching,
  archiving,
  bodyHash,
}: SignalRooms) {
  const telling = openTelling({ db, ledger, matching, archiving })

  const rowOf = ({ asker, acting, body }: Item): store.SignalRow => ({
    id: body.id,
    agency_id: acting.agency,
    acting_agency_id: acting.agency === asker.agency ? null : asker.agency,
    client: asker.client,
    agreement_hash: body.agreement,
    purpose: body.purpose,
    domain: body.domain,
    ...bodyColumns(body, { crypter, tokenIndex, bodyHash }),
    state: 'live',
    submitted_at: clock.now(),
    corrected_at: null,
    restricted_at: null,
    restriction_lifted_at: null,
    ended_at: null,
    ledger_index: '0',
  })

  async function gather(tx: Tx, requests: readonly Request[]): Promise<(Item[] | Fault)[]> {
    const memo = new Map<string, Decided>()
    const everything = requests.flatMap(({ bodies }) => bodies)
    const held = await agreements.hold(
      tx,
      everything.map(({ agreement }) => agreement),
    )
    const epochs = await epochsOf(
      tx,
      everything.map(({ domain }) => domain),
    )
    const actings = new Map<string, Acting>()
    const actingFor = async ({ agency }: Asker, body: SignalBody): Promise<Acting> => {
      const key = JSON.stringify([agency, body.onBehalfOf, body.agreement])
      const found =
        actings.get(key) ?? (await delegations.acting(tx, { agency, active: true }, body))
      actings.set(key, found)
      return found
    }
    const gathered: (Item[] | Fault)[] = []
    for (const { asker, bodies, idempotencyKey: key } of requests) {
      const fits =
        key === undefined ||
        (await claimIdempotencyKey(
          tx,
          { ...asker, key, requestHash: bodyHash(bodies) },
          clock.now(),
        ))
      if (!fits) {
        gathered.push(new Fault('door/idempotency-conflict'))
        continue
      }
      const items: Item[] = []
      for (const body of bodies) {
        const agreement = held.get(body.agreement)
        const acting = await actingFor(asker, body)
        const { decision, facts } = signalDecisions.onSubmission(memo, acting, agreement, body)
        const of = epochs(body.domain)
        items.push({
          asker,
          acting,
          body,
          epochs: of,
          bodyHash: bodyHash(body),
          agreement,
          decision,
          fault:
            decision.outcome === 'refuse' ? refusalOf(decision, facts) : subjectFaultOf(body, of),
          earlierIndex: undefined,
          receipt: undefined,
          view: undefined,
          ask: undefined,
        })
      }
      gathered.push(items)
    }
    return gathered
  }

  /** Takes quota for signals that one agency submits, for itself or for one other, under one agreement. */
  async function takeSubmissions(tx: Tx, alike: readonly Item[]): Promise<boolean> {
    const [first] = alike
    if (first?.agreement === undefined) throw new Error('permitted under an unknown agreement')
    return quota.take(tx, 'submission', first.acting, first.agreement, alike.length)
  }

  /**
   * Counts new signals against the quotas. What fits together is counted together; where it does not,
   * each request is counted for itself, so that none is refused for the size of another.
   */
  async function countSubmissions(tx: Tx, items: readonly Item[]): Promise<void> {
    const byAgency = Map.groupBy(
      items,
      ({ asker, acting, body }) => `${asker.agency} ${acting.agency} ${body.agreement}`,
    )
    if (byAgency.size > 1) {
      const acts = items.map(({ acting, body }) => ({ acting, domain: body.domain }))
      await quota.hold(tx, 'submission', acts)
    }
    for (const alike of byAgency.values()) {
      if (await takeSubmissions(tx, alike)) continue
      const byRequest = [...Map.groupBy(alike, ({ asker }) => asker.requestId).values()]
      for (const request of byRequest) {
        if (byRequest.length > 1 && (await takeSubmissions(tx, request))) continue
        for (const item of request) item.fault = quota.exhausted()
      }
    }
  }

  /** Stores what is permitted and new; marks what stands already, and what is in conflict with it. */
  async function storeNew(tx: Tx, permitted: readonly Item[]): Promise<Item[]> {
    const ids = permitted.map(({ body }) => body.id)
    const standing = new Set<string>((await store.findSignals(tx, ids)).map(({ id }) => id))
    const unknown = permitted.filter(({ body }) => !standing.has(body.id))
    for (const item of unknown) {
      const content = item.agreement?.content
      item.fault =
        epochFaultOf(item.body, item.epochs) ??
        (content && retentionFault(item.body, content, clock))
    }
    await countSubmissions(
      tx,
      unknown.filter(({ fault }) => fault === undefined),
    )
    const admitted = unknown.filter(({ fault }) => fault === undefined)
    const added = await store.addSignals(tx, admitted.map(rowOf))
    const fresh = admitted.filter(({ body }) => added.delete(body.id))
    const isFresh = new Set(fresh)
    const taken = permitted.filter((item) => item.fault === undefined && !isFresh.has(item))
    if (taken.length === 0) return fresh
    const found = new Map<string, store.KnownSignal>(
      (
        await store.findSignals(
          tx,
          taken.map(({ body }) => body.id),
        )
      ).map((one) => [one.id, one]),
    )
    for (const item of taken) {
      const other = found.get(item.body.id)
      const own = other?.agency === item.acting.agency
      if (own && other.bodyHash === null) item.fault = new Fault('signals/ended')
      else if (own && other.bodyHash !== null && equalBytes(other.bodyHash, item.bodyHash)) {
        item.earlierIndex = other.ledgerIndex
      } else item.fault = new Fault('signals/conflict')
    }
    return fresh
  }

  async function append(tx: Tx, items: readonly Item[]): Promise<number[]> {
    const asking = items.filter(({ ask }) => ask !== undefined)
    const entries = await ledger.append(tx, [
      ...items.map(({ asker, acting, body, decision, fault }) => ({
        kind: 'signal.submit' as const,
        outcome: fault === undefined ? ('permit' as const) : ('refuse' as const),
        requestId: asker.requestId,
        agency: asker.agency,
        ...actorOf(asker),
        ...onBehalfOf(acting),
        agreement: body.agreement as AgreementHash,
        purpose: body.purpose,
        reasons:
          fault !== undefined && decision.outcome === 'permit'
            ? [fault.code]
            : decision.reasons.map(({ policy }) => policy),
        domain: body.domain,
        epoch: body.epoch,
        signalId: body.id,
        category: body.category,
        ageBand: body.ageBand,
        subjectKind: body.subjectKind,
      })),
      ...asking.map(askEntry),
    ])
    const indexes = items.map((item, at) => {
      const entry = entries[at]
      if (entry === undefined) throw new Error('an entry is missing')
      item.receipt = entry.receipt
      return entry.index
    })
    await decisions.record(tx, [
      ...items.flatMap((item, at) => {
        const index = indexes[at] ?? 0
        const done = item.fault === undefined
        const views = item.view === undefined ? [] : [{ index, decided: item.view, done }]
        return [{ index, decided: item.decision, done }, ...views]
      }),
      ...asking.flatMap(({ ask }, at) => {
        const index = entries[items.length + at]?.index
        return ask === undefined || index === undefined ? [] : [{ index, decided: ask, done: true }]
      }),
    ])
    return indexes
  }

  /** The one transaction of a group of requests. */
  async function submitTogether(tx: Tx, requests: readonly Request[]): Promise<Outcome[]> {
    const gathered = await gather(tx, requests)
    const items = gathered.flatMap((one) => (one instanceof Fault ? [] : one))
    const fresh = await storeNew(
      tx,
      items.filter(({ fault }) => fault === undefined),
    )
    const matchable = fresh.map(
      ({ acting, body }): MatchableSignal => ({
        id: body.id as SignalId,
        agency: acting.agency,
        agreement: body.agreement as AgreementHash,
        subjectKind: body.subjectKind,
        tokens: tokenIndex(body),
      }),
    )
    await store.addTokens(tx, matchable)
    // Appending locks the head of the ledger until the commit: whoever submits a touching signal at
    // the same moment, here or in another gateway, either sees this one below or is seen by it.
    telling.decide(items)
    await telling.giveArchived(tx, items, matchable)
    const indexes = await append(tx, items)
    const position = new Map(items.map((item, at) => [item, indexes[at] ?? 0]))
    await store.setLedgerIndexes(
      tx,
      fresh.map((item) => ({ id: item.body.id, index: position.get(item) ?? 0 })),
    )
    for (const item of items) {
      // Sent twice in one group: the first of the two stands where the append has just put it.
      if (item.earlierIndex !== 0) continue
      const first = fresh.find(({ body }) => body.id === item.body.id)
      if (first !== undefined) item.earlierIndex = position.get(first)
    }
    await matching.match(tx, matchable)
    return gathered.map((one) => (one instanceof Fault ? { conflict: one } : { items: one }))
  }

  const inGroup = inGroups<Request, Outcome>({
    run: (requests) => transact(db, 'signals/submit', (tx) => submitTogether(tx, requests)),
    sizeOf: ({ bodies }) => bodies.length,
    most: largestGroup,
  })

  const forgetKeys = occasionally(clock, keepKeysSeconds, (before) =>
    forgetIdempotencyKeys(db, before),
  )

  return {
    /**
     * Submits signals, each decided for itself. Sending the same signal again is welcome and stores
     * nothing twice.
     * @returns one result per signal, in the order given
     * @throws Fault door/idempotency-conflict
     */
    async submit(
      asker: Asker,
      bodies: readonly SignalBody[],
      idempotencyKey?: string,
    ): Promise<Submission[]> {
      await forgetKeys()
      await decisions.forget()
      const outcome = await inGroup({ asker, bodies, idempotencyKey })
      if ('conflict' in outcome) throw outcome.conflict
      const { items } = outcome
      const told = await telling.of(items.filter(({ fault }) => fault === undefined))
      return Promise.all(
        items.map(async ({ body: { id }, fault, earlierIndex, receipt }): Promise<Submission> => {
          if (fault !== undefined) return { id, accepted: false, fault }
          const own =
            earlierIndex === undefined ? receipt : await ledger.receiptFor(db, earlierIndex)
          if (own === undefined) throw new Error('an accepted signal has no receipt')
          return {
            id,
            accepted: true,
            receipt: own,
            overlaps: told.overlaps.get(id) ?? [],
            earlierKnown: told.earlierKnown.get(id) ?? [],
          }
        }),
      )
    },
  }
}
