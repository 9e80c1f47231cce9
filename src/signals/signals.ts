import { sha256 } from '@noble/hashes/sha2.js'
import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import { claimIdempotencyKey } from '../door/idempotency.ts'
import { type QuotaKind, secondsUntilNextDay, takeQuota } from '../evaluation/quotas.ts'
import { equalBytes, textOf, utf8 } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Decide, Decision } from '../policy/types.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { SignalStatus, WithdrawBody } from '../wire/signal.ts'
import { openDecisions } from './decision.ts'
import * as store from './store.ts'
import type { TokenIndex } from './token-index.ts'
import type { Asker, MatchableSignal, Overlap, SignalBody, Submission } from './types.ts'

export type Signals = ReturnType<typeof openSignals>

/** What the room of overlaps does for this one; handed in, because that room stands above. */
export type Matching = {
  /** Finds and keeps the links of these new signals. */
  readonly match: (tx: Tx, signals: readonly MatchableSignal[]) => Promise<void>
  /** Forgets the links and the handle of a signal that has ended. */
  readonly unlink: (tx: Tx, signal: SignalId) => Promise<void>
  /** What the asker may know of overlaps of these own signals, by signal id. */
  readonly view: (
    tx: Tx,
    asker: Asker,
    agreement: Agreement,
    signals: readonly SignalId[],
  ) => Promise<ReadonlyMap<string, readonly Overlap[]>>
}

const bodyHashOf = (body: SignalBody): Uint8Array => sha256(canonicalBytes(body))
const caseReferencePlace = (id: string) => ({ table: 'signal', row: id, column: 'case_reference' })

/** One submitted signal on its way through the transaction. */
type Item = {
  readonly body: SignalBody
  readonly bodyHash: Uint8Array
  readonly agreement: Agreement | undefined
  readonly decision: Decision
  fault: Fault | undefined
  /** True when exactly this signal stands already. */
  repeated: boolean
}

/**
 * Signals: submit, look up, withdraw. Every act is decided, appended to the ledger and committed
 * before its answer leaves. Does not see who a signal is about, and cannot check the age band, the
 * retention date and the lead route that the partner computed.
 */
