import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64url, concat, fromBase64url, utf8 } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'
import type { PrivateJwk } from '../proofs/statement.ts'

/** The cases for which one batch of linkage keys was evaluated, as only the agency knows them. */
export type BatchCases = {
  /** The batch's own number, as both ledgers hold it. */
  readonly number: string
  readonly caseReferences: readonly string[]
}

/**
 * The salt of a batch's commitment. Made from the agency's signing key, so that nobody else can try case
 * references, and the agency can show any commitment again as long as it has the key and the references.
 */
const saltOf = ({ d }: PrivateJwk, number: string): Uint8Array =>
  hmac(sha256, concat(utf8('raakvlak/case-salt/1\n'), fromBase64url(d)), utf8(number))

/**
 * Commits an agency to the cases of a batch without telling them: base64url of SHA-256 over a salt and the case
 * references in canonical JSON (RFC 8785). It stands on both operators' ledgers. Whoever is shown salt and
 * references can recompute it.
 */
export function caseCommitmentOf(signingKey: PrivateJwk, { number, caseReferences }: BatchCases) {
  const salt = saltOf(signingKey, number)
  const hash = sha256(concat(utf8('raakvlak/cases/1\n'), salt, canonicalBytes(caseReferences)))
  return { salt: base64url(salt), commitment: base64url(hash) }
}
