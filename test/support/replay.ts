import { fileURLToPath } from 'node:url'
import type { Kysely } from 'kysely'
import { loadPolicySet } from '../../src/decisions/policy-set.ts'
import type { Act, Facts } from '../../src/policy/types.ts'
import { readPolicies } from '../../src/policy-files.ts'
import type { Tables } from '../../src/store/tables.ts'

const policies = fileURLToPath(new URL('../../config/policies', import.meta.url))

/** All recorded decisions of an operator, and those that the policies of this repository do not make again to the letter. */
export async function replayDecisions(db: Kysely<Tables>) {
  const decisions = await db.selectFrom('decision').selectAll().execute()
  const { decide, hash } = loadPolicySet(readPolicies(policies))
  const turned = decisions.filter(({ act, facts, outcome, reasons, policy_set: set }) => {
    const again = decide(act as Act, JSON.parse(facts) as Facts)
    const made = JSON.stringify([outcome, JSON.parse(reasons), set])
    return made !== JSON.stringify([again.outcome, again.reasons.map(({ policy }) => policy), hash])
  })
  return { decisions, turned }
}
