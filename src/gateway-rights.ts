import { releasedOf, toldOfChanges } from './disclosures/release-facts.ts'
import type { Secret } from './kernel/secret.ts'
import type { DomainKeys } from './keys/domain-keys.ts'
import { factsOfSignal, signalsAbout } from './signals/subject-search.ts'
import { openBodyHash, openTokenIndex } from './signals/token-index.ts'
import type { RightsRooms } from './subject-rights/rooms.ts'
import { openSubjectRights } from './subject-rights/subject-rights.ts'

/** Opens the room of subject's rights, with what it needs of the rooms below. */
export const openGatewayRights = ({
  keys,
  domainKeys,
  signals,
  ...rooms
}: Omit<RightsRooms, 'signals' | 'disclosures' | 'tokenIndex' | 'bodyHash' | 'epochsOf'> & {
  readonly keys: { readonly index: Secret<Uint8Array> }
  readonly domainKeys: Pick<DomainKeys, 'epochsOf'>
  readonly signals: Pick<RightsRooms['signals'], 'caseReferencesOf'>
}) =>
  openSubjectRights({
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
