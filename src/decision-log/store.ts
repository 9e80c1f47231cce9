import type { Facts } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'

/** A decision as it was recorded for an entry. */
export type RecordedDecision = {
  readonly agreement: string
  readonly outcome: 'permit' | 'refuse'
  readonly reasons: readonly string[]
  readonly policySet: string
  readonly facts: Facts
}

export const keyOf = (index: number, act: string): string => `${index} ${act}`

/** The decisions behind entries, by index and act: one entry can have several. Of those that are kept still. */
export async function decisionsBehind(
  reader: Reader,
  indexes: readonly number[],
): Promise<ReadonlyMap<string, RecordedDecision>> {
  if (indexes.length === 0) return new Map()
  const rows = await reader
    .selectFrom('decision_entry')
    .innerJoin('decision', 'decision.hash', 'decision_entry.decision_hash')
    .select(['ledger_index', 'act', 'agreement', 'outcome', 'reasons', 'policy_set', 'facts'])
    .where('ledger_index', 'in', indexes.map(String))
    .execute()
  return new Map(
    rows.map(({ ledger_index, act, agreement, outcome, reasons, policy_set, facts }) => [
      keyOf(Number(ledger_index), act),
      {
        agreement,
        outcome,
        reasons: JSON.parse(reasons),
        policySet: policy_set,
        facts: JSON.parse(facts),
      },
    ]),
  )
}
