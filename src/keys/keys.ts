import type { Agencies } from '../agencies/agencies.ts'
import type { OperatorPins } from '../agencies/types.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OperatorName } from '../oprf/types.ts'
import type { PrivateJwk } from '../proofs/statement.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import type { PublicKey } from '../wire/common.ts'
import { type JointActs, openCeremonies } from './ceremonies.ts'
import { openDomainKeys } from './domain-keys.ts'
import { openShareRefreshes } from './share-refresh.ts'
import { openShares } from './shares.ts'

/** Everything about the key shares of one operator. */
export function openKeyLife({
  rootKey,
  rootThumbprint,
  sealingKey,
  publicSealingKey,
  crypter,
  joint,
  ...rooms
}: {
  readonly operator: OperatorName
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly pins: OperatorPins
  readonly crypter: Crypter
  readonly rootKey: PrivateJwk
  readonly rootThumbprint: string
  readonly sealingKey: PrivateJwk
  /** Its public half, as it stands in manifests. */
  readonly publicSealingKey: PublicKey
  /** At the gateway: what takes the other operator too. */
  readonly joint: JointActs | undefined
}) {
  const shares = openShares({ ...rooms, crypter })
  const refreshes = openShareRefreshes({ ...rooms, shares, rootKey, sealingKey })
  const domainKeys = openDomainKeys({
    ...rooms,
    shares,
    ledgerKey: rooms.ledger.verifierKey,
    rootKey,
    rootThumbprint,
    sealingKey: publicSealingKey,
    catchUp: refreshes.catchUp,
  })
  const ceremonies = openCeremonies({ ...rooms, shares, ...(joint === undefined ? {} : { joint }) })
  return { shares, refreshes, domainKeys, ceremonies }
}
