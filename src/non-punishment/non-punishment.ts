import { openFlags } from './flags.ts'
import { openRaising } from './raising.ts'

export type NonPunishment = ReturnType<typeof openNonPunishment>

/**
 * A person who is a suspect to one agency and a presumed victim to another is looked at again, by the agency
 * that the agreement names for it. See `docs/non-punishment.md`.
 */
export const openNonPunishment = (
  rooms: Parameters<typeof openFlags>[0] & Parameters<typeof openRaising>[0],
) => ({ ...openFlags(rooms), ...openRaising(rooms) })
