import { onBehalfOf } from '../agreements/delegations.ts'
import type { Agreement } from '../agreements/types.ts'
import { claimIdempotencyKey } from '../door/idempotency.ts'
import { textOf } from '../kernel/bytes.ts'
import { Fault } from '../kernel/fault.ts'
import type { SignalId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import { forItself } from '../policy/facts.ts'
import type { Decision } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { SignalStatus, WithdrawBody } from '../wire/signal.ts'
import { openCorrection } from './correction.ts'
import { openSignalDecisions } from './decision.ts'
import { openEnding } from './ending.ts'
import { openExpiry } from './expiry.ts'
import { openSignalQuota } from './quota.ts'
import { withRoles, withRolesAfter } from './role-store.ts'
import type { SignalRooms } from './rooms.ts'
import * as store from './store.ts'
import { openSubmission } from './submission.ts'
import type { Asker } from './types.ts'
import { concerns } from './whose.ts'

export type Signals = ReturnType<typeof openSignals>

/**
 * Signals: submit, look up, correct, withdraw, expire. Every act is decided, appended to the ledger and committed
 * before its answer leaves. Does not see who a signal is about, and cannot check the age band, the
 * retention date and the lead route that the partner computed.
 */
export function openSignals({
  clock,
  db,
  ledger,
  agreements,
  delegations,
  decisions,
  crypter,
  tokenIndex,
  matching,
  archiving,
  bodyHash,
  epochsOf,
}: Omit<SignalRooms, 'signalDecisions' | 'quota'>) {
  const signalDecisions = openSignalDecisions(decisions, agreements)
  const quota = openSignalQuota(clock, agreements)
  const rooms: SignalRooms = {
    clock,
    db,
    ledger,
    agreements,
    delegations,
    decisions,
    signalDecisions,
    quota,
    epochsOf,
    crypter,
    tokenIndex,
    matching,
    archiving,
    bodyHash,
  }
  const { submit } = openSubmission(rooms)
  const { correct } = openCorrection(rooms)
  const end = openEnding({ clock, matching })
  const { waiting, expire } = openExpiry({ clock, db, ledger, agreements, archiving, end })

  const ownCaseReference = ({ id, caseReference }: store.KnownSignal) =>
    caseReference && textOf(crypter.decrypt(store.caseReferencePlace(id), caseReference))

  /** Under what a signal stands, for the ledger; of a signal that is not the asker's nothing is said. */
  const standingOf = (signal: store.KnownSignal | undefined, decision: Decision | undefined) =>
    signal !== undefined && decision?.outcome === 'permit'
      ? { agreement: signal.agreement, purpose: signal.purpose }
      : {}

  const held = async (tx: Tx, { agreement }: store.KnownSignal): Promise<Agreement | undefined> =>
    (await agreements.hold(tx, [agreement])).get(agreement)

  /** Whoever asks for itself; what is asked for another needs that agency's delegation. */
  const actingOf = (tx: Tx, { agency }: Asker, signal: store.KnownSignal, forAgency?: string) =>
    delegations.acting(
      tx,
      { agency, active: true },
      {
        agreement: signal.agreement,
        ...(forAgency === undefined ? {} : { onBehalfOf: forAgency }),
      },
    )

  const keyFits = async (tx: Tx, asker: Asker, key: string | undefined, request: unknown) =>
    key === undefined ||
    (await claimIdempotencyKey(tx, { ...asker, key, requestHash: bodyHash(request) }, clock.now()))

  return {
    submit,
    correct,
    expire,
    waiting,

    /** The state of an own signal, with its receipt. */
    async read(asker: Asker, id: SignalId): Promise<SignalStatus> {
      const status = await transact(db, 'signals/read', async (tx) => {
        const [signal] = await store.findSignals(tx, [id])
        const agreement = signal && (await held(tx, signal))
        const itself = forItself(asker.agency)
        const decision =
          signal && concerns(asker, itself, signal)
            ? signalDecisions.onOwnSignal('signal.read', itself, agreement, signal)
            : undefined
        const entries = await ledger.append(tx, [
          {
            kind: 'signal.read',
            outcome: decision?.outcome ?? 'refuse',
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            ...standingOf(signal, decision),
            signalId: id,
            reasons: decision?.reasons.map(({ policy }) => policy) ?? ['signals/not-found'],
          },
        ])
        await decisions.recordOne(tx, entries, decision, true)
        if (signal === undefined || decision?.outcome !== 'permit') return undefined
        const caseReference = ownCaseReference(signal)
        return {
          id,
          state: signal.state,
          ...(caseReference === null ? {} : { caseReference }),
          submittedAt: signal.submittedAt.toISOString(),
          ...(signal.correctedAt && { correctedAt: signal.correctedAt.toISOString() }),
          receipt: await ledger.receiptFor(tx, signal.ledgerIndex),
        }
      })
      if (status === undefined) throw new Fault('signals/not-found')
      return status
    },

    /**
     * Withdraws an own signal, also when its agreement has ended: index rows, tokens, sealed fields
     * and links go. One that has expired is taken out of the archive. Withdrawing again is welcome. Withdrawals have a quota, so that submitting,
     * looking and withdrawing is no oracle.
     */
    async withdraw(
      asker: Asker,
      id: SignalId,
      { reason, onBehalfOf: forAgency }: WithdrawBody,
      idempotencyKey?: string,
    ): Promise<SignalStatus> {
      const result = await transact(db, 'signals/withdraw', async (tx) => {
        if (!(await keyFits(tx, asker, idempotencyKey, { id, reason, forAgency }))) {
          return { fault: new Fault('door/idempotency-conflict') }
        }
        // Agreements are held before the ledger, as in every other act; the ledger before the signal is read,
        // so that nobody ends or corrects it in between.
        const [known] = await store.findSignals(tx, [id])
        const agreement = known && (await held(tx, known))
        await ledger.hold(tx)
        const [signal] = await store.findSignals(tx, [id])
        const acting = signal && (await actingOf(tx, asker, signal, forAgency))
        const decision =
          signal && acting && concerns(asker, acting, signal)
            ? signalDecisions.onOwnSignal('signal.withdraw', acting, agreement, signal)
            : undefined
        let fault = decision?.outcome === 'permit' ? undefined : new Fault('signals/not-found')
        const live = signal !== undefined && store.kept.includes(signal.state)
        if (
          fault === undefined &&
          live &&
          acting &&
          agreement &&
          !(await quota.take(tx, 'withdrawal', acting, agreement))
        ) {
          fault = quota.exhausted()
        }
        const entries = await ledger.append(tx, [
          {
            kind: 'signal.withdraw',
            outcome: fault === undefined ? 'permit' : 'refuse',
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            ...(acting === undefined ? {} : onBehalfOf(acting)),
            ...standingOf(signal, decision),
            signalId: id,
            withdrawal: reason,
            reasons:
              fault === undefined
                ? (decision?.reasons.map(({ policy }) => policy) ?? [])
                : [fault.code],
          },
        ])
        const entry = await decisions.recordOne(tx, entries, decision, fault === undefined)
        if (fault !== undefined || signal === undefined) {
          return { fault: fault ?? new Fault('signals/not-found') }
        }
        await end(tx, [id], 'withdrawn')
        await archiving.drop(tx, [id])
        return {
          status: {
            id,
            state: signal.state === 'expired' ? ('expired' as const) : ('withdrawn' as const),
            submittedAt: signal.submittedAt.toISOString(),
            receipt: entry.receipt,
          },
        }
      })
      if (result.fault !== undefined) throw result.fault
      return result.status
    },

    /** How many live signals there are about persons under an agreement, per agency; for the room of calibration. */
    liveCounts: store.liveCounts,

    /** Whether all of these signals are live; for the room of disclosures. */
    areLive: async (reader: Reader, ids: readonly SignalId[]): Promise<boolean> =>
      (await store.liveSignals(reader, [...new Set(ids)])).length === new Set(ids).size,

    /** Whose a signal is, under what it stands and how; for the room of follow-up. */
    standingOf: async (reader: Reader, id: string): Promise<store.KnownSignal | undefined> =>
      (await store.findSignals(reader, [id]))[0],

    /** What the follow-up of overlaps looks at in live signals, the first submitted first. */
    traitsOf: store.traitsOf,

    /** The fields of a live signal as their owner sealed them; for the room of disclosures. */
    sealedOf: store.sealedOf,

    /** What owners say that their subjects are; for the room of non-punishment. */
    withRoles,
    withRolesAfter,

    /** What their owner signed of them. */
    sealOf: store.sealOf,

    /** Own case references of signals, opened; for the room of overlaps. */
    caseReferencesOf: async (tx: Reader, ids: readonly SignalId[]): Promise<Map<string, string>> =>
      new Map(
        (await store.findSignals(tx, ids)).flatMap((signal) => {
          const reference = ownCaseReference(signal)
          return reference === null ? [] : [[signal.id, reference] as const]
        }),
      ),
  }
}