export function openSignals({
  clock,
  db,
  ledger,
  agreements,
  decide,
  crypter,
  tokenIndex,
  matching,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Agreements
  readonly decide: Decide
  readonly crypter: Crypter
  readonly tokenIndex: TokenIndex
  readonly matching: Matching
}) {
  const decisions = openDecisions(decide, agreements)

  const rowOf = (asker: Asker, { body, bodyHash }: Item): store.SignalRow => ({
    id: body.id,
    agency_id: asker.agency,
    client: asker.client,
    agreement_hash: body.agreement,
    purpose: body.purpose,
    domain: body.domain,
    epoch: body.epoch,
    subject_kind: body.subjectKind,
    category: body.category,
    indicators: JSON.stringify(body.indicators),
    region: body.region ?? null,
    observed_on: body.observedOn,
    role: body.role,
    case_reference: Buffer.from(
      crypter.encrypt(caseReferencePlace(body.id), utf8(body.caseReference)),
    ),
    contact_desk: body.contactDesk ?? null,
    age_band: body.ageBand,
    retain_until: body.retainUntil,
    lead_route: body.leadRoute,
    sealed: JSON.stringify(body.sealed),
    tokens: JSON.stringify(tokenIndex(body)),
    body_hash: Buffer.from(bodyHash),
    state: 'live',
    submitted_at: clock.now(),
    ended_at: null,
    ledger_index: '0',
  })

  async function gather(tx: Tx, asker: Asker, bodies: readonly SignalBody[]): Promise<Item[]> {
    const memo = new Map<string, Decision>()
    const known = new Map<string, Agreement | undefined>()
    const items: Item[] = []
    for (const body of bodies) {
      if (!known.has(body.agreement))
        known.set(body.agreement, await agreements.find(tx, body.agreement))
      const agreement = known.get(body.agreement)
      const { decision, facts } = decisions.onSubmission(memo, asker, agreement, body)
      const fault = decision.outcome === 'refuse' ? refusalOf(decision, facts) : undefined
      items.push({ body, bodyHash: bodyHashOf(body), agreement, decision, fault, repeated: false })
    }
    return items
  }

  /** Tells repeats from conflicts among the signals whose id is taken. */
  async function settleTakenIds(tx: Tx, asker: Asker, taken: readonly Item[]): Promise<void> {
    const standing = new Map(
      (
        await store.findSignals(
          tx,
          taken.map(({ body }) => body.id),
        )
      ).map((one) => [one.id as string, one]),
    )
    for (const item of taken) {
      const found = standing.get(item.body.id)
      const same =
        found !== undefined &&
        found.agency === asker.agency &&
        equalBytes(found.bodyHash, item.bodyHash)
      if (same) item.repeated = true
      else item.fault = new Fault('signals/conflict')
    }
  }

  /** Counts against the quota per agreement; what does not fit is refused, newest agreements included. */
  async function countSubmissions(tx: Tx, asker: Asker, items: readonly Item[]): Promise<void> {
    for (const [hash, alike] of Map.groupBy(items, ({ body }) => body.agreement)) {
      const agreement = alike[0]?.agreement
      if (agreement === undefined) throw new Error(`permitted under an unknown agreement ${hash}`)
      const fits = await take(tx, asker, agreement, 'submission', alike.length)
      if (!fits) for (const item of alike) item.fault = exhausted()
    }
  }

  const take = (
    tx: Tx,
    { agency }: Asker,
    { content }: Agreement,
    kind: QuotaKind,
    amount: number,
  ) =>
    takeQuota(tx, clock, {
      agency,
      domain: content.domain,
      kind,
      amount,
      limitPerDay:
        kind === 'withdrawal' ? content.quotas.withdrawalsPerDay : content.quotas.submissionsPerDay,
    })

  const exhausted = () =>
    new Fault('signals/quota-exhausted', [], { retryAfterSeconds: secondsUntilNextDay(clock) })

  const assertKeyFits = async (tx: Tx, asker: Asker, key: string | undefined, request: unknown) =>
    key === undefined || (await claimIdempotencyKey(tx, { ...asker, key, request }, clock.now()))

  return {
    /**
     * Submits signals, each decided for itself, in one transaction. Sending the same signal again is
     * welcome and stores nothing twice.
     * @returns one result per signal, in the order given
     * @throws Fault door/idempotency-conflict
     */
    async submit(
      asker: Asker,
      bodies: readonly SignalBody[],
      idempotencyKey?: string,
    ): Promise<Submission[]> {
      const results = await transact(db, 'signals/submit', async (tx) => {
        if (!(await assertKeyFits(tx, asker, idempotencyKey, bodies))) return undefined
        const items = await gather(tx, asker, bodies)
        const permitted = items.filter(({ fault }) => fault === undefined)
        const standing = new Set(
          (
            await store.findSignals(
              tx,
              permitted.map(({ body }) => body.id),
            )
          ).map(({ id }) => id as string),
        )
        const unknown = permitted.filter(({ body }) => !standing.has(body.id))
        await countSubmissions(tx, asker, unknown)
        const admitted = unknown.filter(({ fault }) => fault === undefined)
        const added = await store.addSignals(
          tx,
          admitted.map((item) => rowOf(asker, item)),
        )
        const fresh = admitted.filter(({ body }) => added.delete(body.id))
        const taken = permitted.filter((item) => item.fault === undefined && !fresh.includes(item))
        await settleTakenIds(tx, asker, taken)
        const matchable = fresh.map(
          ({ body }): MatchableSignal => ({
            id: body.id as SignalId,
            agency: asker.agency,
            agreement: body.agreement as AgreementHash,
            tokens: tokenIndex(body),
          }),
        )
        await store.addTokens(tx, matchable)
        // Appending locks the head of the ledger until the commit: whoever submits a touching signal
        // at the same moment either sees this one below, or is seen by it.
        const entries = await ledger.append(
          tx,
          items.map(({ body, decision, fault }) => ({
            kind: 'signal.submit' as const,
            outcome: fault === undefined ? ('permit' as const) : ('refuse' as const),
            requestId: asker.requestId,
            agency: asker.agency,
            client: asker.client,
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
          })),
        )
        await store.setLedgerIndexes(
          tx,
          items.flatMap((item, at) => {
            const entry = entries[at]
            return fresh.includes(item) && entry ? [{ id: item.body.id, index: entry.index }] : []
          }),
        )
        await matching.match(tx, matchable)
        return answersOf(tx, asker, items, entries)
      })
      if (results === undefined) throw new Fault('door/idempotency-conflict')
      return results
    },

    /** The state of an own signal, with its receipt. */
    async read(asker: Asker, id: SignalId): Promise<SignalStatus> {
      const status = await transact(db, 'signals/read', async (tx) => {
        const [signal] = await store.findSignals(tx, [id])
        const decision =
          signal &&
          decisions.onOwnSignal(
            'signal.read',
            asker,
            await agreements.find(tx, signal.agreement),
            signal,
          )
        await ledger.append(tx, [
          {
            kind: 'signal.read',
            outcome: decision?.outcome ?? 'refuse',
            requestId: asker.requestId,
            agency: asker.agency,
            client: asker.client,
            signalId: id,
            reasons: decision?.reasons.map(({ policy }) => policy) ?? ['signals/not-found'],
          },
        ])
        if (signal === undefined || decision?.outcome !== 'permit') return undefined
        return {
          id,
          state: signal.state,
          caseReference: textOf(crypter.decrypt(caseReferencePlace(id), signal.caseReference)),
          submittedAt: signal.submittedAt.toISOString(),
          receipt: await ledger.receiptFor(tx, signal.ledgerIndex),
        }
      })
      if (status === undefined) throw new Fault('signals/not-found')
      return status
    },

    /**
     * Withdraws an own signal, also when its agreement has ended: index rows, tokens, sealed fields
     * and links go. Withdrawing again is welcome. Withdrawals have a quota, so that submitting,
     * looking and withdrawing is no oracle.
     */
    async withdraw(
      asker: Asker,
      id: SignalId,
      { reason }: WithdrawBody,
      idempotencyKey?: string,
    ): Promise<SignalStatus> {
      const result = await transact(db, 'signals/withdraw', async (tx) => {
        if (!(await assertKeyFits(tx, asker, idempotencyKey, { id, reason }))) {
          return { fault: new Fault('door/idempotency-conflict') }
        }
        const [signal] = await store.findSignals(tx, [id])
        const agreement = signal && (await agreements.find(tx, signal.agreement))
        const decision =
          signal && decisions.onOwnSignal('signal.withdraw', asker, agreement, signal)
        let fault = decision?.outcome === 'permit' ? undefined : new Fault('signals/not-found')
        const live = signal?.state === 'live'
        if (
          fault === undefined &&
          live &&
          agreement &&
          !(await take(tx, asker, agreement, 'withdrawal', 1))
        ) {
          fault = exhausted()
        }
        const [entry] = await ledger.append(tx, [
          {
            kind: 'signal.withdraw',
            outcome: fault === undefined ? 'permit' : 'refuse',
            requestId: asker.requestId,
            agency: asker.agency,
            client: asker.client,
            signalId: id,
            withdrawal: reason,
            reasons:
              fault === undefined
                ? (decision?.reasons.map(({ policy }) => policy) ?? [])
                : [fault.code],
          },
        ])
        if (fault !== undefined || signal === undefined || entry === undefined) {
          return { fault: fault ?? new Fault('signals/not-found') }
        }
        if (await store.endSignal(tx, id, 'withdrawn', clock.now())) await matching.unlink(tx, id)
        return {
          status: {
            id,
            state: signal.state === 'expired' ? ('expired' as const) : ('withdrawn' as const),
            caseReference: textOf(crypter.decrypt(caseReferencePlace(id), signal.caseReference)),
            submittedAt: signal.submittedAt.toISOString(),
            receipt: entry.receipt,
          },
        }
      })
      if (result.fault !== undefined) throw result.fault
      return result.status
    },

    /** Own case references of signals, opened; for the room of overlaps. */
    caseReferencesOf: async (tx: Reader, ids: readonly SignalId[]): Promise<Map<string, string>> =>
      new Map(
        (await store.findSignals(tx, ids)).map(({ id, caseReference }) => [
          id,
          textOf(crypter.decrypt(caseReferencePlace(id), caseReference)),
        ]),
      ),
  }

  async function answersOf(
    tx: Tx,
    asker: Asker,
    items: readonly Item[],
    entries: readonly { readonly receipt: SignalStatus['receipt'] }[],
  ): Promise<Submission[]> {
    const known = new Map<string, readonly Overlap[]>()
    const accepted = items.filter(({ fault }) => fault === undefined)
    for (const alike of Map.groupBy(accepted, ({ body }) => body.agreement).values()) {
      const agreement = alike[0]?.agreement
      if (agreement === undefined) continue
      const ids = alike.map(({ body }) => body.id as SignalId)
      for (const [id, overlaps] of await matching.view(tx, asker, agreement, ids))
        known.set(id, overlaps)
    }
    const original = new Map(
      (
        await store.findSignals(
          tx,
          items.filter(({ repeated }) => repeated).map(({ body }) => body.id),
        )
      ).map(({ id, ledgerIndex }) => [id as string, ledgerIndex]),
    )
    return Promise.all(
      items.map(async ({ body: { id }, fault, repeated }, at): Promise<Submission> => {
        const entry = entries[at]
        if (fault !== undefined || entry === undefined) {
          return { id, accepted: false, fault: fault ?? new Error('an entry is missing') }
        }
        const receipt = repeated
          ? await ledger.receiptFor(tx, original.get(id) ?? 0)
          : entry.receipt
        return { id, accepted: true, receipt, overlaps: known.get(id) ?? [] }
      }),
    )
  }
}
