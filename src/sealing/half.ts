import { sha256 } from '@noble/hashes/sha2.js'
import { CompactEncrypt, compactDecrypt, type JWK } from 'jose'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { base64url, fromBase64url, textOf } from '../kernel/bytes.ts'
import { canonicalBytes, canonicalText } from '../kernel/canonical.ts'
import type { OperatorName, PerOperator } from '../oprf/types.ts'
import {
  BrokenSeal,
  type OpenHalf,
  type RecipientKey,
  type SealBinding,
  type SealContext,
} from './types.ts'

/**
 * Halves of content keys on their way: each a compact JWE (RFC 7516) that carries the half together
 * with everything the seal binds, so that whoever opens it knows what it would release.
 */

const type = 'raakvlak-half'
const keyAlgorithm = 'ECDH-ES+A256KW'
const contentAlgorithm = 'A256GCM'

const closed = { additionalProperties: false }
const payloadShape = Compile(
  Type.Object(
    {
      name: Type.Enum(['gateway', 'keyholder']),
      half: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
      binding: Type.Object(
        {
          v: Type.Literal(1),
          signalId: Type.String(),
          purpose: Type.String(),
          owner: Type.String(),
          field: Type.String(),
          halfHashes: Type.Object({ gateway: Type.String(), keyholder: Type.String() }, closed),
        },
        closed,
      ),
    },
    closed,
  ),
)

/** The public name of a half. A half has 256 random bits, so its hash says nothing about it. */
export const hashOfHalf = (half: Uint8Array): string => base64url(sha256(half))

/** Everything one seal binds, in one order of words. */
export const bindingOf = (
  { signalId, purpose, owner, field }: SealContext,
  { gateway, keyholder }: PerOperator<string>,
): SealBinding => ({ v: 1, signalId, purpose, owner, field, halfHashes: { gateway, keyholder } })

/** A public key of a kind that both Node and browsers know, without its private part. */
const recipientOf = (key: RecipientKey): JWK => {
  const known =
    (key.kty === 'OKP' && key.crv === 'X25519') || (key.kty === 'EC' && key.crv === 'P-256')
  if (!known) throw new RangeError('halves are encrypted to keys of X25519 or P-256 only')
  if (key.d !== undefined) throw new RangeError('this is a private key; halves take a public one')
  return key
}

/**
 * Encrypts a half to an operator, or, at its release, to the receiver that the grant names. Does NOT
 * check that anybody granted it. The ephemeral keys come from the system's source of randomness.
 * @throws RangeError when the key is not a public one of X25519 or P-256
 */
export const sealHalf = (
  { name, half, binding }: OpenHalf,
  recipient: RecipientKey,
): Promise<string> => {
  const key = recipientOf(recipient)
  return new CompactEncrypt(canonicalBytes({ name, half: base64url(half), binding }))
    .setProtectedHeader({
      alg: keyAlgorithm,
      enc: contentAlgorithm,
      typ: type,
      ...(key.kid === undefined ? {} : { kid: key.kid }),
    })
    .encrypt(key)
}

const decrypt = async (jwe: string, privateKey: JWK): Promise<Uint8Array> => {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey, {
      keyManagementAlgorithms: [keyAlgorithm],
      contentEncryptionAlgorithms: [contentAlgorithm],
    })
    if (protectedHeader.typ !== type)
      throw new BrokenSeal('half', 'this is not a half of a content key')
    return plaintext
  } catch (error) {
    if (error instanceof BrokenSeal) throw error
    throw new BrokenSeal('half', 'the half does not open with this key', { cause: error })
  }
}

const parse = (plaintext: Uint8Array): unknown => {
  try {
    return JSON.parse(textOf(plaintext))
  } catch (error) {
    throw new BrokenSeal('half', 'the half is not in the agreed form', { cause: error })
  }
}

/**
 * Opens one half with the private key it was encrypted to, and checks that it has the hash its binding
 * says. Does NOT check what the binding names: compare it with `checkHalf` before any release.
 * @throws BrokenSeal
 */
export const openHalf = async (jwe: string, privateKey: JWK): Promise<OpenHalf> => {
  const payload = parse(await decrypt(jwe, privateKey))
  if (!payloadShape.Check(payload))
    throw new BrokenSeal('half', 'the half is not in the agreed form')
  const { name, binding } = payload
  const half = fromBase64url(payload.half)
  if (hashOfHalf(half) !== binding.halfHashes[name]) {
    throw new BrokenSeal('half', 'the half is not the one that its binding names')
  }
  return { name, half, binding }
}

/**
 * Checks, by its hash, that a half is the named one of exactly this field: same signal, purpose, owner, field, and
 * same hashes of both halves.
 * @throws BrokenSeal
 */
export const checkHalf = (
  opened: OpenHalf,
  expected: {
    readonly name: OperatorName
    readonly context: SealContext
    readonly halfHashes: PerOperator<string>
  },
): void => {
  const { name, context, halfHashes } = expected
  if (canonicalText(opened.binding) !== canonicalText(bindingOf(context, halfHashes))) {
    throw new BrokenSeal('binding', `the half of the ${name} belongs to another sealed field`)
  }
  if (hashOfHalf(opened.half) !== halfHashes[name]) {
    throw new BrokenSeal('half', `the half of the ${name} is not the one that was sealed with`)
  }
}
