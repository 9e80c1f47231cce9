import { agreementsInForce } from '../agreements/standing.ts'
import { bindingIn, limitOf } from '../evaluation/quota-stands.ts'
import { quotaUsesOn } from '../evaluation/quotas.ts'
import type { Clock } from '../kernel/clock.ts'
import type { FindQuotas } from './raising.ts'

/** How much agencies used of the quotas that bind them now. A domain without an agreement in force has none. */
export const openQuotaStands =
  (clock: Clock): FindQuotas =>
  async (reader, agencies, days) => {
    const uses = await quotaUsesOn(reader, agencies, days)
    if (uses.length === 0) return []
    const standing = await agreementsInForce(reader, clock.now())
    return uses.flatMap(({ agency, domain, kind, used }) => {
      const binding = bindingIn(standing, agency, domain)
      if (binding.length === 0) return []
      return [{ agency, domain, kind, used, limit: limitOf(kind, binding) }]
    })
  }
