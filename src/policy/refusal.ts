import { Fault } from '../kernel/fault.ts'
import type { Decision, Facts } from './types.ts'

/**
 * The fault that tells a caller of a refusal. To somebody who is not a party, an agreement looks
 * exactly like one that does not exist; a party is told every reason with its article.
 */
export const refusalOf = ({ reasons }: Decision, { agency, agreement }: Facts): Fault => {
  if (!agreement.known || !agreement.parties.includes(agency)) {
    return new Fault('agreements/not-found')
  }
  return new Fault(
    'policy/denied',
    reasons.map(({ policy, en, article }) => ({ at: policy, message: en, article })),
  )
}
