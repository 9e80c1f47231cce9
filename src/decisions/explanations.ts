import type { Agreements } from '../agreements/agreements.ts'
import { factsOfContent } from '../agreements/lifecycle.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { remediesOf } from '../policy/remedies.ts'
import { type AgreementFacts, type Facts, unknownAgreement } from '../policy/types.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import type { ExplainBody, Explanation } from '../wire/policy.ts'
import type { Decisions } from './decisions.ts'
import type { PolicySets } from './policy-sets.ts'
import type { Asker } from './types.ts'

export type Explanations = ReturnType<typeof openExplanations>

const isOnOneSignal = (act: ExplainBody['act']): boolean =>
  act === 'signal.read' || act === 'signal.withdraw'

function assertWhole({ act, agreement, draft, category, ageBand, owner }: ExplainBody): void {
  const problems = [
    ...((agreement === undefined) === (draft === undefined)
      ? [{ at: '/agreement', message: 'name either an agreement or a draft' }]
      : []),
    ...(act === 'signal.submit' && category === undefined
      ? [{ at: '/category', message: 'say which category, for this act' }]
      : []),
    ...(act === 'signal.submit' && ageBand === undefined
      ? [{ at: '/ageBand', message: 'say which age group, for this act' }]
      : []),
    ...(owner !== undefined && !isOnOneSignal(act)
      ? [{ at: '/owner', message: 'only looking up and withdrawing have an owner' }]
      : []),
  ]
  if (problems.length > 0) throw new Fault('door/invalid-input', problems)
}

/**
 * "May I share this?": what would be decided, and why, without doing anything. The same decision code with
 * facts that the agency supposes; nothing of them is kept. An agreement of others looks like none.
 */
export function openExplanations({
  db,
  ledger,
  agreements,
  decisions,
  sets,
}: {
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Agreements
  readonly decisions: Decisions
  readonly sets: PolicySets
}) {
  /** The agreement in question; undefined when it is not for this agency to know. */
  async function agreementFor(
    reader: Reader,
    { agency }: Asker,
    { agreement: hash, draft }: ExplainBody,
  ): Promise<{ readonly hash: AgreementHash; readonly facts: AgreementFacts } | undefined> {
    if (draft !== undefined) return { hash: agreementHashOf(draft), facts: factsOfContent(draft) }
    const found = await agreements.find(reader, hash ?? '')
    const facts = agreements.facts(found)
    return found !== undefined && facts.parties.includes(agency)
      ? { hash: found.hash, facts }
      : undefined
  }

  function factsFor(
    { agency }: Asker,
    body: ExplainBody,
    { hash, facts }: { readonly hash: AgreementHash; readonly facts: AgreementFacts },
  ): Facts {
    const submits = body.act === 'signal.submit'
    return {
      agency,
      agreementHash: hash,
      caller: { active: true },
      agreement: facts,
      request: {
        purpose: body.purpose ?? facts.purpose,
        domain: body.domain ?? facts.domain,
        category: submits ? (body.category ?? '') : '',
        ageBand: submits ? (body.ageBand ?? '') : '',
        subjectKind: submits ? 'person' : '',
      },
      ...(isOnOneSignal(body.act)
        ? { owner: body.owner === 'another' ? ('another' as Facts['agency']) : agency }
        : {}),
    }
  }

  return {
    /**
     * Says what would be decided on an act: outcome, every reason, what would have to change, what it
     * would oblige to. A draft is looked at as if it were in force today.
     * @throws Fault door/invalid-input, agreements/not-found
     */
    async explain(asker: Asker, body: ExplainBody): Promise<Explanation> {
      assertWhole(body)
      await sets.refresh(db)
      const answered = await transact(db, 'decisions/explain', async (tx) => {
        const agreement = await agreementFor(tx, asker, body)
        const facts = factsFor(
          asker,
          body,
          agreement ?? { hash: (body.agreement ?? '') as AgreementHash, facts: unknownAgreement },
        )
        const decided = agreement && decisions.decide(body.act, facts)
        await ledger.append(tx, [
          {
            kind: 'decision.explain',
            outcome: decided === undefined ? 'refuse' : 'permit',
            requestId: asker.requestId,
            agency: asker.agency,
            client: asker.client,
            agreement: facts.agreementHash,
            draft: body.draft !== undefined,
            act: body.act,
            wouldBe: decided?.outcome,
          },
        ])
        return decided
      })
      if (answered === undefined) throw new Fault('agreements/not-found')
      const { act, facts, outcome, policySet, reasons, obligations } = answered
      return {
        outcome,
        policySet,
        reasons: [...reasons],
        remedies: remediesOf(decisions.decide, act, facts).map(({ changes }) => ({
          changes: [...changes],
        })),
        obligations: [...obligations],
      }
    },
  }
}
