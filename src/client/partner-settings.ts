import type { Clock } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import type { AgencyKeys } from './agency-keys.ts'
import type { BatchCases } from './case-commitment.ts'
import type { PinnedOperators } from './operators.ts'

/** Who a partner system is, and whom it trusts. */
export type PartnerSettings = {
  readonly agency: string
  readonly client: string
  /** The agency’s own opaque name of the officer who works with it, for the ledger; see docs/oversight.md. */
  readonly officer?: string
  readonly keys: AgencyKeys
  readonly pins: PinnedOperators
  readonly clock: Clock
  readonly random: Randomness
  /** Hears, before each batch is sent, for which cases it is; without it nobody can account for it later. */
  readonly keepCases?: (cases: BatchCases) => Promise<void>
}
