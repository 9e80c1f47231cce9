import type { Agreements } from '../agreements/agreements.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Reader } from '../store/reader.ts'
import type { FollowUpDecisions } from './decision.ts'
import type { Tell } from './types.ts'
import type { Views } from './views.ts'

/** What every part of this room works with. */
export type Rooms = {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Agreements
  readonly decisions: FollowUpDecisions
  readonly views: Views
  readonly tell: Tell
}
