import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Decided as RecordableDecision } from '../decisions/types.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Act, Facts } from '../policy/types.ts'
import type { Tx } from '../store/transact.ts'

export type FollowUpAct = Extract<Act, `follow-up.${string}`>

/** A decision with the fault that tells of its refusal, and the names of what decided, for the ledger. */
export type Decided = {
  readonly outcome: 'permit' | 'refuse'
  readonly reasons: readonly string[]
  readonly fault: Fault | undefined
  /** Undefined where there was nothing to decide. */
  readonly decision: RecordableDecision | undefined
}

export type FollowUpDecisions = ReturnType<typeof openFollowUpDecisions>

const needsLead: readonly Act[] = ['follow-up.offer-lead', 'follow-up.record-outcome']

/** Gathers the facts of acts on follow-ups and has them decided. An agency does these for itself alone. */
export function openFollowUpDecisions(deciding: Decisions, agreements: Agreements) {
  const decidedOn = (act: Act, facts: Facts): Decided => {
    const decision = deciding.decide(act, facts)
    return {
      decision,
      outcome: decision.outcome,
      reasons: decision.reasons.map(({ policy }) => policy),
      fault: decision.outcome === 'permit' ? undefined : refusalOf(decision, facts),
    }
  }
  const factsOf = (agency: AgencyId, hash: string, purpose: string, agreement?: Agreement): Facts =>
    factsUnder(forItself(agency), {
      hash: hash as AgreementHash,
      agreement: agreements.facts(agreement, agency),
      purpose,
    })

  return {
    /** Appends the entry of an act, and records the decision behind it. */
    async append(tx: Tx, ledger: Ledger, entry: LedgerEntry, decided: Decided): Promise<void> {
      const entries = await ledger.append(tx, [entry])
      await deciding.recordOne(tx, entries, decided.decision, decided.fault === undefined)
    },

    on(
      act: FollowUpAct,
      agency: AgencyId,
      about: {
        readonly agreement: string
        readonly purpose: string
        readonly lead?: AgencyId
        readonly coordinator?: AgencyId
      },
      agreement: Agreement | undefined,
    ): Decided {
      return decidedOn(act, {
        ...factsOf(agency, about.agreement, about.purpose, agreement),
        ...(needsLead.includes(act) && about.lead !== undefined ? { lead: about.lead } : {}),
        ...(act === 'follow-up.settle-dispute' && about.coordinator !== undefined
          ? { coordinator: about.coordinator }
          : {}),
      })
    },

    onFeedback(
      agency: AgencyId,
      signal: { readonly agreement: string; readonly purpose: string; readonly agency: AgencyId },
      agreement: Agreement | undefined,
    ): Decided {
      return decidedOn('feedback.read', {
        ...factsOf(agency, signal.agreement, signal.purpose, agreement),
        owner: signal.agency,
      })
    },
  }
}

/** What was decided, but for a fault that was found besides. */
export const butFor = (decided: Decided, fault: Fault | undefined): Decided =>
  decided.fault !== undefined || fault === undefined
    ? decided
    : { ...decided, outcome: 'refuse', reasons: [fault.code], fault }

/** What is told to whoever is not concerned: there was nothing to decide. */
export function nothingThere(code: 'follow-up/not-found' | 'signals/not-found'): Decided {
  const fault = new Fault(code)
  return { outcome: 'refuse', reasons: [fault.code], fault, decision: undefined }
}
