import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64url, concat, fromBase64url } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'
import type { Randomness } from '../kernel/random.ts'
import type { PerOperator } from '../oprf/types.ts'
import { bindingOf, checkHalf, hashOfHalf, sealHalf } from './half.ts'
import { pad, unpad } from './padding.ts'
import {
  BrokenSeal,
  type OpenHalf,
  type RecipientKey,
  type SealContext,
  type SealedField,
} from './types.ts'

/**
 * Sealed content: a text that opens only for somebody who has both halves of its key. Each half goes
 * to one operator; each releases it against the owner's grant. One field, one pair of halves.
 */

const halfBytes = 32
const nonceBytes = 12
const tagBytes = 16

/** A copy in memory of its own, as WebCrypto demands. */
const unshared = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/**
 * HKDF-SHA256 (RFC 5869) of both halves, with the additional data as info. AES-GCM alone lets one body
 * open under two keys; here the additional data holds a hash of each half, which settles the key.
 */
const contentKeyOf = async (halves: PerOperator<Uint8Array>, additionalData: Uint8Array) => {
  const joined = concat(halves.gateway, halves.keyholder)
  const raw = unshared(hkdf(sha256, joined, undefined, additionalData, 32))
  const key = await globalThis.crypto.subtle.importKey('raw', raw, 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ])
  raw.fill(0)
  joined.fill(0)
  return key
}

const cipher = (nonce: Uint8Array, additionalData: Uint8Array) => ({
  name: 'AES-GCM',
  iv: unshared(nonce),
  additionalData: unshared(additionalData),
  tagLength: 8 * tagBytes,
})

/**
 * Seals one field for the two operators. `content` is any text up to 65,536 bytes of UTF-8; the body's
 * length says only how many steps of 256 bytes it takes. Does NOT check that the operators' keys are
 * the pinned ones.
 * @throws RangeError for a text that is too long or not well-formed, or a key that is not X25519 or P-256
 */
export const seal = async ({
  content,
  operators,
  random,
  ...context
}: SealContext & {
  readonly content: string
  readonly operators: PerOperator<RecipientKey>
  readonly random: Randomness
}): Promise<SealedField> => {
  const padded = pad(content)
  const halves = { gateway: random.bytes(halfBytes), keyholder: random.bytes(halfBytes) }
  const nonce = random.bytes(nonceBytes)
  const halfHashes = {
    gateway: hashOfHalf(halves.gateway),
    keyholder: hashOfHalf(halves.keyholder),
  }
  const binding = bindingOf(context, halfHashes)
  const additionalData = canonicalBytes(binding)
  const key = await contentKeyOf(halves, additionalData)
  const encrypted = await globalThis.crypto.subtle.encrypt(
    cipher(nonce, additionalData),
    key,
    unshared(padded),
  )
  const [gateway, keyholder] = await Promise.all([
    sealHalf({ name: 'gateway', half: halves.gateway, binding }, operators.gateway),
    sealHalf({ name: 'keyholder', half: halves.keyholder, binding }, operators.keyholder),
  ])
  halves.gateway.fill(0)
  halves.keyholder.fill(0)
  return {
    field: context.field,
    body: base64url(concat(nonce, new Uint8Array(encrypted))),
    halves: { gateway, keyholder },
    halfHashes,
  }
}

const decodeBody = (body: string): Uint8Array => {
  try {
    return fromBase64url(body)
  } catch (error) {
    throw new BrokenSeal('body', 'the body is not base64url', { cause: error })
  }
}

/**
 * Opens a field with both of its halves, for the context that the reader expects.
 * @throws BrokenSeal when a half, the context or the body is not the sealed one
 */
export const open = async ({
  sealed,
  halves,
  context,
}: {
  readonly sealed: SealedField
  readonly halves: PerOperator<OpenHalf>
  readonly context: SealContext
}): Promise<string> => {
  const { halfHashes } = sealed
  if (sealed.field !== context.field) throw new BrokenSeal('binding', 'this is another field')
  checkHalf(halves.gateway, { name: 'gateway', context, halfHashes })
  checkHalf(halves.keyholder, { name: 'keyholder', context, halfHashes })
  const body = decodeBody(sealed.body)
  const additionalData = canonicalBytes(bindingOf(context, halfHashes))
  const key = await contentKeyOf(
    { gateway: halves.gateway.half, keyholder: halves.keyholder.half },
    additionalData,
  )
  try {
    const padded = await globalThis.crypto.subtle.decrypt(
      cipher(body.subarray(0, nonceBytes), additionalData),
      key,
      unshared(body.subarray(nonceBytes)),
    )
    return unpad(new Uint8Array(padded))
  } catch (error) {
    throw new BrokenSeal('body', 'the body does not open with these halves', { cause: error })
  }
}

/**
 * base64url(SHA-256) over field, body and half hashes: what a grant names. The JWEs are left out, for
 * a release encrypts them anew.
 */
export const hashOfSealed = ({ field, body, halfHashes }: SealedField): string =>
  base64url(
    sha256(
      canonicalBytes({
        field,
        body,
        halfHashes: { gateway: halfHashes.gateway, keyholder: halfHashes.keyholder },
      }),
    ),
  )
