import { Fault } from '../kernel/fault.ts'
import type { Decision, Facts } from './types.ts'

/**
 * The fault that tells a caller of a refusal. To somebody who is not a party, an agreement looks
 * exactly like one that does not exist, and so it does to whoever acts for a party without its delegation;
 * a party is told every reason with its article.
 */
export const refusalOf = ({ reasons }: Decision, { agency, caller, agreement }: Facts): Fault => {
  const entitled = caller.agency === agency || caller.delegated
  if (!agreement.known || !entitled || !agreement.parties.includes(agency)) {
    return new Fault('agreements/not-found')
  }
  return new Fault(
    'policy/denied',
    reasons.map(({ policy, en, article }) => ({ at: policy, message: en, article })),
  )
}

/** The fault that tells of a refusal of an act under no agreement: every reason with its article. */
export const refusalUnderNone = ({ reasons }: Decision): Fault =>
  new Fault(
    'policy/denied',
    reasons.map(({ policy, en, article }) => ({ at: policy, message: en, article })),
  )
