import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import { factsUnder } from '../policy/facts.ts'
import type { Act, Decide, Decision, Facts } from '../policy/types.ts'
import type { KnownSignal } from './store.ts'
import type { Asker, SignalBody } from './types.ts'

export type Decisions = ReturnType<typeof openDecisions>

/** Gathers the facts of acts on signals and has them decided. A caller at the door is an active one. */
export function openDecisions(decide: Decide, agreements: Agreements) {
  const factsOn = (
    asker: Asker,
    agreement: Agreement | undefined,
    hash: AgreementHash,
    { purpose, domain, category, ageBand, subjectKind }: SignalBody,
  ): Facts => ({
    agency: asker.agency,
    agreementHash: hash,
    caller: { active: true },
    agreement: agreements.facts(agreement),
    request: { purpose, domain, category, ageBand, subjectKind },
  })

  return {
    /** Decides on a submission. Only submissions whose facts are the same, every one, share a decision. */
    onSubmission(
      memo: Map<string, Decision>,
      asker: Asker,
      agreement: Agreement | undefined,
      body: SignalBody,
    ): { readonly decision: Decision; readonly facts: Facts } {
      const facts = factsOn(asker, agreement, body.agreement as AgreementHash, body)
      const alike = JSON.stringify(facts)
      const decision = memo.get(alike) ?? decide('signal.submit', facts)
      memo.set(alike, decision)
      return { decision, facts }
    },

    /** Decides whether the asker may give a signal this body. */
    onCorrection(
      asker: Asker,
      agreement: Agreement | undefined,
      { signal, body }: { readonly signal: KnownSignal; readonly body: SignalBody },
    ): { readonly decision: Decision; readonly facts: Facts } {
      const facts: Facts = {
        ...factsOn(asker, agreement, signal.agreement, body),
        owner: signal.agency,
      }
      return { decision: decide('signal.correct', facts), facts }
    },

    /** Decides whether the asker may look up or withdraw a signal; to others it does not exist. */
    onOwnSignal(
      act: Extract<Act, 'signal.read' | 'signal.withdraw'>,
      asker: Asker,
      agreement: Agreement | undefined,
      signal: KnownSignal,
    ): Decision {
      const { agreement: hash, purpose, domain } = signal
      const known = agreements.facts(agreement)
      return decide(act, {
        ...factsUnder({ agency: asker.agency, hash, agreement: known, purpose, domain }),
        owner: signal.agency,
      })
    },
  }
}
