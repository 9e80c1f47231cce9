import type { Agreements } from '../agreements/agreements.ts'
import type { Delegations } from '../agreements/delegations.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DomainKeys } from '../keys/domain-keys.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import type { SignalDecisions } from './decision.ts'
import type { SignalQuota } from './quota.ts'
import type { BodyHash, TokenIndex } from './token-index.ts'
import type { Archiving, Matching } from './types.ts'

/** What every act on signals works with. */
export type SignalRooms = {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Agreements
  readonly delegations: Delegations
  readonly decisions: Decisions
  readonly signalDecisions: SignalDecisions
  readonly quota: SignalQuota
  readonly epochsOf: DomainKeys['epochsOf']
  readonly crypter: Crypter
  readonly tokenIndex: TokenIndex
  readonly matching: Matching
  readonly archiving: Archiving
  readonly bodyHash: BodyHash
}
