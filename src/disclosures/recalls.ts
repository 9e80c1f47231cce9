import type { Agencies } from '../agencies/agencies.ts'
import type { Agreements } from '../agreements/agreements.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Tell } from '../notification/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { hashOfStatement } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import { type RecallAnswer, recallCauses } from '../wire/codes/recalls.ts'
import {
  mostRecalls,
  RecallConfirmationPayload,
  type RecallList,
  type RecallView,
} from '../wire/recall.ts'
import type { Statements } from './grants.ts'
import * as store from './recall-store.ts'
import type { Asker } from './types.ts'

export type Recalls = ReturnType<typeof openRecalls>

const readConfirmation = payloadReader(RecallConfirmationPayload)

/** A receiver that has not confirmed is reminded so often, until it has. */
const remindEveryDays = 7
/** Recalls told, or reminded of, in one transaction at most. */
const largestRecall = 100

const noticeKinds = {
  corrected: 'correction-to-confirm',
  withdrawn: 'withdrawal-to-confirm',
  expired: 'withdrawal-to-confirm',
  restricted: 'restriction-to-confirm',
  'restriction-lifted': 'restriction-to-confirm',
} as const satisfies Readonly<Record<store.Recall['cause'], string>>

const answersTo = (cause: store.Recall['cause']): readonly RecallAnswer[] =>
  recallCauses.find(({ code }) => code === cause)?.answers ?? []

/**
 * What becomes of texts that were opened when their signal is corrected, restricted or ends afterwards
 * (AVG art. 19; Wpg art. 4): each receiver is told, and reminded until it confirms, signed, what it did; the owner sees how
 * that stands. A recall names numbers and agencies, so that it outlives the signal without its subject. Does not
 * see whether a receiver really did what it says.
 */
