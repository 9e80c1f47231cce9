import { setImmediate as nextTurn } from 'node:timers/promises'
import { factsOfContent } from '../agreements/lifecycle.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Act, AgreementFacts, Decide, Decision, Facts } from '../policy/types.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
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
  sets,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly sets: PolicySets
}) {
  const since = (): Date => shifted(clock.now(), -keepDecisionsSeconds)

  /** Decisions that the draft would have been there for: under its predecessor, else for its purpose. */
  async function decisionsFor(
    { agency }: Asker,
    draft: AgreementContent,
  ): Promise<{ readonly made: store.MadeDecision; readonly facts: Facts }[]> {
    const made = await store.decisionsSince(db, since(), agency)
    return made
      .filter(({ agreement, purpose }) =>
        draft.previous === undefined ? purpose === draft.purpose : agreement === draft.previous,
      )
      .map((one) => ({ made: one, facts: JSON.parse(one.facts) as Facts }))
      .filter(({ facts }) => facts.agreement.parties.includes(agency))
  }

  /** Between slices other requests have their turn. */
  async function decideAgain(
    decide: Decide,
    some: readonly { readonly made: store.MadeDecision; readonly facts: Facts }[],
  ): Promise<Again[]> {
    const again: Again[] = []
    for (const [at, { made, facts }] of some.entries()) {
      if (at % decisionsPerSlice === 0) await nextTurn()
      again.push({ made, becomes: decide(made.act as Act, facts) })
    }
    return again
  }

  return {
    /**
     * Runs a draft over the agency's own decisions under agreements that it is a party to.
     * @throws Fault agreements/not-found when the agency is no party to the draft
     */
    async ofDraft(asker: Asker, { draft }: SimulateBody): Promise<Simulation> {
      const isParty = draft.parties.some(({ agency }) => agency === asker.agency)
      await transact(db, 'decisions/simulate', (tx) =>
        ledger.append(tx, [
          {
            kind: 'decision.simulate',
            outcome: isParty ? 'permit' : 'refuse',
            requestId: asker.requestId,
            agency: asker.agency,
            client: asker.client,
            purpose: draft.purpose,
          },
        ]),
      )
      if (!isParty) throw new Fault('agreements/not-found')
      await sets.refresh(db)
      const { decide } = sets.inUse()
      const [facts, hash] = [factsOfContent(draft, asker.agency), agreementHashOf(draft)]
      const found = await decisionsFor(asker, draft)
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
