import { sha256 } from '@noble/hashes/sha2.js'
import { canonicalBytes, canonicalText } from '../kernel/canonical.ts'
import { type Clock, dayOf, shifted } from '../kernel/clock.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import type { AppendedEntry } from '../ledger/ledger.ts'
import type { Act, Facts } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'
import { occasionally } from '../store/sweep.ts'
import type { NotifyObligationTable } from '../store/tables/decisions.ts'
import { Outdated, type Tx } from '../store/transact.ts'
import type { PolicySets } from './policy-sets.ts'
import * as store from './store.ts'
import type { Decided, RecordedAct, TellNoted } from './types.ts'

export type Decisions = ReturnType<typeof openDecisions>

/** How long decisions can be replayed. */
export const keepDecisionsSeconds = 90 * 86_400

const secondsPerDay = 86_400

/** A decision as it is kept. Alike decisions are one row: the hash is over all that it holds. */
function decisionRowOf({ act, facts, outcome, reasons, policySet }: Decided): store.DecisionRow {
  const row = {
    act,
    agency: facts.agency,
    agreement: facts.agreementHash,
    purpose: facts.request.purpose,
    facts: canonicalText(facts),
    outcome,
    reasons: JSON.stringify(reasons.map(({ policy }) => policy)),
    policy_set: policySet,
  }
  return { ...row, hash: Buffer.from(sha256(canonicalBytes(row))) }
}

/**
 * The one decision point of an operator, under the policy set in force. Decisions are recorded beside the
 * ledger, in the transaction of the act, with everything that they looked at, so that they replay.
 * What they look at holds no identity, no token and no case.
 */
export function openDecisions({
  clock,
  random,
  db,
  sets,
  tellNoted = async () => {},
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly sets: PolicySets
  /** Handed in by the gateway: a keyholder tells nobody. */
  readonly tellNoted?: TellNoted
}) {
  const forget = occasionally(clock, keepDecisionsSeconds, (before) =>
    store.forgetDecisions(db, before),
  )

  async function carryOut(tx: Tx, acts: readonly RecordedAct[], at: Date): Promise<void> {
    const reviews = new Map<string, Parameters<typeof store.addReviews>[1][number]>()
    const notices = new Map<string, NotifyObligationTable>()
    for (const { decided, done } of acts) {
      if (!done) continue
      const { agency, agreementHash, request, owner = agency } = decided.facts
      for (const obligation of decided.obligations) {
        const { policy } = obligation
        const common = {
          id: randomUuid(random),
          policy,
          agreement: agreementHash,
          purpose: request.purpose,
          since: at,
        }
        if (obligation.kind === 'review') {
          const due_at = shifted(at, obligation.withinDays * secondsPerDay)
          reviews.set(`${agency} ${agreementHash} ${policy}`, { ...common, agency, due_at })
          continue
        }
        const { role, of } = obligation
        const whose = of === 'owner' ? owner : agency
        const { act } = decided
        const row = { ...common, agency: whose, role, act, on_day: dayOf(at) }
        notices.set([whose, agreementHash, policy, role, act].join(' '), row)
      }
    }
    await store.addReviews(tx, [...reviews.values()])
    const noted = await store.addNotifyObligations(tx, [...notices.values()])
    const alike = new Map(noted.map((one) => [`${one.agency} ${one.agreement}`, one]))
    if (alike.size > 0) await tellNoted(tx, [...alike.values()])
  }

  /**
   * Records the decisions behind entries, and what they oblige to. Call it after `ledger.append`,
   * whose lock makes it exact: a decision under a set that is no longer in force is undone with its
   * transaction, which runs again under the new one.
   * @throws Outdated, which `transact` answers with another attempt
   */
  async function record(tx: Tx, acts: readonly RecordedAct[]): Promise<void> {
    if (acts.length === 0) return
    const at = clock.now()
    const rows = new Map(
      [...new Set(acts.map(({ decided }) => decided))].map((decided) => [
        decided,
        decisionRowOf(decided),
      ]),
    )
    const hashOf = ({ decided }: RecordedAct): Buffer => {
      const row = rows.get(decided)
      if (row === undefined) throw new Error('a decision vanished')
      return row.hash
    }
    const distinct = new Map([...rows.values()].map((row) => [row.hash.toString('hex'), row]))
    const inForce = await store.addDecisions(
      tx,
      [...distinct.values()],
      acts.map((act) => ({ index: act.index, hash: hashOf(act) })),
      at,
    )
    if (acts.some(({ decided }) => decided.policySet !== inForce)) {
      await sets.refresh(tx)
      throw new Outdated('the policy set was changed meanwhile')
    }
    await carryOut(tx, acts, at)
  }

  return {
    /** Decides under the set in force in this process. Nothing is decided for good before `record`. */
    decide(act: Act, facts: Facts): Decided {
      const { hash, decide } = sets.inUse()
      return { ...decide(act, facts), act, facts, policySet: hash }
    },

    record,

    /**
     * Records the decision behind the one entry of an act; nothing, where there was nothing to decide.
     * @throws Outdated, as `record`
     */
    async recordOne(
      tx: Tx,
      [entry]: readonly AppendedEntry[],
      decided: Decided | undefined,
      done: boolean,
    ): Promise<AppendedEntry> {
      if (entry === undefined) throw new Error('an entry is missing')
      if (decided !== undefined) await record(tx, [{ index: entry.index, decided, done }])
      return entry
    },

    /** Forgets, now and then, what is older than can be replayed. */
    forget,
  }
}