export function openRecalls({
  clock,
  random,
  db,
  ledger,
  agencies,
  agreements,
  statements,
  tell,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly agreements: Agreements
  readonly statements: Statements
  readonly tell: Tell
}) {
  const nextReminder = (): Date => shifted(clock.now(), remindEveryDays * 86_400)

  /** Under no agreement: a suspension of it must not keep this from a receiver. */
  const tellReceiver = (tx: Tx, receiver: AgencyId, cause: store.Recall['cause']): Promise<void> =>
    tell(tx, [{ agency: receiver, kind: noticeKinds[cause], about: { type: 'recalls' } }])

  const untold = async (reader: Reader) =>
    store.untold(reader, await agreements.over(reader), largestRecall)
  const late = (reader: Reader) => store.toRemind(reader, clock.now(), largestRecall)

  /** Tells receivers of changes that they were not told of yet, at most `largestRecall`. */
  async function tellDue(): Promise<number> {
    // Mostly nothing is due, and then nobody's submission has to wait for the lock below.
    if ((await untold(db)).length === 0) return 0
    return transact(db, 'disclosures/recall', async (tx) => {
      await ledger.hold(tx)
      const changes = await untold(tx)
      const recalls = changes.map((change) => ({ ...change, id: randomUuid(random) }))
      await ledger.append(
        tx,
        recalls.map(({ id, owner, receiver, agreement, disclosure, cause }) => ({
          kind: 'recall.tell' as const,
          agency: owner,
          receiver,
          agreement,
          recall: id,
          disclosure,
          cause,
        })),
      )
      const times = { toldAt: clock.now(), remindAt: nextReminder() }
      for (const { id, ...change } of recalls) {
        await store.addRecall(tx, id, change, times)
        await tellReceiver(tx, change.receiver, change.cause)
      }
      return recalls.length
    })
  }

  /** Reminds receivers whose day it is, at most `largestRecall`. One reminder, however late it is. */
  async function remindDue(): Promise<number> {
    if ((await late(db)).length === 0) return 0
    return transact(db, 'disclosures/remind-recalls', async (tx) => {
      await ledger.hold(tx)
      const waiting = await late(tx)
      await ledger.append(
        tx,
        waiting.map((one) => ({
          kind: 'recall.remind' as const,
          agency: one.receiver_id as AgencyId,
          agreement: one.agreement_hash as AgreementHash,
          recall: one.id,
          reminder: one.reminders + 1,
        })),
      )
      for (const one of waiting) {
        await store.noteReminder(tx, one.id, nextReminder())
        await tellReceiver(tx, one.receiver_id as AgencyId, one.cause)
      }
      return waiting.length
    })
  }

  const stateOf = (one: store.Recall): RecallView['state'] =>
    one.confirmed_at !== null ? 'confirmed' : one.overtaken_at !== null ? 'overtaken' : 'open'

  function viewOf(
    one: store.Recall,
    agency: AgencyId,
    names: ReadonlyMap<string, string>,
  ): RecallView {
    const isOwner = one.owner_id === agency
    const other = isOwner ? one.receiver_id : one.owner_id
    return {
      id: one.id,
      side: isOwner ? 'owner' : 'receiver',
      other: { agency: other, name: names.get(other) ?? other },
      agreement: one.agreement_hash,
      disclosure: one.disclosure,
      ...(isOwner ? { signalId: one.signal_id } : {}),
      cause: one.cause,
      state: stateOf(one),
      toldAt: one.told_at.toISOString(),
      reminders: one.reminders,
      ...(one.remind_at === null ? {} : { nextReminderAt: one.remind_at.toISOString() }),
      ...(one.answer === null ? {} : { answer: one.answer }),
      ...(one.reason === null ? {} : { reason: one.reason }),
      ...(one.confirmed_at === null ? {} : { confirmedAt: one.confirmed_at.toISOString() }),
    }
  }

  /** Why a receiver cannot say this of a recall. */
  function faultOf(
    one: store.Recall | undefined,
    agency: AgencyId,
    { answer, reason }: RecallConfirmationPayload,
  ): Fault | undefined {
    if (one?.receiver_id !== agency) return new Fault('disclosures/not-found')
    if ((answer === 'kept') !== (reason !== undefined)) {
      return new Fault('disclosures/invalid', [
        { at: '/reason', message: 'say why it is kept, and only then' },
      ])
    }
    const fitting = answersTo(one.cause)
    if (!fitting.includes(answer)) {
      return new Fault('disclosures/invalid', [
        { at: '/answer', message: `to "${one.cause}" it is one of ${fitting.join(', ')}` },
      ])
    }
    const isSame = one.answer === answer && one.reason === (reason ?? null)
    if (one.confirmed_at !== null && !isSame) {
      return new Fault('disclosures/not-now', [{ message: 'it was confirmed otherwise' }])
    }
    return one.overtaken_at === null
      ? undefined
      : new Fault('disclosures/not-now', [
          { message: 'a later change of the signal is recalled instead' },
        ])
  }

  return {
    /**
     * What is due, for the room of retention: changes are told, late receivers are reminded. Two at once do
     * no more than one; after a standstill all is caught up.
     */
    dueWork: {
      run: 'recalls' as const,
      waiting: async (): Promise<number> =>
        Math.max((await untold(db)).length, (await late(db)).length),
      work: async (): Promise<number> => Math.max(await tellDue(), await remindDue()),
      most: largestRecall,
    },

    /**
     * Takes a receiver's signed word on what it did. Also when its agreement, or the receiver, is suspended
     * or over: it only closes. The same again is welcome.
     * @throws Fault disclosures/not-found, also for a recall of others; disclosures/invalid, disclosures/not-now
     */
    async confirm(statement: string): Promise<void> {
      const { payload, agency } = await statements.read(
        'recall-confirmation',
        statement,
        readConfirmation,
        ({ confirmedAt }) => confirmedAt,
      )
      const fault = await transact(db, 'disclosures/confirm-recall', async (tx) => {
        await ledger.hold(tx)
        const one = await store.holdRecall(tx, payload.recall)
        const refusal = faultOf(one, agency.id, payload)
        const own = one?.receiver_id === agency.id
        await ledger.append(tx, [
          {
            kind: 'recall.confirm',
            outcome: refusal === undefined ? 'permit' : 'refuse',
            agency: agency.id,
            ...(own ? { agreement: one.agreement_hash as AgreementHash } : {}),
            recall: payload.recall,
            answer: payload.answer,
            ...(payload.reason === undefined ? {} : { reason: payload.reason }),
            statementHash: hashOfStatement(statement),
            reasons: refusal === undefined ? [] : [refusal.code],
          },
        ])
        if (refusal !== undefined || one === undefined || one.confirmed_at !== null) return refusal
        await store.putConfirmation(tx, one.id, payload, { statement, at: clock.now() })
        return undefined
      })
      if (fault !== undefined) throw fault
    },

    /** The recalls that an agency takes part in, on either side. The entry on the ledger tells no number. */
    async list(asker: Asker): Promise<RecallList> {
      const { agency, requestId } = asker
      return transact(db, 'disclosures/list-recalls', async (tx) => {
        await ledger.append(tx, [
          { kind: 'recall.list', outcome: 'permit', agency, ...actorOf(asker), requestId },
        ])
        const found = await store.recallsOf(tx, agency, mostRecalls)
        const names = await agencies.namesOf(tx, [
          ...new Set(found.flatMap((one) => [one.owner_id, one.receiver_id])),
        ])
        return { recalls: found.map((one) => viewOf(one, agency, names)) }
      })
    },
  }
}
