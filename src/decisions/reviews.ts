import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Reader } from '../store/reader.ts'
import type { ReviewTable } from '../store/tables/decisions.ts'
import { transact } from '../store/transact.ts'
import type { CloseBody, ReviewDue } from '../wire/policy.ts'
import * as store from './store.ts'
import type { Asker } from './types.ts'

export type Reviews = ReturnType<typeof openReviews>

const viewOf = ({
  id,
  policy,
  agreement,
  purpose,
  since,
  due_at,
  closed_at,
  finding,
}: ReviewTable): ReviewDue => ({
  id,
  policy,
  agreement,
  purpose,
  since: since.toISOString(),
  dueAt: due_at.toISOString(),
  ...(closed_at === null ? {} : { closedAt: closed_at.toISOString() }),
  ...(finding === null ? {} : { finding }),
})

/**
 * The reviews that policies ask of an agency: at most one open at a time per policy and agreement. They
 * fall due; nothing is stopped when they are late. Does not see whether anybody really looked.
 */
export function openReviews({
  clock,
  db,
  ledger,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
}) {
  return {
    /** Those of the agency, the earliest due first; closed ones too, at most a thousand. */
    list: async ({ agency }: Pick<Asker, 'agency'>, reader: Reader = db): Promise<ReviewDue[]> =>
      (await store.reviewsOf(reader, agency)).map(viewOf),

    /**
     * Closes a review with what was found. Closing it again with the same finding is welcome.
     * @throws Fault policy/review-not-found, policy/review-closed
     */
    async close(asker: Asker, id: string, { finding }: CloseBody): Promise<ReviewDue> {
      const result = await transact(db, 'decisions/close-review', async (tx) => {
        const review = await store.holdReview(tx, asker.agency, id)
        const fault =
          review === undefined
            ? new Fault('policy/review-not-found')
            : review.finding !== null && review.finding !== finding
              ? new Fault('policy/review-closed')
              : undefined
        await ledger.append(tx, [
          {
            kind: 'review.close',
            outcome: fault === undefined ? 'permit' : 'refuse',
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            review: id,
            agreement: review?.agreement as AgreementHash | undefined,
            purpose: review?.purpose,
            finding,
            reasons: fault === undefined ? [] : [fault.code],
          },
        ])
        if (fault !== undefined || review === undefined) return { fault }
        if (review.closed_at !== null) return { review }
        const at = clock.now()
        await store.closeReview(tx, id, finding, at)
        return { review: { ...review, closed_at: at, finding } }
      })
      if (result.review === undefined) throw result.fault ?? new Fault('policy/review-not-found')
      return viewOf(result.review)
    },
  }
}
