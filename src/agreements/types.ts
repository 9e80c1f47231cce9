import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { AgreementContent } from '../wire/agreement.ts'

export type { AgreementContent, AgreementParty } from '../wire/agreement.ts'

export type SignatureType = 'accept' | 'reject' | 'revoke'

/** A party's word on an agreement, already verified. */
export type PartySignature = { readonly agency: AgencyId; readonly type: SignatureType }

/** An agreement with what its parties said of it. */
export type Agreement = {
  readonly hash: AgreementHash
  readonly content: AgreementContent
  readonly signatures: readonly PartySignature[]
  /** Parties that are admitted here under another root key now than the agreement names. */
  readonly strangers?: readonly AgencyId[]
}
