import type { Alarms } from '../alarms/alarms.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { openJudging, outcomeOf } from '../decisions/judging.ts'
import type { Reviews } from '../decisions/reviews.ts'
import type { Asker } from '../decisions/types.ts'
import type { EmergencyReviews } from '../disclosures/emergency-reviews.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { AccessQuery } from '../wire/access.ts'
import { mostCasesOfKind, type ReviewCase, type ReviewCaseList } from '../wire/justification.ts'
import type { Justifications } from './justifications.ts'

export type ReviewCases = ReturnType<typeof openReviewCases>

/** A case of any kind, before it is put among the others. */
type Found = Omit<ReviewCase, 'dueAt' | 'state'> & { readonly dueAt: Date; readonly taken: boolean }

/**
 * What awaits whoever reviews for an agency, as one list: uses of the emergency route on its signals, drawn looks that can
 * be judged, alarms that nobody closed, and reviews that policies ask. A view over the rooms that have them: it keeps
 * nothing, and what is done is done there.
 */
export function openReviewCases({
  clock,
  db,
  ledger,
  decisions,
  emergencies,
  samples,
  alarms,
  reviews,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly decisions: Decisions
  readonly emergencies: Pick<EmergencyReviews, 'awaiting'>
  readonly samples: Pick<Justifications, 'awaiting'>
  readonly alarms: Pick<Alarms, 'awaiting'>
  readonly reviews: Pick<Reviews, 'list'>
}) {
  const { judgeOwn, append } = openJudging(decisions)
  const most = mostCasesOfKind + 1

  async function found(tx: Tx, asker: Asker): Promise<readonly (readonly Found[])[]> {
    return [
      (await emergencies.awaiting(tx, asker.agency, most)).map(({ number, dueAt }) => ({
        kind: 'emergency-review' as const,
        id: number,
        dueAt,
        taken: false,
        own: false,
        address: `/v1/emergencies/${number}`,
      })),
      (await samples.awaiting(tx, asker, most)).map(({ id, dueAt, own }) => ({
        kind: 'drawn-look' as const,
        id,
        dueAt,
        taken: false,
        own,
        address: `/v1/samples/${id}`,
      })),
      (await alarms.awaiting(tx, asker, most)).map(({ id, dueAt, taken, own }) => ({
        kind: 'alarm' as const,
        id,
        dueAt,
        taken,
        own,
        address: `/v1/alarms/${id}`,
      })),
      (await reviews.list(asker, tx))
        .filter(({ closedAt }) => closedAt === undefined)
        .map(({ id, dueAt }) => ({
          kind: 'policy-review' as const,
          id,
          dueAt: new Date(dueAt),
          taken: false,
          own: false,
          address: '/v1/reviews',
        })),
    ]
  }

  const viewOf = ({ taken, dueAt, ...one }: Found): ReviewCase => ({
    ...one,
    state: dueAt <= clock.now() ? 'overdue' : taken ? 'taken' : 'open',
    dueAt: dueAt.toISOString(),
  })

  return {
    async list(asker: Asker, occasion: AccessQuery['occasion']): Promise<ReviewCaseList> {
      const result = await transact(db, 'justifications/review-cases', async (tx) => {
        const judged = judgeOwn('review-case.list', asker.agency)
        const kinds = judged.fault === undefined ? await found(tx, asker) : []
        await append(
          tx,
          ledger,
          {
            kind: 'review-case.list',
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            occasion,
            ...outcomeOf(judged),
          },
          judged,
        )
        if (judged.fault !== undefined) return { fault: judged.fault }
        const cases = kinds
          .flatMap((some) => some.slice(0, mostCasesOfKind))
          .sort((one, other) => one.dueAt.getTime() - other.dueAt.getTime())
        const more = kinds.some(({ length }) => length > mostCasesOfKind)
        return { list: { cases: cases.map(viewOf), more } }
      })
      if (result.list === undefined) throw result.fault ?? new Fault('samples/not-found')
      return result.list
    },
  }
}
