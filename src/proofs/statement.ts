import { sha256 } from '@noble/hashes/sha2.js'
import type { JWK } from 'jose'
import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  decodeProtectedHeader,
  importJWK,
} from 'jose'
import { base64url, fromBase64url, textOf, utf8 } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'

/**
 * Signed statements: what agencies, administrators and operators declare under their own keys.
 * A statement is a compact JWS (RFC 7515) over canonical JSON (RFC 8785); its type stands in the
 * protected header, so that a signature made for one purpose never counts for another.
 */
export type StatementType =
  | 'administrator-enrolment'
  | 'administrator-voucher'
  | 'agency-pin'
  | 'agency-card'
  | 'agreement-signature'
  | 'threshold-move'
  | 'agreement-suspension'
  | 'delegation'
  | 'delegation-end'
  | 'evaluation-batch'
  | 'forwarding'
  | 'domain-keys'
  | 'key-ceremony'
  | 'share-refresh'
  | 'policy-set'
  | 'disclosure-request'
  | 'disclosure-grant'
  | 'grant-revocation'
  | 'disclosure-release'
  | 'disclosure-receipt'
  | 'sealed-fields'
  | 'emergency'
  | 'emergency-review'
  | 'emergency-reopening'
  | 'emergency-question'
  | 'recall-confirmation'
  | 'alarm-question'
  | 'alarm-answer'
  | 'operator-keys'
  | 'checkpoint-cosignature'
  | 'sample-beacon'
  | 'notification-keys'
  | 'webhook-answer'
  | 'audit-manifest'

export type PrivateJwk = JWK & { readonly d: string }

const algorithms = ['EdDSA', 'ES256']

/** A statement that cannot be accepted. The message is safe to show to its sender. */
export class StatementError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StatementError'
  }
}

const algorithmOf = (jwk: JWK): string => {
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return 'EdDSA'
  if (jwk.kty === 'EC' && jwk.crv === 'P-256') return 'ES256'
  throw new StatementError('a signing key must be Ed25519 or P-256')
}

/** The public half of a key; never copies a private member. */
export const publicJwkOf = ({ kty, crv, x, y }: JWK): JWK => ({
  ...(kty === undefined ? {} : { kty }),
  ...(crv === undefined ? {} : { crv }),
  ...(x === undefined ? {} : { x }),
  ...(y === undefined ? {} : { y }),
})

/** The thumbprint of a public or private key: SHA-256, base64url (RFC 7638). */
export const thumbprintOf = (jwk: JWK): Promise<string> => calculateJwkThumbprint(jwk, 'sha256')

const typeHeader = (type: StatementType): string => `raakvlak-${type}+jwt`

/** Signs `payload` as a statement of `type`. The public key travels along as `jwk`. */
export async function signStatement(
  type: StatementType,
  payload: object,
  key: PrivateJwk,
): Promise<string> {
  const alg = algorithmOf(key)
  return new CompactSign(utf8(canonicalText(payload)))
    .setProtectedHeader({
      alg,
      typ: typeHeader(type),
      kid: await thumbprintOf(key),
      jwk: publicJwkOf(key),
    })
    .sign(await importJWK(key, alg))
}

/** The thumbprint that a statement claims to be signed under. Nothing is verified yet. */
export function claimedSigner(jws: string): string {
  const kid = headerOf(jws).kid
  if (typeof kid !== 'string') throw new StatementError('the statement names no key')
  return kid
}

/** Whether the members of a key are spelled as base64url has to be: else one key has several thumbprints. */
function isCanonical({ x, y }: JWK): boolean {
  try {
    for (const member of [x, y]) if (member !== undefined) fromBase64url(member)
    return true
  } catch {
    return false
  }
}

function headerOf(jws: string): ReturnType<typeof decodeProtectedHeader> {
  const parts = jws.split('.')
  if (parts.length !== 3) throw new StatementError('not a compact JWS')
  try {
    // jose accepts some encodings that are not canonical; one statement must have one text.
    for (const part of parts) fromBase64url(part)
    return decodeProtectedHeader(jws)
  } catch {
    throw new StatementError('not a compact JWS')
  }
}

/**
 * Verifies that `jws` is a statement of `type` signed by the key whose thumbprint is `signer`.
 * Does not check the payload's shape, its audience or its time.
 * @throws StatementError
 */
export async function readStatement(
  type: StatementType,
  jws: string,
  signer: string,
): Promise<unknown> {
  const { alg, typ, kid, jwk } = headerOf(jws)
  if (typ !== typeHeader(type)) throw new StatementError(`this is not a statement of type ${type}`)
  if (jwk === undefined || typeof jwk !== 'object') throw new StatementError('the key is missing')
  const key = publicJwkOf(jwk as JWK)
  if (!isCanonical(key)) throw new StatementError('the key is not canonical base64url')
  if (kid !== signer || (await thumbprintOf(key).catch(() => '')) !== signer) {
    throw new StatementError('the statement is not signed by the expected key')
  }
  if (alg !== algorithmOf(key)) throw new StatementError('the algorithm does not fit the key')
  try {
    const { payload } = await compactVerify(jws, await importJWK(key, alg), { algorithms })
    return JSON.parse(textOf(payload))
  } catch {
    throw new StatementError('the signature does not hold')
  }
}

/** SHA-256 of a statement's text, by which others refer to it. */
export const digestOfStatement = (statement: string): Uint8Array => sha256(utf8(statement))

/** The same as base64url. */
export const hashOfStatement = (statement: string): string =>
  base64url(digestOfStatement(statement))
