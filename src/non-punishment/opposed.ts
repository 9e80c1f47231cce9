import type { AgencyId } from '../kernel/ids.ts'

/** Roles that can stand on either side. `both` is each. */
export const opposingRoles = ['presumed-victim', 'suspect', 'both'] as const

const isSuspect = (role: string): boolean => role === 'suspect' || role === 'both'
const isVictim = (role: string): boolean => role === 'presumed-victim' || role === 'both'

type Roled = { readonly agency: AgencyId; readonly role: string }

/**
 * Whether the subject is a suspect to one of two agencies and a presumed victim to the other. Each role
 * is compared as its own agency said it; none is made of two. What one agency says twice opposes nothing.
 */
export const areOpposed = (one: Roled, other: Roled): boolean =>
  one.agency !== other.agency &&
  ((isSuspect(one.role) && isVictim(other.role)) || (isVictim(one.role) && isSuspect(other.role)))
