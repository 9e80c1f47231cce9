import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { AgreementContent } from '../wire/agreement.ts'

export type { AgreementContent, AgreementParty } from '../wire/agreement.ts'

export type SignatureType = 'accept' | 'reject' | 'revoke'

/** A party's word on an agreement, already verified. */
export type PartySignature = {
  readonly agency: AgencyId
  readonly type: SignatureType
  /** Thumbprint of the key that signed. */
  readonly signer: string
  /** Of an accept: with this one the party had accepted, whatever becomes of its keys. */
  readonly completes: boolean
}

/** An agreement with everything that was said of it here. */
export type Agreement = {
  readonly hash: AgreementHash
  readonly content: AgreementContent
  readonly signatures: readonly PartySignature[]
  /** Whether an administrator of this operator suspended it, or another version of it. */
  readonly suspended: boolean
  /** From when on a later version stands in its place. */
  readonly supersededAt: Date | undefined
  readonly supersededBy: AgreementHash | undefined
  /** Parties that are admitted here under another root key now than the agreement names. */
  readonly strangers?: readonly AgencyId[]
}

/** A delegation as it was received: one agency may act for another. */
export type Delegation = {
  readonly number: string
  readonly delegator: AgencyId
  readonly actingAgency: AgencyId
  readonly agreement: AgreementHash
  readonly notBefore: Date
  readonly notAfter: Date
  readonly statement: string
  readonly ended: boolean
}
