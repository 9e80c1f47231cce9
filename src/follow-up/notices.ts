import type { Agreement } from '../agreements/types.ts'
import type { AgencyId } from '../kernel/ids.ts'
import { mayReceive } from './lead.ts'
import type { FollowUp, Happening, Telling } from './types.ts'

/** Events after which somebody else has, may have or keeps the lead. */
const onLead: readonly Happening['event'][] = [
  'lead-changed',
  'lead-offered',
  'offer-declined',
  'offer-lapsed',
  'dispute-settled',
  'dispute-lapsed',
]

const kindOf = ({ event }: Happening): Telling['kind'] | undefined => {
  if (onLead.includes(event)) return 'lead-changed'
  if (event === 'lead-disputed') return 'lead-disputed'
  return event === 'closed' ? 'outcome-recorded' : undefined
}

/**
 * Whom a change of a follow-up is told: every agency concerned that may receive, but for the one that
 * did it, each under its own handle, each kind once.
 */
export function noticesOf(
  { happened, agencies, agreement: hash }: FollowUp,
  { content }: Agreement,
  actor: AgencyId | undefined,
): Telling[] {
  const kinds = new Set(happened.flatMap((one) => kindOf(one) ?? []))
  const told = agencies.filter(
    ({ agency, leftAt }) => agency !== actor && leftAt === undefined && mayReceive(content, agency),
  )
  return [...kinds].flatMap((kind) =>
    told.map(({ agency, handle }) => ({
      agency,
      kind,
      about: { type: 'follow-up', handle },
      agreement: hash,
    })),
  )
}
