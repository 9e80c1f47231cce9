import { Fault, type FaultCode } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import type { AppendedEntry, Ledger } from '../ledger/ledger.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { refusalOf } from '../policy/refusal.ts'
import { type Act, type Facts, unknownAgreement } from '../policy/types.ts'
import type { Tx } from '../store/transact.ts'
import type { Decisions } from './decisions.ts'
import type { Decided } from './types.ts'

/** A decision with the fault that tells of its refusal, and the names of what decided, for the ledger. */
export type Judged = {
  readonly outcome: 'permit' | 'refuse'
  readonly reasons: readonly string[]
  readonly fault: Fault | undefined
  /** Undefined where there was nothing to decide. */
  readonly decision: Decided | undefined
}

/** What was decided, but for a fault that was found besides. */
export const butFor = (judged: Judged, fault: Fault | undefined): Judged =>
  judged.fault !== undefined || fault === undefined
    ? judged
    : { ...judged, outcome: 'refuse', reasons: [fault.code], fault }

/** What is told to whoever is not concerned: there was nothing to decide. */
export function nothingThere(code: FaultCode): Judged {
  const fault = new Fault(code)
  return { outcome: 'refuse', reasons: [fault.code], fault, decision: undefined }
}

/** What an entry on the ledger says of it. */
export const outcomeOf = ({ outcome, reasons }: Judged) => ({ outcome, reasons: [...reasons] })

/** Decides on an act of which the fault has to be told, and appends it. */
export const openJudging = (decisions: Decisions) => ({
  judge(act: Act, facts: Facts): Judged {
    const decision = decisions.decide(act, facts)
    return {
      decision,
      outcome: decision.outcome,
      reasons: decision.reasons.map(({ policy }) => policy),
      fault: decision.outcome === 'permit' ? undefined : refusalOf(decision, facts),
    }
  },

  /** Decides on an act of an agency on affairs of its own, under no agreement. It is told every reason. */
  judgeOwn(act: Act, agency: AgencyId, more: Pick<Facts, 'look'> = {}): Judged {
    const under = { hash: '' as AgreementHash, agreement: unknownAgreement }
    const decision = decisions.decide(act, { ...factsUnder(forItself(agency), under), ...more })
    const { outcome, reasons } = decision
    return {
      decision,
      outcome,
      reasons: reasons.map(({ policy }) => policy),
      fault:
        outcome === 'permit'
          ? undefined
          : new Fault(
              'policy/denied',
              reasons.map(({ policy, en, article }) => ({ at: policy, message: en, article })),
            ),
    }
  },

  /** Appends the entry of an act, and records the decision behind it. */
  async append(tx: Tx, ledger: Ledger, entry: LedgerEntry, judged: Judged): Promise<AppendedEntry> {
    const entries = await ledger.append(tx, [entry])
    return decisions.recordOne(tx, entries, judged.decision, judged.fault === undefined)
  },
})
