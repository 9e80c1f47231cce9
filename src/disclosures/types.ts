import type { Agencies } from '../agencies/agencies.ts'
import type { Agreements } from '../agreements/agreements.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { SealedField } from '../sealing/types.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { SealedFieldName } from '../wire/codes/disclosures.ts'
import type { DisclosureAnswerBody, Remark } from '../wire/disclosure.ts'

import type { DisclosureDecisions } from './decision.ts'
import type { Statements } from './grants.ts'
import type { Releases } from './releases.ts'
import type { Telling } from './telling.ts'
import type { Views } from './views.ts'

export type { Asker } from '../signals/types.ts'
export type FieldHalf = { readonly field: SealedFieldName; readonly half: string }

export type Refusal = Extract<DisclosureAnswerBody, { answer: 'refuse' }>['reason']

/** A disclosure as the gateway keeps it; whether a grant was used stands in `GrantUse`. */
export type Disclosure = {
  readonly number: string
  readonly receiver: AgencyId
  readonly owner: AgencyId
  readonly agreement: AgreementHash
  readonly purpose: string
  readonly receiverSignal: SignalId
  readonly signal: SignalId
  readonly fields: readonly SealedFieldName[]
  readonly article: string
  readonly state: 'requested' | 'asked' | 'refused' | 'granted'
  readonly refusal: Refusal | undefined
  readonly objected: boolean
  readonly requestHash: Uint8Array
  /** Undefined once the texts were erased. */
  readonly request: string | undefined
  readonly remarks: readonly Remark[]
  readonly grant:
    | {
        readonly number: string
        readonly statement: string
        readonly fields: readonly SealedFieldName[]
        readonly expiresAt: Date
      }
    | undefined
  readonly requestedAt: Date
  readonly dueAt: Date
}

/** What became of a grant at one operator. */
export type GrantUse = {
  readonly receiver: AgencyId | undefined
  readonly release: string | undefined
  readonly releaseHash: Uint8Array | undefined
  readonly releasedAt: Date | undefined
  readonly revokedAt: Date | undefined
  readonly openedAt: Date | undefined
}

/** What the room of signals does for this one. */
export type OwnSignals = {
  readonly areLive: (reader: Reader, ids: readonly SignalId[]) => Promise<boolean>
  /** The fields of a live signal as their owner sealed them. */
  readonly sealedOf: (reader: Reader, id: SignalId) => Promise<readonly SealedField[]>
  /** What the owner signed of them. */
  readonly sealOf: (reader: Reader, id: SignalId) => Promise<string | undefined>
  readonly caseReferencesOf: (
    reader: Reader,
    ids: readonly SignalId[],
  ) => Promise<ReadonlyMap<string, string>>
}

/** An own signal and those of others that it touches, strongest first. */
export type Touching = (
  tx: Tx,
  receiver: AgencyId,
  handle: string,
) => Promise<
  | {
      readonly own: { readonly id: SignalId; readonly agreement: AgreementHash }
      readonly others: readonly { readonly id: SignalId; readonly agency: AgencyId }[]
    }
  | undefined
>

/** What the parts of this room at the gateway have in common. */
export type Rooms = {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly agreements: Agreements
  readonly crypter: Crypter
  readonly decisions: DisclosureDecisions
  readonly statements: Statements
  readonly releases: Releases
  readonly views: Views
  readonly telling: Telling
}
