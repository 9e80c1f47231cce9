import type { Agreements } from '../agreements/agreements.ts'
import { stateOf } from '../agreements/lifecycle.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Asker } from '../decisions/types.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { unknownAgreement } from '../policy/types.ts'
import { Outdated, type Tx } from '../store/transact.ts'
import * as store from './store.ts'

export type OwnActs = ReturnType<typeof openOwnActs>

/** What an act is, and on which webhook. */
export type OwnAct =
  | { readonly kind: 'notice.list'; readonly answerSize: number }
  | { readonly kind: 'notice.acknowledge' | 'webhook.list' }
  | {
      readonly kind: 'webhook.test' | 'webhook.redeliver' | 'webhook.remove'
      readonly webhook: string
    }
  | { readonly kind: 'webhook.register'; readonly webhook?: string; readonly urlHash: string }

/** What acts of an agency on its own notices and webhooks have in common: under no agreement, on no signal. */
export function openOwnActs({
  clock,
  ledger,
  agreements,
  decisions,
}: {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly agreements: Agreements
  readonly decisions: Decisions
}) {
  return {
    /**
     * Decides, and appends the entry of an act, which tells no number, or a coarse one.
     * @param fault what was found besides, should it be permitted
     * @returns the fault to throw after the commit, if any
     */
    async append(tx: Tx, act: OwnAct, asker: Asker, fault?: Fault): Promise<Fault | undefined> {
      const facts = factsUnder(forItself(asker.agency), {
        hash: '' as AgreementHash,
        agreement: unknownAgreement,
      })
      const decision = decisions.decide(act.kind, facts)
      const refused = decision.outcome === 'refuse'
      const entries = await ledger.append(tx, [
        {
          ...act,
          outcome: refused || fault !== undefined ? 'refuse' : 'permit',
          requestId: asker.requestId,
          agency: asker.agency,
          ...actorOf(asker),
          reasons:
            refused || fault === undefined
              ? decision.reasons.map(({ policy }) => policy)
              : [fault.code],
        },
      ])
      await decisions.recordOne(tx, entries, decision, !refused && fault === undefined)
      return refused
        ? new Fault(
            'policy/denied',
            decision.reasons.map(({ policy, en, article }) => ({
              at: policy,
              message: en,
              article,
            })),
          )
        : fault
    },

    /**
     * An inbox in order, with what has to be held back taken out of it. Nobody changes it, or what its
     * agreements are, until `tx` is over. For an act, which appends to the ledger afterwards, the
     * ledger is held first, as everywhere: agreements, ledger, inbox.
     */
    async inOrder(tx: Tx, agency: AgencyId, purpose: 'act' | 'delivery' = 'act') {
      const hashes = await store.agreementsOf(tx, agency)
      const held = await agreements.hold(tx, hashes)
      if (purpose === 'act') await ledger.hold(tx)
      const inbox = await store.holdInbox(tx, agency)
      const now = await store.agreementsOf(tx, agency)
      if (now.some((hash) => !held.has(hash))) throw new Outdated('a notice came meanwhile')
      const suspended = hashes.filter((hash) => {
        const agreement = held.get(hash)
        return agreement !== undefined && stateOf(agreement, clock.now()) === 'suspended'
      })
      const last = await store.arrange(tx, agency, inbox, suspended)
      return { ...inbox, last, suspended }
    },
  }
}
