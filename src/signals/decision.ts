import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Decided } from '../decisions/types.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import { dataOfEverySignal, factsUnder } from '../policy/facts.ts'
import type { Act, Acting, Facts } from '../policy/types.ts'
import type { DataCategory } from '../wire/codes.ts'
import type { KnownSignal } from './store.ts'
import type { SignalBody } from './types.ts'

export type SignalDecisions = ReturnType<typeof openSignalDecisions>

/** What kinds of data a signal shares, as far as the gateway can see. */
const dataCategoriesOf = ({ subjectKind, region, role, sealed }: SignalBody): DataCategory[] => [
  ...dataOfEverySignal(subjectKind),
  ...(region === undefined ? [] : (['region'] as const)),
  ...(sealed.length === 0 ? [] : (['narrative'] as const)),
  ...(role === 'suspect' || role === 'both' ? (['criminal-offence'] as const) : []),
]

/** Gathers the facts of acts on signals and has them decided. */
export function openSignalDecisions({ decide }: Decisions, agreements: Agreements) {
  const factsOn = (
    acting: Acting,
    agreement: Agreement | undefined,
    hash: AgreementHash,
    body: SignalBody,
  ): Facts => ({
    ...acting,
    agreementHash: hash,
    agreement: agreements.facts(agreement, acting.agency),
    request: {
      purpose: body.purpose,
      domain: body.domain,
      category: body.category,
      dataCategories: dataCategoriesOf(body),
      ageBand: body.ageBand,
      subjectKind: body.subjectKind,
    },
  })

  return {
    /** Decides on a submission. Only submissions whose facts are the same, every one, share a decision. */
    onSubmission(
      memo: Map<string, Decided>,
      acting: Acting,
      agreement: Agreement | undefined,
      body: SignalBody,
    ): { readonly decision: Decided; readonly facts: Facts } {
      const facts = factsOn(acting, agreement, body.agreement as AgreementHash, body)
      const alike = JSON.stringify(facts)
      const decision = memo.get(alike) ?? decide('signal.submit', facts)
      memo.set(alike, decision)
      return { decision, facts }
    },

    /** Decides whether somebody may give a signal this body. */
    onCorrection(
      acting: Acting,
      agreement: Agreement | undefined,
      { signal, body }: { readonly signal: KnownSignal; readonly body: SignalBody },
    ): { readonly decision: Decided; readonly facts: Facts } {
      const facts: Facts = {
        ...factsOn(acting, agreement, signal.agreement, body),
        owner: signal.agency,
      }
      return { decision: decide('signal.correct', facts), facts }
    },

    /** Decides whether somebody may look up or withdraw a signal; to others it does not exist. */
    onOwnSignal(
      act: Extract<Act, 'signal.read' | 'signal.withdraw'>,
      acting: Acting,
      agreement: Agreement | undefined,
      signal: KnownSignal,
    ): Decided {
      const { agreement: hash, purpose, domain } = signal
      const known = agreements.facts(agreement, acting.agency)
      return decide(act, {
        ...factsUnder(acting, { hash, agreement: known, purpose, domain }),
        owner: signal.agency,
      })
    },
  }
}
