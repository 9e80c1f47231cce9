import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { type Judged, openJudging } from '../decisions/judging.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import type { Act, Facts } from '../policy/types.ts'

export type FollowUpAct = Extract<Act, `follow-up.${string}`>

export type FollowUpDecisions = ReturnType<typeof openFollowUpDecisions>

const needsLead: readonly Act[] = ['follow-up.offer-lead', 'follow-up.record-outcome']

/** Gathers the facts of acts on follow-ups and has them decided. An agency does these for itself alone. */
export function openFollowUpDecisions(deciding: Decisions, agreements: Agreements) {
  const { judge, append } = openJudging(deciding)
  const factsOf = (agency: AgencyId, hash: string, purpose: string, agreement?: Agreement): Facts =>
    factsUnder(forItself(agency), {
      hash: hash as AgreementHash,
      agreement: agreements.facts(agreement, agency),
      purpose,
    })

  return {
    append,

    on(
      act: FollowUpAct,
      agency: AgencyId,
      about: {
        readonly agreement: string
        readonly purpose: string
        readonly lead?: AgencyId
        readonly coordinator?: AgencyId
      },
      agreement: Agreement | undefined,
    ): Judged {
      return judge(act, {
        ...factsOf(agency, about.agreement, about.purpose, agreement),
        ...(needsLead.includes(act) && about.lead !== undefined ? { lead: about.lead } : {}),
        ...(act === 'follow-up.settle-dispute' && about.coordinator !== undefined
          ? { coordinator: about.coordinator }
          : {}),
      })
    },

    onFeedback(
      agency: AgencyId,
      signal: { readonly agreement: string; readonly purpose: string; readonly agency: AgencyId },
      agreement: Agreement | undefined,
    ): Judged {
      return judge('feedback.read', {
        ...factsOf(agency, signal.agreement, signal.purpose, agreement),
        owner: signal.agency,
      })
    },
  }
}
