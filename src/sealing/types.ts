import type { JWK } from 'jose'
import type { OperatorName, PerOperator } from '../oprf/types.ts'

/** What a sealed field belongs to. Opening under any other context is refused. */
export type SealContext = {
  readonly signalId: string
  readonly purpose: string
  /** The agency that sealed the field and alone may grant it. */
  readonly owner: string
  readonly field: string
}

/** Everything that is authenticated along with a field: nothing in it is secret, nothing derives from a token. */
export type SealBinding = SealContext & {
  readonly v: 1
  /** base64url(SHA-256(half)), for each half. */
  readonly halfHashes: PerOperator<string>
}

/** One sealed field, as it is stored and sent. */
export type SealedField = {
  readonly field: string
  /** base64url: 12 bytes of nonce, then AES-256-GCM ciphertext and tag. */
  readonly body: string
  /** JWE compact, each encrypted to one operator. */
  readonly halves: PerOperator<string>
  readonly halfHashes: PerOperator<string>
}

/** One half, opened by the one it was encrypted to, with what it may be used for. */
export type OpenHalf = {
  readonly name: OperatorName
  readonly half: Uint8Array
  readonly binding: SealBinding
}

/** A public key that halves can be encrypted to: X25519 or P-256. */
export type RecipientKey = JWK

/**
 * Sealed content that does not open: damaged, made for another signal, purpose, owner or field, or
 * opened with the wrong key or half. `part` says what failed; it never says what was inside.
 */
export class BrokenSeal extends Error {
  readonly part: 'half' | 'binding' | 'body'

  constructor(
    part: 'half' | 'binding' | 'body',
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options)
    this.name = 'BrokenSeal'
    this.part = part
  }
}
