import type { qualities } from '../wire/codes.ts'
import type { FollowUpSummary } from '../wire/follow-up.ts'

/** Which of its follow-ups an agency wants to see; what is missing narrows nothing. */
export type Narrowing = {
  readonly quality?: (typeof qualities)[number]
  /** Whether the agency itself has the lead, or another one. */
  readonly lead?: 'own' | 'other'
  /** Only those of which a term has passed. */
  readonly late?: true
}

export const fits = (
  one: FollowUpSummary,
  agency: string,
  { quality, lead, late }: Narrowing,
): boolean =>
  (quality === undefined || one.quality === quality) &&
  (lead === undefined || (one.lead.agency === agency) === (lead === 'own')) &&
  (late === undefined || one.terms.some(({ overdue }) => overdue))
