import { onBehalfOf } from '../agreements/delegations.ts'
import type { Agreement } from '../agreements/types.ts'
import { claimIdempotencyKey } from '../door/idempotency.ts'
import { equalBytes, textOf } from '../kernel/bytes.ts'
import { Fault, type Problem } from '../kernel/fault.ts'
import type { SignalId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Acting } from '../policy/types.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { CorrectBody, SignalAnswer } from '../wire/signal.ts'
import { bodyColumns } from './body.ts'
import { retentionFault } from './retention.ts'
import type { SignalRooms } from './rooms.ts'
import * as store from './store.ts'
import { epochFaultOf, subjectFaultOf } from './subject-fit.ts'
import type { Asker, MatchableSignal, Overlap, SignalBody } from './types.ts'
import { concerns } from './whose.ts'

/** A signal as it stands, and the body that is to replace its own. */
type Correction = {
  readonly asker: Asker
  readonly acting: Acting
  readonly signal: store.KnownSignal
  readonly agreement: Agreement | undefined
  readonly body: SignalBody
}

/** The act of correcting: a new body under the same id, agreement and case. */
export function openCorrection({
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
  bodyHash,
}: SignalRooms) {
  function otherCase({ signal, body }: Correction): Problem[] {
    const own =
      signal.caseReference &&
      textOf(crypter.decrypt(store.caseReferencePlace(signal.id), signal.caseReference))
    return [
      ...(body.agreement === signal.agreement
        ? []
        : [{ at: '/agreement', message: 'the signal stands under another agreement' }]),
      ...(body.caseReference === own
        ? []
        : [{ at: '/caseReference', message: 'the signal belongs to another case' }]),
    ]
  }

  /** Why a permitted correction cannot be made. Counts it when it can. */
  async function obstacle(tx: Tx, correction: Correction): Promise<Fault | undefined> {
    const { signal, body, agreement } = correction
    if (agreement === undefined) return new Fault('signals/not-found')
    if (signal.state === 'restricted') return new Fault('signals/restricted')
    if (signal.state !== 'live') return new Fault('signals/ended')
    const problems = otherCase(correction)
    if (problems.length > 0) return new Fault('signals/other-case', problems)
    const epochs = (await epochsOf(tx, [body.domain]))(body.domain)
    const fault =
      subjectFaultOf(body, epochs) ??
      epochFaultOf(body, epochs) ??
      retentionFault(body, agreement.content, clock)
    if (fault !== undefined) return fault
    // Corrections reveal overlaps as submissions do: they have a limit of their own.
    const fits = await quota.take(tx, 'correction', correction.acting, agreement)
    return fits ? undefined : quota.exhausted()
  }

  async function replace(tx: Tx, { signal, body }: Correction, index: number) {
    const corrected: MatchableSignal = {
      id: signal.id,
      agency: signal.agency,
      agreement: signal.agreement,
      subjectKind: body.subjectKind,
      tokens: tokenIndex(body),
    }
    const columns = {
      ...bodyColumns(body, { crypter, tokenIndex, bodyHash }),
      corrected_at: clock.now(),
      ledger_index: String(index),
    }
    await matching.relink(tx, corrected, () => store.replaceBody(tx, corrected, columns))
  }

  /**
   * Whom a correction could be for: its owner, or who submitted it for its owner. To all others the
   * signal does not exist, whatever they were delegated.
   */
  async function correctIn(tx: Tx, asker: Asker, body: SignalBody) {
    // Agreements are held before the ledger, as in every other act: else two acts could wait for each other.
    const known = await store.findSignals(tx, [body.id])
    const held = await agreements.hold(
      tx,
      known.map(({ agreement }) => agreement),
    )
    // Before the signal is read: nobody ends or corrects it in between.
    await ledger.hold(tx)
    const [signal] = await store.findSignals(tx, [body.id])
    const agreement = signal && held.get(signal.agreement)
    const acting = await delegations.acting(
      tx,
      { agency: asker.agency, active: true },
      {
        agreement: signal?.agreement ?? body.agreement,
        ...(body.onBehalfOf === undefined ? {} : { onBehalfOf: body.onBehalfOf }),
      },
    )
    const correction = signal && { asker, acting, signal, agreement, body }
    const judged = correction && signalDecisions.onCorrection(acting, agreement, correction)
    const own = signal !== undefined && concerns(asker, acting, signal)
    const retry =
      own &&
      signal.state === 'live' &&
      signal.bodyHash !== null &&
      equalBytes(signal.bodyHash, bodyHash(body))
    let fault: Fault | undefined
    if (!own || correction === undefined || judged === undefined)
      fault = new Fault('signals/not-found')
    else if (judged.decision.outcome === 'refuse') fault = refusalOf(judged.decision, judged.facts)
    else if (!retry) fault = await obstacle(tx, correction)
    const decision = own ? judged?.decision : undefined
    const decided =
      decision !== undefined && (fault === undefined || decision.outcome === 'refuse')
        ? decision.reasons.map(({ policy }) => policy)
        : [fault?.code ?? 'signals/not-found']
    const view =
      fault === undefined && agreement !== undefined
        ? matching.mayView(acting, agreement)
        : undefined
    const entries = await ledger.append(tx, [
      {
        kind: 'signal.correct',
        outcome: fault === undefined ? 'permit' : 'refuse',
        requestId: asker.requestId,
        agency: asker.agency,
        ...actorOf(asker),
        ...onBehalfOf(acting),
        ...(own ? { agreement: signal.agreement, purpose: signal.purpose } : {}),
        signalId: body.id as SignalId,
        category: body.category,
        ageBand: body.ageBand,
        subjectKind: body.subjectKind,
        reasons: decided,
      },
    ])
    const done = fault === undefined
    const entry = await decisions.recordOne(tx, entries, decision, done)
    if (view !== undefined) await decisions.recordOne(tx, entries, view, done)
    if (fault !== undefined) return { fault }
    if (correction === undefined || agreement === undefined) {
      throw new Error('a permitted correction has no entry')
    }
    if (!retry) await replace(tx, correction, entry.index)
    const { correctedAt, ledgerIndex } = correction.signal
    return {
      agency: acting.agency,
      agreement,
      view,
      // A body that was submitted just so was never corrected: then this entry is the first to say so.
      receipt:
        retry && correctedAt !== null ? await ledger.receiptFor(tx, ledgerIndex) : entry.receipt,
    }
  }

  return {
    /**
     * Replaces the body of an own live signal, or of one that the asker submitted for another agency whose
     * delegation still holds: old tokens and the old sealed field go, overlaps are found anew, and a handle
     * stays where its overlap stays. All of it or nothing of it. The same correction again is welcome and
     * not counted.
     * @throws Fault signals/not-found, also for a signal of another agency; policy/denied;
     * signals/ended; signals/other-case; signals/retention; signals/quota-exhausted
     */
    async correct(
      asker: Asker,
      id: SignalId,
      corrected: CorrectBody,
      idempotencyKey?: string,
    ): Promise<SignalAnswer> {
      const body: SignalBody = { id, ...corrected }
      const result = await transact(db, 'signals/correct', async (tx) => {
        const fits =
          idempotencyKey === undefined ||
          (await claimIdempotencyKey(
            tx,
            { ...asker, key: idempotencyKey, requestHash: bodyHash(body) },
            clock.now(),
          ))
        return fits ? correctIn(tx, asker, body) : { fault: new Fault('door/idempotency-conflict') }
      })
      if (result.fault !== undefined) throw result.fault
      const overlaps =
        result.view?.outcome === 'permit'
          ? await matching.view(db, result.agency, result.agreement, [id])
          : new Map<SignalId, readonly Overlap[]>()
      return { id, receipt: result.receipt, overlaps: [...(overlaps.get(id) ?? [])] }
    },
  }
}
