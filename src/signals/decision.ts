import type { Agreements } from '../agreements/agreements.ts'
import type { Acting } from '../agreements/delegations.ts'
import type { Agreement } from '../agreements/types.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import type { Act, Decide, Decision, Facts } from '../policy/types.ts'
import type { DataCategory } from '../wire/codes.ts'
import type { KnownSignal } from './store.ts'
import type { SignalBody } from './types.ts'

export type Decisions = ReturnType<typeof openDecisions>

/** What kinds of data a signal shares, as far as the gateway can see. */
const dataCategoriesOf = ({ region, role, sealed }: SignalBody): DataCategory[] => [
  'tokens',
  'exploitation',
  'role',
  'age-group',
  ...(region === undefined ? [] : (['region'] as const)),
  ...(sealed.length === 0 ? [] : (['narrative'] as const)),
  ...(role === 'suspect' || role === 'both' ? (['criminal-offence'] as const) : []),
]

/** Gathers the facts of acts on signals and has them decided. */
export function openDecisions(decide: Decide, agreements: Agreements) {
  return {
    /** Decides on a submission. Only submissions whose facts are the same, every one, share a decision. */
    onSubmission(
      memo: Map<string, Decision>,
      acting: Acting,
      agreement: Agreement | undefined,
      body: SignalBody,
    ): { readonly decision: Decision; readonly facts: Facts } {
      const facts: Facts = {
        ...acting,
        agreementHash: body.agreement as AgreementHash,
        agreement: agreements.facts(agreement),
        request: {
          purpose: body.purpose,
          domain: body.domain,
          category: body.category,
          dataCategories: dataCategoriesOf(body),
          ageBand: body.ageBand,
          subjectKind: body.subjectKind,
        },
      }
      const alike = JSON.stringify(facts)
      const decision = memo.get(alike) ?? decide('signal.submit', facts)
      memo.set(alike, decision)
      return { decision, facts }
    },

    /** Decides whether somebody may look up or withdraw a signal; to others it does not exist. */
    onOwnSignal(
      act: Extract<Act, 'signal.read' | 'signal.withdraw'>,
      acting: Acting,
      agreement: Agreement | undefined,
      signal: KnownSignal,
    ): Decision {
      return decide(act, {
        ...acting,
        agreementHash: signal.agreement,
        agreement: agreements.facts(agreement),
        request: {
          purpose: signal.purpose,
          domain: signal.domain,
          category: '',
          dataCategories: [],
          ageBand: '',
          subjectKind: '',
        },
        owner: signal.agency,
      })
    },
  }
}
