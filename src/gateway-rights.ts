import type { Agreements } from './agreements/agreements.ts'
import { releasedOf, toldOfChanges } from './disclosures/release-facts.ts'
import type { Secret } from './kernel/secret.ts'
import type { DomainKeys } from './keys/domain-keys.ts'
import { openRestrictions } from './signals/restrictions.ts'
import { factsOfSignal, signalsAbout } from './signals/subject-search.ts'
import { openBodyHash, openTokenIndex } from './signals/token-index.ts'
import type { Matching } from './signals/types.ts'
import type { RightsRooms } from './subject-rights/rooms.ts'
import { openSubjectRights } from './subject-rights/subject-rights.ts'

/** Opens the room of subject's rights, with what it needs of the rooms below. */
export const openGatewayRights = ({
  keys,
  domainKeys,
  signals,
  matching,
  ...rooms
}: Omit<
  RightsRooms,
  'signals' | 'disclosures' | 'tokenIndex' | 'bodyHash' | 'epochsOf' | 'agreements'
> & {
  readonly agreements: Agreements
  readonly keys: { readonly index: Secret<Uint8Array> }
  readonly domainKeys: Pick<DomainKeys, 'epochsOf'>
  readonly signals: Pick<RightsRooms['signals'], 'caseReferencesOf'>
  readonly matching: Pick<Matching, 'match' | 'unlink'>
}) => {
  const restrictions = openRestrictions({
    ...rooms,
    matching,
    caseReferencesOf: signals.caseReferencesOf,
  })
  const requests = openSubjectRights({
    ...rooms,
    epochsOf: domainKeys.epochsOf,
    tokenIndex: openTokenIndex(keys.index),
    bodyHash: openBodyHash(keys.index),
    signals: {
      caseReferencesOf: signals.caseReferencesOf,
      about: signalsAbout,
      factsOf: factsOfSignal,
    },
    disclosures: { releasedOf, toldOfChanges },
  })
  return { requests, restrictions, dueWorks: [requests.dueWork, restrictions.dueWork] }
}
export type GatewayRights = ReturnType<typeof openGatewayRights>
