import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { type Judged, openJudging } from '../decisions/judging.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import type { Act } from '../policy/types.ts'

export type DisclosureAct = Exclude<
  Extract<Act, `disclosure.${string}`>,
  'disclosure.list' | 'disclosure.release'
>

export type DisclosureDecisions = ReturnType<typeof openDisclosureDecisions>

/** Gathers the facts of acts on disclosures and has them decided. An agency does these for itself alone. */
export function openDisclosureDecisions(deciding: Decisions, agreements: Agreements) {
  const { judge, append } = openJudging(deciding)
  return {
    append,

    on(
      act: DisclosureAct,
      agency: AgencyId,
      about: {
        readonly agreement: AgreementHash
        readonly purpose: string
        readonly owner: AgencyId
        readonly receiver: AgencyId
      },
      agreement: Agreement | undefined,
    ): Judged {
      const facts = factsUnder(forItself(agency), {
        hash: about.agreement,
        agreement: agreements.facts(agreement, agency),
        purpose: about.purpose,
      })
      return judge(act, {
        ...facts,
        request: { ...facts.request, dataCategories: ['narrative'] },
        owner: about.owner,
        receiver: about.receiver,
      })
    },

    onList(
      agency: AgencyId,
      { agreement: hash, purpose }: { readonly agreement: string; readonly purpose: string },
      agreement: Agreement | undefined,
    ): Judged {
      return judge(
        'disclosure.list',
        factsUnder(forItself(agency), {
          hash: hash as AgreementHash,
          agreement: agreements.facts(agreement, agency),
          purpose,
        }),
      )
    },
  }
}
