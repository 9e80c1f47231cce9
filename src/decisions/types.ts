import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Actor } from '../ledger/actor.ts'
import type { Act, Decision, Facts } from '../policy/types.ts'
import type { Tx } from '../store/transact.ts'

/** A decision with what it rests on, so that it can be recorded and made again. */
export type Decided = Decision & {
  readonly act: Act
  readonly facts: Facts
  /** Hash of the policy set that decided. */
  readonly policySet: string
}

/** An act on the ledger and the decision behind it. */
export type RecordedAct = {
  /** Where the act stands on the ledger. */
  readonly index: number
  readonly decided: Decided
  /** Whether the act was done: a permit can still fail on a quota. */
  readonly done: boolean
}

/** Who is calling and under which request, as the door has established it. */
export type Asker = Actor & {
  readonly agency: AgencyId
  readonly requestId: string
}

/** That an agency has somebody to tell, under an agreement. */
export type Noted = { readonly agency: AgencyId; readonly agreement: AgreementHash }

/** Lets agencies know what was noted, in the transaction of the act. */
export type TellNoted = (tx: Tx, noted: readonly Noted[]) => Promise<void>
