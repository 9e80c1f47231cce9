import { type Clock, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Tell } from '../notification/types.ts'
import type { OperatorName } from '../oprf/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { hashOfStatement } from '../proofs/statement.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type EmergencyList,
  EmergencyQuestionPayload,
  EmergencyReopeningPayload,
  EmergencyReviewPayload,
  type EmergencyView,
  mostEmergencies,
} from '../wire/emergency.ts'
import * as store from './emergency-store.ts'
import type { Statements } from './grants.ts'
import type { Asker } from './types.ts'

export type EmergencyReviews = ReturnType<typeof openEmergencyReviews>

const readReview = payloadReader(EmergencyReviewPayload)
const readReopening = payloadReader(EmergencyReopeningPayload)
const readQuestion = payloadReader(EmergencyQuestionPayload)

/** A question is answered while it is fresh: whoever gets hold of it cannot go on asking. */
const freshSeconds = 300
const remindEverySeconds = 86_400
const mostReminders = 100

/**
 * What an owner says after the emergency route was used on its signals: to each operator, which verifies
 * it for itself. A use that was not justified closes the route for that receiver under that agreement, at
 * each operator that hears it, until the owner opens it again. Nobody else can: it is the owner's content.
 */
export function openEmergencyReviews({
  operator,
  clock,
  db,
  ledger,
  crypter,
  statements,
  tell,
}: {
  readonly operator: OperatorName
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly crypter: Crypter
  readonly statements: Statements
  readonly tell: Tell
}) {
  async function viewOf(
    reader: Reader,
    one: store.Emergency,
    agency: AgencyId,
  ): Promise<EmergencyView> {
    const { releasedAt, reviewDueAt, outcome, reviewedAt, necessity } = one
    return {
      number: one.number,
      receiver: one.receiver,
      owner: one.owner,
      agreement: one.agreement,
      signalId: one.signal,
      fields: [...one.fields],
      statements: [...one.statements],
      officers: [...one.officers],
      ...(releasedAt === undefined ? {} : { releasedAt: releasedAt.toISOString() }),
      ...(reviewDueAt === undefined ? {} : { reviewBy: reviewDueAt.toISOString() }),
      overdue: outcome === undefined && reviewDueAt !== undefined && reviewDueAt <= clock.now(),
      ...(outcome === undefined ? {} : { outcome }),
      ...(reviewedAt === undefined ? {} : { reviewedAt: reviewedAt.toISOString() }),
      closed: !(await store.isOpen(reader, one)),
      ...(necessity === undefined || agency !== one.owner ? {} : { necessity }),
    }
  }

  const due = (reader: Reader) =>
    store.reviewsDue(reader, {
      now: clock.now(),
      toldBefore: shifted(clock.now(), -remindEverySeconds),
      most: mostReminders,
    })

  /** Tells owners whose review is late, once a day until they reviewed. Of two at once the second finds nothing left. */
  async function remind(): Promise<number> {
    if ((await due(db)).length === 0) return 0
    return transact(db, 'disclosures/remind-reviews', async (tx: Tx) => {
      await ledger.hold(tx)
      const late = await due(tx)
      await tell(
        tx,
        late.map(({ number, owner }) => ({
          agency: owner,
          kind: 'review-due' as const,
          about: { type: 'emergency' as const, id: number },
        })),
      )
      await store.noteReminded(
        tx,
        late.map(({ number }) => number),
        clock.now(),
      )
      return late.length
    })
  }

  return {
    /**
     * The owner's finding. The first one stands; the same again is welcome. Also after the agreement ended
     * or was suspended, and when the owner is suspended: it only closes.
     * @throws Fault disclosures/not-found, also for an emergency of others; disclosures/not-now when another stands
     */
    async review(statement: string): Promise<void> {
      const { payload, agency } = await statements.read(
        'emergency-review',
        statement,
        readReview,
        ({ reviewedAt }) => reviewedAt,
      )
      const { number, outcome } = payload
      const fault = await transact(db, 'disclosures/review-emergency', async (tx) => {
        await ledger.hold(tx)
        const one = await store.findEmergency(tx, crypter, number)
        const known = one?.owner === agency.id && one.releasedAt !== undefined ? one : undefined
        const refusal =
          known === undefined
            ? new Fault('disclosures/not-found')
            : known.outcome !== undefined && known.outcome !== outcome
              ? new Fault('disclosures/not-now', [
                  { message: 'it was reviewed with another outcome' },
                ])
              : undefined
        await ledger.append(tx, [
          {
            kind: 'emergency.review',
            outcome: refusal === undefined ? 'permit' : 'refuse',
            agency: agency.id,
            emergency: number,
            ...(known === undefined
              ? {}
              : { receiver: known.receiver, agreement: known.agreement }),
            finding: outcome,
            reasons: refusal === undefined ? [] : [refusal.code],
          },
        ])
        if (refusal !== undefined || known === undefined) return refusal
        if (known.outcome !== undefined) return undefined
        const at = clock.now()
        await store.putReview(tx, number, outcome, at)
        if (outcome === 'not-justified') {
          await store.putRoute(tx, known, { isOpen: false, saidAt: new Date(payload.reviewedAt) })
        }
        return undefined
      })
      if (fault !== undefined) throw fault
    },

    /**
     * The owner lets a receiver use the route again. Does not change what was found.
     * @throws Fault disclosures/owner-suspended; disclosures/later-word when a later word of the owner stands
     */
    async reopen(statement: string): Promise<void> {
      const { payload, agency } = await statements.read(
        'emergency-reopening',
        statement,
        readReopening,
        ({ reopenedAt }) => reopenedAt,
      )
      const receiver = payload.receiver as AgencyId
      const agreement = payload.agreement as AgreementHash
      const fault = await transact(db, 'disclosures/reopen-emergency', async (tx) => {
        await ledger.hold(tx)
        const route = { owner: agency.id, receiver, agreement }
        const saidAt = new Date(payload.reopenedAt)
        const refusal = !agency.active
          ? new Fault('disclosures/owner-suspended')
          : (await store.putRoute(tx, route, { isOpen: true, saidAt }))
            ? undefined
            : new Fault('disclosures/later-word')
        await ledger.append(tx, [
          {
            kind: 'emergency.reopen',
            outcome: refusal === undefined ? 'permit' : 'refuse',
            agency: agency.id,
            receiver,
            agreement,
            statementHash: hashOfStatement(statement),
            reasons: refusal === undefined ? [] : [refusal.code],
          },
        ])
        return refusal
      })
      if (fault !== undefined) throw fault
    },

    /**
     * The emergencies that an agency takes part in and that were released, as this operator has them: it need
     * not ask the other. A question put to the other operator is not answered here.
     */
    async list(statement: string): Promise<EmergencyList> {
      const { payload, agency } = await statements.read(
        'emergency-question',
        statement,
        readQuestion,
        ({ askedAt }) => askedAt,
      )
      if (payload.operator !== operator) {
        throw new Fault('statements/invalid', [{ message: 'another operator was asked' }])
      }
      if (new Date(payload.askedAt) < shifted(clock.now(), -freshSeconds)) {
        throw new Fault('statements/invalid', [{ message: 'the question is too old; ask again' }])
      }
      return transact(db, 'disclosures/list-emergencies', async (tx) => {
        await ledger.append(tx, [
          {
            kind: 'emergency.list',
            outcome: 'permit',
            agency: agency.id,
            agreement: payload.agreement as AgreementHash,
          },
        ])
        const found = await store.emergenciesOf(
          tx,
          crypter,
          agency.id,
          payload.agreement,
          mostEmergencies,
        )
        const emergencies: EmergencyView[] = []
        for (const one of found) emergencies.push(await viewOf(tx, one, agency.id))
        return { emergencies }
      })
    },

    /** What an owner has not reviewed yet, the earliest due first; for its list of reviews. */
    awaiting: (reader: Reader, owner: AgencyId, most: number) =>
      store.awaitingReview(reader, owner, most),

    /** Reviews that are late, for the room of retention. */
    dueWork: {
      run: 'emergency-reviews' as const,
      waiting: async (): Promise<number> => (await due(db)).length,
      work: remind,
      most: mostReminders,
    },

    /** One emergency, for either side, also while it is prepared only; to others it looks like none. */
    async read({ agency, client, requestId }: Asker, number: string): Promise<EmergencyView> {
      const view = await transact(db, 'disclosures/read-emergency', async (tx) => {
        const one = await store.findEmergency(tx, crypter, number)
        const isSide = one?.owner === agency || one?.receiver === agency
        const known = isSide ? one : undefined
        await ledger.append(tx, [
          {
            kind: 'emergency.read',
            outcome: known === undefined ? 'refuse' : 'permit',
            requestId,
            agency,
            client,
            emergency: number,
            reasons: known === undefined ? ['disclosures/not-found'] : [],
          },
        ])
        return known && viewOf(tx, known, agency)
      })
      if (view === undefined) throw new Fault('disclosures/not-found')
      return view
    },

    /** Erases why the route was used, some time after that was reviewed. */
    forget: (before: Date): Promise<void> => store.eraseNecessities(db, before),
  }
}
