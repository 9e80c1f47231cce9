import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Delegations } from '../agreements/delegations.ts'
import { factsOfContent } from '../agreements/lifecycle.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Act, AgreementFacts, Decide, Decision, Facts } from '../policy/types.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { AgreementContent } from '../wire/agreement.ts'
import {
  mostTurns,
  type PolicySetBody,
  type SimulateBody,
  type Simulation,
} from '../wire/policy.ts'
import { keepDecisionsSeconds } from './decisions.ts'
import type { PolicySets } from './policy-sets.ts'
import * as store from './store.ts'
import type { Asker } from './types.ts'

export type Simulations = ReturnType<typeof openSimulations>

/** About 20 ms of deciding. */
const decisionsPerSlice = 50

type Recorded = { readonly made: store.MadeDecision; readonly facts: Facts }
type Again = { readonly made: store.MadeDecision; readonly becomes: Decision }

/** What would turn, per agency, purpose and act, with the reasons of the new decision. */
function countTurns(since: Date, again: readonly Again[]): Simulation {
  const timesOf = (some: readonly Again[]): number =>
    some.reduce((sum, { made }) => sum + made.times, 0)
  const turned = again.filter(({ made, becomes }) => made.outcome !== becomes.outcome)
  const alike = Map.groupBy(turned, ({ made, becomes }) =>
    JSON.stringify([made.agency, made.purpose, made.act, becomes]),
  )
  const turns = [...alike.values()].flatMap((some) => {
    const [first] = some
    if (first === undefined) return []
    const { made, becomes } = first
    return [
      {
        agency: made.agency,
        purpose: made.purpose,
        act: made.act as Act,
        was: made.outcome,
        becomes: becomes.outcome,
        times: timesOf(some),
        reasons: [...becomes.reasons],
      },
    ]
  })
  return {
    since: since.toISOString(),
    decisions: timesOf(again),
    same: timesOf(again) - timesOf(turned),
    turns: turns.sort((one, other) => other.times - one.times).slice(0, mostTurns),
  }
}

/** The facts of a recorded decision, as if the draft had stood in the place of its agreement. */
function underDraft(facts: Facts, draft: AgreementFacts, hash: Facts['agreementHash']): Facts {
  const { request, agreement } = facts
  // A domain is not asked for but taken from the agreement: whoever named the right one would again.
  const domain = request.domain === agreement.domain ? draft.domain : request.domain
  return { ...facts, agreementHash: hash, agreement: draft, request: { ...request, domain } }
}

/**
 * What if: recorded decisions of the last 90 days, made again under a draft agreement or another policy
 * set. Changes nothing. Says what would have been decided, not what people would have done otherwise.
 */
export function openSimulations({
  clock,
  db,
  ledger,
  delegations,
  sets,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly delegations: Delegations
  readonly sets: PolicySets
}) {
  const since = (): Date => shifted(clock.now(), -keepDecisionsSeconds)

  /** Decisions of an agency that the draft would have been there for: under its predecessor, else for its purpose. */
  async function decisionsFor(agency: AgencyId, draft: AgreementContent): Promise<Recorded[]> {
    const made = await store.decisionsSince(db, since(), agency)
    return made
      .filter(({ agreement, purpose }) =>
        draft.previous === undefined ? purpose === draft.purpose : agreement === draft.previous,
      )
      .map((one) => ({ made: one, facts: JSON.parse(one.facts) as Facts }))
      .filter(({ facts }) => facts.agreement.parties.includes(agency))
  }

  /** Which decisions of another agency the asker made for it, under delegations that still hold. */
  async function madeFor(
    tx: Tx,
    { agency: acting }: Asker,
    delegator: AgencyId,
    found: readonly Recorded[],
    draft: AgreementContent,
  ): Promise<{ readonly mayAsk: boolean; readonly own: readonly Recorded[] }> {
    const { previous } = draft
    const agreements =
      previous === undefined ? new Set(found.map(({ made }) => made.agreement)) : [previous]
    const under = new Set<string>()
    for (const agreement of agreements) {
      const { caller } = await delegations.acting(
        tx,
        { agency: acting, active: true },
        { onBehalfOf: delegator, agreement },
      )
      if (caller.delegated) under.add(agreement)
    }
    const own = found.filter(
      ({ made, facts }) => under.has(made.agreement) && facts.caller.agency === acting,
    )
    return { mayAsk: under.size > 0, own }
  }

  /** Between slices other requests have their turn. */
  async function decideAgain(decide: Decide, some: readonly Recorded[]): Promise<Again[]> {
    const again: Again[] = []
    for (const [at, { made, facts }] of some.entries()) {
      if (at % decisionsPerSlice === 0) await nextTurn()
      again.push({ made, becomes: decide(made.act as Act, facts) })
    }
    return again
  }

  return {
    /**
     * Runs a draft over the agency's own decisions under agreements that it is a party to; or over what it
     * did for another one, under delegations that still hold.
     * @throws Fault agreements/not-found when that agency is no party to the draft, or delegates nothing
     */
    async ofDraft(asker: Asker, { draft, onBehalfOf }: SimulateBody): Promise<Simulation> {
      const agency = (onBehalfOf ?? asker.agency) as AgencyId
      const isParty = draft.parties.some((party) => party.agency === agency)
      const all = await decisionsFor(agency, draft)
      const found = await transact(db, 'decisions/simulate', async (tx) => {
        const { mayAsk, own } =
          agency === asker.agency
            ? { mayAsk: true, own: all }
            : await madeFor(tx, asker, agency, all, draft)
        await ledger.append(tx, [
          {
            kind: 'decision.simulate',
            outcome: isParty && mayAsk ? 'permit' : 'refuse',
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            ...(agency === asker.agency ? {} : { onBehalfOf: agency }),
            purpose: draft.purpose,
          },
        ])
        return isParty && mayAsk ? own : undefined
      })
      if (found === undefined) throw new Fault('agreements/not-found')
      await sets.refresh(db)
      const { decide } = sets.inUse()
      const [facts, hash] = [factsOfContent(draft, agency), agreementHashOf(draft)]
      const again = await decideAgain(
        decide,
        found.map((one) => ({ ...one, facts: underDraft(one.facts, facts, hash) })),
      )
      return countTurns(since(), again)
    },

    /**
     * Runs another policy set over all decisions, on an administrator's word. Totals per agency, purpose
     * and act; no single act shows.
     * @throws Fault statements/invalid, policy/invalid-set
     */
    async ofPolicySet(body: PolicySetBody): Promise<Simulation> {
      const { payload, signer } = await sets.readWord(body, 'simulate')
      const { decide } = sets.load(body.set)
      await transact(db, 'policy/simulate', (tx) =>
        ledger.append(tx, [
          {
            kind: 'policy.simulate',
            outcome: 'permit',
            administrator: signer,
            to: payload.to,
          },
        ]),
      )
      const found = await store.decisionsSince(db, since())
      const again = await decideAgain(
        decide,
        found.map((made) => ({ made, facts: JSON.parse(made.facts) as Facts })),
      )
      return countTurns(since(), again)
    },
  }
}
