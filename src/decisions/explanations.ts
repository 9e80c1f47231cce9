import type { Agreements } from '../agreements/agreements.ts'
import { type Delegations, onBehalfOf } from '../agreements/delegations.ts'
import { factsOfContent } from '../agreements/lifecycle.ts'
import { Fault, type Problem } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { dataOfEverySignal, factsUnder } from '../policy/facts.ts'
import { remediesOf } from '../policy/remedies.ts'
import type { Acting, AgreementFacts, Facts } from '../policy/types.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  actsOnOneDisclosure,
  actsOnOneSignal,
  actsWithBody,
  type ExplainBody,
  type Explanation,
} from '../wire/policy.ts'
import type { Decisions } from './decisions.ts'
import type { PolicySets } from './policy-sets.ts'
import type { Asker } from './types.ts'

export type Explanations = ReturnType<typeof openExplanations>

/** An agreement is known to its parties, and to whoever acts for one of them. */
const mayKnow = ({ agency, agreement, caller }: Facts): boolean =>
  agreement.parties.includes(caller.agency) ||
  (caller.delegated && agreement.parties.includes(agency))

const isOnOneSignal = ({ act }: ExplainBody): boolean => actsOnOneSignal.includes(act)
const isOnOneDisclosure = ({ act }: ExplainBody): boolean =>
  actsOnOneDisclosure.some((one) => one === act)
const ownersActs: readonly ExplainBody['act'][] = ['disclosure.answer', 'disclosure.grant']
const givesBody = ({ act }: ExplainBody): boolean => actsWithBody.includes(act)

function problemsOfBody({ category, ageBand, subjectKind = 'person' }: ExplainBody): Problem[] {
  const problems: Problem[] = []
  if (category === undefined) {
    problems.push({ at: '/category', message: 'say which category, for this act' })
  }
  if (subjectKind === 'person' && ageBand === undefined) {
    problems.push({ at: '/ageBand', message: 'say which age group, for this act' })
  }
  if (subjectKind !== 'person' && ageBand !== undefined) {
    problems.push({ at: '/ageBand', message: 'only a person has an age group' })
  }
  return problems
}

function sideProblems(body: ExplainBody): Problem[] {
  const { act, other, onBehalfOf: forAgency } = body
  const problems: Problem[] = []
  if (isOnOneDisclosure(body) !== (other !== undefined)) {
    const message =
      other === undefined
        ? 'say which agency is on the other side, for this act'
        : 'only acts on one disclosure have another side'
    problems.push({ at: '/other', message })
  }
  if (act.startsWith('disclosure.') && forAgency !== undefined) {
    const message = 'disclosures are asked for and granted in one’s own name'
    problems.push({ at: '/onBehalfOf', message })
  }
  return problems
}

function assertWhole(body: ExplainBody): void {
  const { agreement, draft, owner } = body
  const ofBodies = ['category', 'ageBand', 'subjectKind', 'dataCategories'] as const
  const problems: Problem[] = [
    ...((agreement === undefined) === (draft === undefined)
      ? [{ at: '/agreement', message: 'name either an agreement or a draft' }]
      : []),
    ...(givesBody(body)
      ? problemsOfBody(body)
      : ofBodies
          .filter((member) => body[member] !== undefined)
          .map((member) => ({
            at: `/${member}`,
            message: 'only submitting and correcting have this',
          }))),
    ...(owner !== undefined && !isOnOneSignal(body) && body.act !== 'disclosure.read'
      ? [{ at: '/owner', message: 'only acts on one signal have an owner' }]
      : []),
    ...sideProblems(body),
  ]
  if (problems.length > 0) throw new Fault('door/invalid-input', problems)
}

/** What is said of the signal; of other acts nothing. */
function signalFacts(body: ExplainBody): Partial<Facts['request']> {
  if (!givesBody(body)) return {}
  const { category = '', subjectKind = 'person', dataCategories = [] } = body
  const { ageBand = subjectKind === 'person' ? '' : 'unknown' } = body
  const shared = new Set([...dataOfEverySignal(subjectKind), ...dataCategories])
  return { category, ageBand, subjectKind, dataCategories: [...shared] }
}

function factsFor(
  acting: Acting,
  body: ExplainBody,
  hash: AgreementHash,
  agreement: AgreementFacts,
): Facts {
  const { agency } = acting
  const { request, ...under } = factsUnder(acting, {
    hash,
    agreement,
    purpose: body.purpose,
    ...(body.domain === undefined ? {} : { domain: body.domain }),
  })
  if (isOnOneDisclosure(body)) {
    const other = body.other as Facts['agency']
    const isOwner =
      body.act === 'disclosure.read' ? body.owner !== 'another' : ownersActs.includes(body.act)
    const [owner, receiver] = isOwner ? [agency, other] : [other, agency]
    const asked = { ...request, dataCategories: ['narrative'] }
    return { ...under, request: asked, owner, receiver }
  }
  return {
    ...under,
    request: { ...request, ...signalFacts(body) },
    ...(isOnOneSignal(body)
      ? { owner: body.owner === 'another' ? ('another' as Facts['agency']) : agency }
      : {}),
  }
}

/**
 * "May I share this?": what would be decided, and why, without doing anything. The same decision code with
 * facts that the agency supposes; nothing of them is kept. An agreement of others looks like none. For another
 * agency one asks as one would act for it.
 */
export function openExplanations({
  db,
  ledger,
  agreements,
  delegations,
  decisions,
  sets,
}: {
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Agreements
  readonly delegations: Delegations
  readonly decisions: Decisions
  readonly sets: PolicySets
}) {
  /** For whom is asked, and what stands in the agreement or draft. */
  async function gather(tx: Tx, { agency }: Asker, body: ExplainBody): Promise<Facts> {
    const { draft, onBehalfOf: forAgency } = body
    const hash = draft === undefined ? (body.agreement ?? '') : agreementHashOf(draft)
    const held = draft === undefined ? (await agreements.hold(tx, [hash])).get(hash) : undefined
    const acting = await delegations.acting(
      tx,
      { agency, active: true },
      { agreement: hash, ...(forAgency === undefined ? {} : { onBehalfOf: forAgency }) },
    )
    const agreement =
      draft === undefined
        ? agreements.facts(held, acting.agency)
        : factsOfContent(draft, acting.agency)
    return factsFor(acting, body, hash as AgreementHash, agreement)
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
        const facts = await gather(tx, asker, body)
        const isToKnow = body.draft !== undefined || mayKnow(facts)
        const decided = isToKnow ? decisions.decide(body.act, facts) : undefined
        await ledger.append(tx, [
          {
            kind: 'decision.explain',
            outcome: decided === undefined ? 'refuse' : 'permit',
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            ...onBehalfOf(facts),
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
