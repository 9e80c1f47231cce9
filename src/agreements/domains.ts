import type { Agreement, AgreementContent } from './types.ts'

/**
 * Who may use a pseudonymisation domain, as pure functions. A domain belongs to the parties of the
 * first agreement in force on it, and of its successors.
 */

const partiesOf = ({ parties }: AgreementContent): string[] => parties.map(({ agency }) => agency)

/**
 * Whether an agreement may stand on its domain. `standing` are those that are or were in force there.
 * Free as long as there is none. Afterwards every party has to be among the parties of those; or the
 * agreement names one of them as its predecessor and keeps all of its parties, so that nobody is
 * brought in without the word of those who are there.
 */
export function mayUseDomain(content: AgreementContent, standing: readonly Agreement[]): boolean {
  if (standing.length === 0) return true
  if (standing.some((other) => other.content.purpose !== content.purpose)) return false
  const holders = new Set(standing.flatMap((other) => partiesOf(other.content)))
  const own = partiesOf(content)
  if (own.every((agency) => holders.has(agency))) return true
  const predecessor = standing.find(({ hash }) => hash === content.previous)
  return (
    predecessor !== undefined &&
    partiesOf(predecessor.content).every((agency) => own.includes(agency))
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
