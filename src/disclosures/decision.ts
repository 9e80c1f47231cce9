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

export type DisclosureAct = Exclude<
  Extract<Act, `disclosure.${string}`>,
  'disclosure.list' | 'disclosure.release'
>

/** A decision with the fault that tells of its refusal, and the names of what decided, for the ledger. */
export type Decided = {
  readonly outcome: 'permit' | 'refuse'
  readonly reasons: readonly string[]
  readonly fault: Fault | undefined
  /** Undefined where there was nothing to decide. */
  readonly decision: RecordableDecision | undefined
}

/** What was decided, but for a fault that was found besides. */
export const butFor = (decided: Decided, fault: Fault | undefined): Decided =>
  decided.fault !== undefined || fault === undefined
    ? decided
    : { ...decided, outcome: 'refuse', reasons: [fault.code], fault }

export type DisclosureDecisions = ReturnType<typeof openDisclosureDecisions>

/** Gathers the facts of acts on disclosures and has them decided. An agency does these for itself alone. */
export function openDisclosureDecisions(deciding: Decisions, agreements: Agreements) {
  const decidedOn = (act: Act, facts: Facts): Decided => {
    const decision = deciding.decide(act, facts)
    return {
      decision,
      outcome: decision.outcome,
      reasons: decision.reasons.map(({ policy }) => policy),
      fault: decision.outcome === 'permit' ? undefined : refusalOf(decision, facts),
    }
  }
  return {
    /** Appends the entry of an act, and records the decision behind it. */
    async append(tx: Tx, ledger: Ledger, entry: LedgerEntry, decided: Decided): Promise<void> {
      const entries = await ledger.append(tx, [entry])
      await deciding.recordOne(tx, entries, decided.decision, decided.fault === undefined)
    },

    on(
      act: DisclosureAct,
      agency: AgencyId,
      about: {
        readonly agreement: AgreementHash
        readonly purpose: string
        readonly owner: AgencyId
        readonly receiver: AgencyId
      },
      agreement: Agreement | undefined,
    ): Decided {
      const facts = factsUnder(forItself(agency), {
        hash: about.agreement,
        agreement: agreements.facts(agreement, agency),
        purpose: about.purpose,
      })
      return decidedOn(act, {
        ...facts,
        request: { ...facts.request, dataCategories: ['narrative'] },
        owner: about.owner,
        receiver: about.receiver,
      })
    },

    onList(
      agency: AgencyId,
      { agreement: hash, purpose }: { readonly agreement: string; readonly purpose: string },
      agreement: Agreement | undefined,
    ): Decided {
      return decidedOn(
        'disclosure.list',
        factsUnder(forItself(agency), {
          hash: hash as AgreementHash,
          agreement: agreements.facts(agreement, agency),
          purpose,
        }),
      )
    },
  }
}

/** What nobody but the two sides of a disclosure is told. */
export const notFound = (): Decided => {
  const fault = new Fault('disclosures/not-found')
  return { outcome: 'refuse', reasons: [fault.code], fault, decision: undefined }
}
