import type { Facts } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'

/** A decision as it was recorded for an entry. */
export type RecordedDecision = {
  readonly act: string
  readonly agreement: string
  readonly outcome: 'permit' | 'refuse'
  readonly reasons: readonly string[]
  readonly policySet: string
  readonly facts: Facts
}

/** The decisions behind entries, by index; of those that are kept still. */
export async function decisionsBehind(
  reader: Reader,
  indexes: readonly number[],
): Promise<ReadonlyMap<number, RecordedDecision>> {
  if (indexes.length === 0) return new Map()
  const rows = await reader
    .selectFrom('decision_entry')
    .innerJoin('decision', 'decision.hash', 'decision_entry.decision_hash')
    .select(['ledger_index', 'act', 'agreement', 'outcome', 'reasons', 'policy_set', 'facts'])
    .where('ledger_index', 'in', indexes.map(String))
    .execute()
  return new Map(
    rows.map(({ ledger_index, act, agreement, outcome, reasons, policy_set, facts }) => [
      Number(ledger_index),
      {
        act,
        agreement,
        outcome,
        reasons: JSON.parse(reasons),
        policySet: policy_set,
        facts: JSON.parse(facts),
      },
    ]),
  )
}
