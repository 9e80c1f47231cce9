import type { AgencyId, ClientId } from '../kernel/ids.ts'
import type { PublicKey } from '../wire/common.ts'

/** A partner organisation as this operator has it: pinned by an administrator, keys by its own card. */
export type Agency = {
  readonly id: AgencyId
  readonly name: string
  readonly rootThumbprint: string
  readonly active: boolean
  /** Undefined until the agency presented its card. */
  readonly card: AgencyCard | undefined
}

export type AgencyCard = {
  readonly version: number
  readonly contactDesk: string
  readonly signingThumbprint: string
  readonly encryptionKey: PublicKey
  /** Thumbprints of the keys of its signatories. */
  readonly signatories: readonly string[]
}

/**
 * Thumbprints of both operators' root keys as this operator has pinned them. Functions, because in
 * development the other operator may start later; until then they throw `door/unavailable`.
 */
export type OperatorPins = { readonly gateway: () => string; readonly keyholder: () => string }

/** An agency's machine. */
export type Client = {
  readonly agency: AgencyId
  readonly client: ClientId
  readonly key: PublicKey
}

/** A key that an agency declared on the card that stands. */
export type DeclaredKey = {
  readonly use: 'signing' | 'encryption' | 'client' | 'signatory'
  /** Of a client or a signatory. */
  readonly name?: string
  readonly thumbprint: string
}
