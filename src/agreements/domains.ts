import { stateOf } from './lifecycle.ts'
import type { Agreement, AgreementContent } from './types.ts'

/** Who may use a pseudonymisation domain, as pure functions. `docs/agreements.md` has the rule in words. */

const partiesOf = ({ parties }: AgreementContent): string[] => parties.map(({ agency }) => agency)

/**
 * The holders of a domain: the parties of its agreements that have not ended, also of those that are
 * suspended or begin later. Where all have ended, those of the one that came in force last.
 * @param accepted agreements of the domain that every party accepted once, the earliest first
 */
function holdersOf(accepted: readonly Agreement[], now: Date): Set<string> {
  const standing = accepted.filter((agreement) => stateOf(agreement, now) !== 'ended')
  const counting = standing.length > 0 ? standing : accepted.slice(-1)
  return new Set(counting.flatMap(({ content }) => partiesOf(content)))
}

/**
 * Whether an agreement may stand on its domain. Free as long as no agreement on it was accepted by all.
 * Afterwards it keeps its purpose, and every party has to be a holder; or the agreement is a later version
 * of one of them with every holder among its parties, so that nobody is brought in without the word of all
 * who are there.
 * @param accepted agreements of the domain that every party accepted once, the earliest first
 */
export function mayUseDomain(
  content: AgreementContent,
  accepted: readonly Agreement[],
  now: Date,
): boolean {
  if (accepted.length === 0) return true
  if (accepted.some((other) => other.content.purpose !== content.purpose)) return false
  const holders = holdersOf(accepted, now)
  const own = partiesOf(content)
  if (own.every((agency) => holders.has(agency))) return true
  return (
    accepted.some(({ hash }) => hash === content.previous) &&
    [...holders].every((agency) => own.includes(agency))
  )
}

/** The lowest limit of each kind in these agreements; there has to be one. */
export const lowestQuotas = (
  agreements: readonly Pick<Agreement, 'content'>[],
): AgreementContent['quotas'] => {
  const lowest = (kind: keyof AgreementContent['quotas']): number =>
    Math.min(...agreements.map(({ content }) => content.quotas[kind]))
  return {
    evaluationsPerDay: lowest('evaluationsPerDay'),
    submissionsPerDay: lowest('submissionsPerDay'),
    withdrawalsPerDay: lowest('withdrawalsPerDay'),
  }
}
