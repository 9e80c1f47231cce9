import type { AgencyId } from '../kernel/ids.ts'
import type { About } from './types.ts'

/** Where at the gateway the receiver looks it up. */
export function pathOf(about: About, onBehalfOf?: AgencyId): string {
  const path =
    about.type === 'overlap' ? `/v1/overlaps/${about.handle}` : `/v1/disclosures/${about.id}`
  return onBehalfOf === undefined ? path : `${path}?${new URLSearchParams({ onBehalfOf })}`
}
