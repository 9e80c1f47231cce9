import { lowestQuotas } from '../agreements/domains.ts'
import { agreementsInForce } from '../agreements/standing.ts'
import type { Agreement } from '../agreements/types.ts'
import { type QuotaKind, quotaUsesOn, subjectRequestsPerDay } from '../evaluation/quotas.ts'
import type { Clock } from '../kernel/clock.ts'
import type { FindQuotas } from './raising.ts'

/** Where in an agreement the limit of each kind stands. */
const limits = {
  evaluation: 'evaluationsPerDay',
  submission: 'submissionsPerDay',
  withdrawal: 'withdrawalsPerDay',
  correction: 'withdrawalsPerDay',
} as const satisfies Record<Exclude<QuotaKind, 'subject-request'>, string>

/** The limit of a kind of act; requests of subjects have the same everywhere. */
const limitOf = (kind: QuotaKind, binding: readonly Agreement[]): number =>
  kind === 'subject-request' ? subjectRequestsPerDay : lowestQuotas(binding)[limits[kind]]

/** How much agencies used of the quotas that bind them now. A domain without an agreement in force has none. */
export const openQuotaStands =
  (clock: Clock): FindQuotas =>
  async (reader, agencies, days) => {
    const uses = await quotaUsesOn(reader, agencies, days)
    if (uses.length === 0) return []
    const standing = await agreementsInForce(reader, clock.now())
    return uses.flatMap(({ agency, domain, kind, used }) => {
      const isBinding = ({ content }: Agreement): boolean =>
        content.domain === domain && content.parties.some((party) => party.agency === agency)
      const binding = standing.filter(isBinding)
      if (binding.length === 0) return []
      return [{ agency, domain, kind, used, limit: limitOf(kind, binding) }]
    })
  }
