import type { AgencyId, AgreementHash, ClientId, SignalId } from '../kernel/ids.ts'
import type { Receipt } from '../wire/common.ts'
import type { Problem } from '../wire/problem.ts'
import type { Overlap, SignalBody } from '../wire/signal.ts'

/** Who is calling and under which request, as the door has established it. */
export type Asker = {
  readonly agency: AgencyId
  readonly client: ClientId
  readonly requestId: string
}

/** A signal's indexed tokens: pairs of key type and HMAC (base64). */
export type IndexedTokens = readonly (readonly [type: string, token: string])[]

/** What matching needs to know of a live signal. */
export type MatchableSignal = {
  readonly id: SignalId
  readonly agency: AgencyId
  readonly agreement: AgreementHash
  readonly tokens: IndexedTokens
}

/** What became of one submitted signal. */
export type Submission =
  | {
      readonly id: string
      readonly accepted: true
      readonly receipt: Receipt
      readonly overlaps: readonly Overlap[]
    }
  | { readonly id: string; readonly accepted: false; readonly fault: Error }

export type { Overlap, Problem, SignalBody }
