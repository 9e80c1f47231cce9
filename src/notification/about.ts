import type { AgencyId } from '../kernel/ids.ts'
import type { About } from './types.ts'

function placeOf(about: About): string {
  switch (about.type) {
    case 'overlap':
      return `/v1/overlaps/${about.handle}`
    case 'disclosure':
      return `/v1/disclosures/${about.id}`
    case 'obligations':
      return '/v1/obligations'
    case 'emergency':
      return `/v1/emergencies/${about.id}`
    case 'recalls':
      return '/v1/recalls'
    case 'flags': {
      const { agreement, purpose } = about
      return `/v1/non-punishment-flags?${new URLSearchParams({ agreement, purpose })}`
    }
    case 'follow-up':
      return `/v1/follow-ups/${about.handle}`
    case 'feedback':
      return `/v1/signals/${about.signal}/feedback`
    case 'restrictions':
      return '/v1/restrictions'
    case 'subject-requests':
      return '/v1/subject-requests'
    case 'subject-request':
      return `/v1/subject-requests/${about.id}`
    case 'samples':
      return '/v1/samples?occasion=spot-check'
    case 'alarm':
      return `/v1/alarms/${about.id}`
    case 'webhooks':
      return '/v1/notifications/webhooks'
  }
}

/** Where at the gateway the receiver looks it up. */
export const pathOf = (about: About, onBehalfOf?: AgencyId): string =>
  onBehalfOf === undefined
    ? placeOf(about)
    : `${placeOf(about)}?${new URLSearchParams({ onBehalfOf })}`
