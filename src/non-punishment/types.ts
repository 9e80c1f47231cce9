import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { FlagOutcome, FlagReason } from '../wire/codes/non-punishment.ts'

export type { Asker } from '../signals/types.ts'

export type Flag = {
  readonly id: string
  readonly agreement: AgreementHash
  readonly reviewer: AgencyId
  readonly raisedAt: Date
  readonly dueAt: Date
  readonly escalatedAt: Date | undefined
  readonly lapsedAt: Date | undefined
  readonly outcome: FlagOutcome | undefined
  readonly reason: FlagReason | undefined
  readonly closedAt: Date | undefined
}

/** A signal on which a flag rests, and by what it is mentioned on the telephone. Never its role. */
export type FlaggedSignal = {
  readonly flag: string
  readonly signal: SignalId
  readonly agency: AgencyId
  readonly mention: string
}

/** Two signals of two agencies in one overlap: a suspect to one, a presumed victim to the other. */
export type OpposedPair = readonly [
  { readonly id: SignalId; readonly agency: AgencyId },
  { readonly id: SignalId; readonly agency: AgencyId },
]
