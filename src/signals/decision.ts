import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Decided } from '../decisions/types.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import type { Act, Facts } from '../policy/types.ts'
import type { KnownSignal } from './store.ts'
import type { Asker, SignalBody } from './types.ts'

export type SignalDecisions = ReturnType<typeof openSignalDecisions>

/** Gathers the facts of acts on signals and has them decided. A caller at the door is an active one. */
export function openSignalDecisions({ decide }: Decisions, agreements: Agreements) {
  return {
    /** Decides on a submission. Only submissions whose facts are the same, every one, share a decision. */
    onSubmission(
      memo: Map<string, Decided>,
      asker: Asker,
      agreement: Agreement | undefined,
      body: SignalBody,
    ): { readonly decision: Decided; readonly facts: Facts } {
      const facts: Facts = {
        agency: asker.agency,
        agreementHash: body.agreement as AgreementHash,
        caller: { active: true },
        agreement: agreements.facts(agreement),
        request: {
          purpose: body.purpose,
          domain: body.domain,
          category: body.category,
          ageBand: body.ageBand,
          subjectKind: body.subjectKind,
        },
      }
      const alike = JSON.stringify(facts)
      const decision = memo.get(alike) ?? decide('signal.submit', facts)
      memo.set(alike, decision)
      return { decision, facts }
    },

    /** Decides whether the asker may look up or withdraw a signal; to others it does not exist. */
    onOwnSignal(
      act: Extract<Act, 'signal.read' | 'signal.withdraw'>,
      asker: Asker,
      agreement: Agreement | undefined,
      signal: KnownSignal,
    ): Decided {
      return decide(act, {
        agency: asker.agency,
        agreementHash: signal.agreement,
        caller: { active: true },
        agreement: agreements.facts(agreement),
        request: {
          purpose: signal.purpose,
          domain: signal.domain,
          category: '',
          ageBand: '',
          subjectKind: '',
        },
        owner: signal.agency,
      })
    },
  }
}
