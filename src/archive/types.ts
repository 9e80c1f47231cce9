import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { IndexedTokens } from '../signals/types.ts'

/** What is kept of an expired signal: enough to recognise its subject once, and whom to call. */
export type ArchivedSignal = {
  readonly id: SignalId
  readonly agency: AgencyId
  readonly agreement: AgreementHash
  readonly purpose: string
  readonly contactDesk: string | null
  /** First day of the quarter in which it was submitted. */
  readonly knownSince: string
  readonly keptUntil: string
  readonly givenTo: SignalId | null
  readonly givenOn: string | null
}

/** One that was not given yet, with its tokens under the archive's key. */
export type Recognisable = {
  readonly id: SignalId
  readonly agency: AgencyId
  readonly tokens: IndexedTokens
}
