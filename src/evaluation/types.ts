import type { AgencyId, ClientId } from '../kernel/ids.ts'
import type { AskKeyholder } from '../keys/share-refresh.ts'
import type { Evaluation } from '../oprf/types.ts'

/** Does the group arithmetic off the main thread; see `workers.ts`. */
export type Evaluators = {
  readonly evaluate: (work: {
    readonly share: Uint8Array
    readonly points: Uint8Array
  }) => Promise<Evaluation>
}

/** The gateway's way to the other operator. */
export type KeyholderLink = {
  /** Passes a partner's batch on, exactly as it was signed, to be evaluated with shares of one generation. */
  readonly evaluate: (batch: string, generation: number) => Promise<Evaluation>
  /** Has the keyholder complete and sign a manifest. */
  readonly countersign: (offer: string) => Promise<string>
  /** Asks for the keyholder's side of a refresh. */
  readonly refresh: AskKeyholder
}

/** Who is calling, as the door has established; absent where a statement speaks for itself. */
export type BatchSender = { readonly agency: AgencyId; readonly client: ClientId }
