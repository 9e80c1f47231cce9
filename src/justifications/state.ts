import type { Asker } from '../decisions/types.ts'
import { consoleClient } from '../ledger/actor.ts'
import type { LookFacts } from '../policy/types.ts'
import type { Sample } from '../wire/justification.ts'
import type { DrawnLook, SeenLook, Signed } from './types.ts'

/** Whether a finding stands for good. An unclear one can be followed by another. */
export const isFinal = ({ judgement }: DrawnLook): boolean =>
  judgement !== undefined && judgement.finding !== 'unclear'

/** An unclear finding waits for another reason; once there is one, it is to be judged again. */
const isJudged = ({ judgement, justification }: DrawnLook): boolean =>
  judgement !== undefined &&
  (judgement.finding !== 'unclear' ||
    justification === undefined ||
    justification.at <= judgement.at)

export function stateOf(drawn: DrawnLook, now: Date): Sample['state'] {
  if (isJudged(drawn)) return 'judged'
  if (drawn.justification === undefined) {
    return now < drawn.justifyBy ? 'awaiting-reason' : 'reason-overdue'
  }
  return now < drawn.reviewBy ? 'awaiting-review' : 'review-overdue'
}

/** Who the caller is to a look. A look of which nothing is known any more is nobody’s own. */
export function lookFactsOf({ client, officer }: Asker, { drawn, look }: SeenLook): LookFacts {
  if (look === undefined) return { own: false, other: true }
  const own = look.officer === undefined ? client === look.client : officer === look.officer
  const { justification } = drawn
  // At the console everybody has the same machine, and the officer's name is vouched for.
  const machines = [look.client, justification?.client].filter((one) => one !== consoleClient)
  const officers = [look.officer, justification?.officer].filter((one) => one !== undefined)
  return {
    own,
    other:
      !machines.includes(client) &&
      (officers.length === 0 || (officer !== undefined && !officers.includes(officer))),
  }
}

const signedView = ({ at, client, officer }: Signed) => ({
  at: at.toISOString(),
  client,
  ...(officer === undefined ? {} : { officer }),
})

export const viewOf = ({ drawn, look }: SeenLook, now: Date): Sample => ({
  id: drawn.id,
  week: drawn.week,
  state: stateOf(drawn, now),
  entry: drawn.entry,
  acts: drawn.acts,
  ...(look === undefined ? {} : { look }),
  drawnAt: drawn.drawnAt.toISOString(),
  justifyBy: drawn.justifyBy.toISOString(),
  reviewBy: drawn.reviewBy.toISOString(),
  ...(drawn.justification === undefined
    ? {}
    : {
        justification: {
          reason: drawn.justification.reason,
          article: drawn.justification.article,
          ...(drawn.justification.caseCommitment === undefined
            ? {}
            : { caseCommitment: drawn.justification.caseCommitment }),
          ...signedView(drawn.justification),
        },
      }),
  ...(drawn.judgement === undefined
    ? {}
    : { judgement: { finding: drawn.judgement.finding, ...signedView(drawn.judgement) } }),
})
