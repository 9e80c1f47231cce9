import { lowestQuotas } from '../agreements/domains.ts'
import { agreementsInForce } from '../agreements/standing.ts'
import type { Agreement } from '../agreements/types.ts'
import { type Clock, dayOf } from '../kernel/clock.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import { type QuotaKind, quotaUsesOn, subjectRequestsPerDay } from './quotas.ts'

/** Where in an agreement the limit of each kind stands. */
const limits = {
  evaluation: 'evaluationsPerDay',
  submission: 'submissionsPerDay',
  withdrawal: 'withdrawalsPerDay',
  correction: 'withdrawalsPerDay',
} as const satisfies Record<Exclude<QuotaKind, 'subject-request'>, string>

export const quotaKinds = [
  'evaluation',
  'submission',
  'withdrawal',
  'correction',
  'subject-request',
] as const satisfies readonly QuotaKind[]

/** The limit of a kind of act; requests of subjects have the same everywhere. */
export const limitOf = (kind: QuotaKind, binding: readonly Agreement[]): number =>
  kind === 'subject-request' ? subjectRequestsPerDay : lowestQuotas(binding)[limits[kind]]

/** The agreements among these that bind an agency in a domain. */
export const bindingIn = (
  standing: readonly Agreement[],
  agency: AgencyId,
  domain: string,
): Agreement[] =>
  standing.filter(
    ({ content }) =>
      content.domain === domain && content.parties.some((party) => party.agency === agency),
  )

/** What one agency used today of a quota of this operator, and how much it may. */
export type OwnQuota = {
  readonly domain: string
  readonly kind: QuotaKind
  readonly used: number
  readonly limit: number
}

/** Today's quotas (UTC) of one agency in each domain of its agreements in force, used or not, as this operator counts. */
export async function quotasToday(
  reader: Reader,
  clock: Clock,
  agency: AgencyId,
): Promise<OwnQuota[]> {
  const now = clock.now()
  const standing = await agreementsInForce(reader, now)
  const uses = await quotaUsesOn(reader, [agency], [dayOf(now)])
  const domains = [...new Set(standing.map(({ content }) => content.domain))].sort()
  return domains.flatMap((domain) => {
    const binding = bindingIn(standing, agency, domain)
    if (binding.length === 0) return []
    return quotaKinds.map((kind) => ({
      domain,
      kind,
      used: uses.find((use) => use.domain === domain && use.kind === kind)?.used ?? 0,
      limit: limitOf(kind, binding),
    }))
  })
}
