import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Act, Decide, Facts } from '../policy/types.ts'

export type DisclosureAct = Exclude<
  Extract<Act, `disclosure.${string}`>,
  'disclosure.list' | 'disclosure.release'
>

/** A decision with the fault that tells of its refusal, and the names of what decided, for the ledger. */
export type Decided = {
  readonly outcome: 'permit' | 'refuse'
  readonly reasons: readonly string[]
  readonly fault: Fault | undefined
}

/** What was decided, but for a fault that was found besides. */
export const butFor = (decided: Decided, fault: Fault | undefined): Decided =>
  decided.fault !== undefined || fault === undefined
    ? decided
    : { outcome: 'refuse', reasons: [fault.code], fault }

export type Decisions = ReturnType<typeof openDecisions>

/** Gathers the facts of acts on disclosures and has them decided. An agency does these for itself alone. */
export function openDecisions(decide: Decide, agreements: Agreements) {
  const decidedOn = (act: Act, facts: Facts): Decided => {
    const decision = decide(act, facts)
    return {
      outcome: decision.outcome,
      reasons: decision.reasons.map(({ policy }) => policy),
      fault: decision.outcome === 'permit' ? undefined : refusalOf(decision, facts),
    }
  }
  return {
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
    ): Decided {
      const facts = factsUnder(forItself(agency), {
        hash: about.agreement,
        agreement: agreements.facts(agreement),
        purpose: about.purpose,
      })
      return decidedOn(act, {
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
    ): Decided {
      return decidedOn(
        'disclosure.list',
        factsUnder(forItself(agency), {
          hash: hash as AgreementHash,
          agreement: agreements.facts(agreement),
          purpose,
        }),
      )
    },
  }
}

/** What nobody but the two sides of a disclosure is told. */
export const notFound = (): Decided => {
  const fault = new Fault('disclosures/not-found')
  return { outcome: 'refuse', reasons: [fault.code], fault }
}
