import { CompactEncrypt, compactDecrypt, importJWK } from 'jose'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { base64url, fromBase64url, textOf } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'
import { Fault } from '../kernel/fault.ts'
import type { PrivateJwk } from '../proofs/statement.ts'
import { closed, type PublicKey } from '../wire/common.ts'

/**
 * One operator's part of the amount by which both shares move, on its way to the other: a compact JWE
 * (RFC 7516) that names the ceremony, so that a part of one refresh counts in no other.
 */

const keyAlgorithm = 'ECDH-ES+A256KW'
const contentAlgorithm = 'A256GCM'
const type = 'raakvlak-refresh-part'

const shape = Compile(
  Type.Object(
    { ceremony: Type.String(), part: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) },
    closed,
  ),
)

export async function sealPart(part: Uint8Array, ceremony: string, to: PublicKey): Promise<string> {
  return new CompactEncrypt(canonicalBytes({ ceremony, part: base64url(part) }))
    .setProtectedHeader({ alg: keyAlgorithm, enc: contentAlgorithm, typ: type })
    .encrypt(await importJWK(to, keyAlgorithm))
}

/** @throws Fault statements/invalid when it is not a part of this ceremony, encrypted to this key */
export async function openPart(
  sealed: string,
  ceremony: string,
  key: PrivateJwk,
): Promise<Uint8Array> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(
      sealed,
      await importJWK(key, keyAlgorithm),
      {
        keyManagementAlgorithms: [keyAlgorithm],
        contentEncryptionAlgorithms: [contentAlgorithm],
      },
    )
    const said: unknown = JSON.parse(textOf(plaintext))
    if (protectedHeader.typ === type && shape.Check(said) && said.ceremony === ceremony) {
      return fromBase64url(said.part)
    }
  } catch {
    // Told below, with nothing of what was sent.
  }
  throw new Fault('statements/invalid', [{ message: 'the part of the refresh cannot be opened' }])
}
