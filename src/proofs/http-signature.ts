import { sha256 } from '@noble/hashes/sha2.js'
import {
  createSignature,
  isSignatureError,
  type RequestDescriptor,
  verifySignature,
  webcrypto,
} from 'http-message-sig'
import { importJWK, type JWK } from 'jose'
import { base64, equalBytes, fromBase64 } from '../kernel/bytes.ts'
import { secondsSinceEpoch } from '../kernel/clock.ts'
import { type PrivateJwk, thumbprintOf } from './statement.ts'

/**
 * Requests signed as HTTP Message Signatures (RFC 9421) with Ed25519, over the method, the whole target,
 * the kind of content and the digest of the body (RFC 9530). The signature says when it was made, under
 * which key and, by its tag, for what. Pure, for operators and agencies alike.
 */
const label = 'raakvlak'
const components = ['@method', '@target-uri', 'content-type', 'content-digest'] as const
const digestPattern = /^sha-256=:([A-Za-z0-9+/]+={0,2}):$/

export type SignedHeaders = {
  readonly 'content-type': string
  readonly 'content-digest': string
  readonly signature: string
  readonly 'signature-input': string
}

/** Why a signed request is not what it says it is. */
export class BrokenSignature extends Error {
  readonly reason: 'signature' | 'digest'
  constructor(reason: BrokenSignature['reason'], message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'BrokenSignature'
    this.reason = reason
  }
}

/** `Content-Digest` of a body: SHA-256, as a structured field (RFC 9530 §2). */
export const contentDigestOf = (body: Uint8Array): string => `sha-256=:${base64(sha256(body))}:`

const keyOf = async (jwk: JWK): Promise<CryptoKey> => {
  const key = await importJWK(jwk, 'EdDSA')
  if (key instanceof Uint8Array) throw new TypeError('not a key that signs')
  return key
}

type Target = { readonly url: string; readonly tag: string }

const describe = (url: string, headers: Readonly<Record<string, string>>): RequestDescriptor => ({
  kind: 'request',
  method: 'POST',
  targetUri: url,
  fields: Object.entries(headers).map(([name, value]) => ({ name, value })),
})

/** The headers of a signed POST. `url` exactly as the receiver knows itself. */
export async function signPost(
  { url, tag }: Target,
  {
    body,
    contentType,
    key,
    at,
  }: {
    readonly body: Uint8Array
    readonly contentType: string
    readonly key: PrivateJwk
    readonly at: Date
  },
): Promise<SignedHeaders> {
  const content = { 'content-type': contentType, 'content-digest': contentDigestOf(body) }
  const { signature, signatureInput } = await createSignature(describe(url, content), {
    label,
    components,
    parameters: {
      created: secondsSinceEpoch(at),
      keyid: await thumbprintOf(key),
      alg: 'ed25519',
      tag,
    },
    signer: webcrypto.signer(await keyOf(key)),
  })
  return { ...content, signature, 'signature-input': signatureInput }
}

/**
 * Verifies a signed POST: the signature by one of these keys, over everything that `signPost` covers, not
 * older than `maxAgeSeconds`, and that the body is the one of the digest. Does not know whether the
 * same request came before.
 * @param url the receiver's own address, as it was registered; never what the request says
 * @throws BrokenSignature
 */
export async function verifyPost(
  { url, tag }: Target,
  {
    headers,
    body,
    keys,
    at,
    maxAgeSeconds,
  }: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: Uint8Array
    readonly keys: readonly JWK[]
    readonly at: Date
    readonly maxAgeSeconds: number
  },
): Promise<void> {
  const known = new Map(
    await Promise.all(
      keys.map(async (key) => [await thumbprintOf(key), await keyOf(key)] as const),
    ),
  )
  try {
    await verifySignature(describe(url, headers), {
      label,
      policy: {
        algorithms: ['ed25519'],
        requiredComponents: components,
        requiredParameters: ['created', 'keyid', 'tag'],
        maxAge: maxAgeSeconds,
        clockSkew: 30,
        now: secondsSinceEpoch(at),
        validate: ({ parameters }) => parameters.tag === tag,
      },
      resolveVerifier: ({ parameters }) => {
        const key = known.get(parameters.keyid ?? '')
        if (key === undefined) throw new BrokenSignature('signature', 'it is of an unknown key')
        return webcrypto.verifier(key)
      },
    })
  } catch (error) {
    if (!isSignatureError(error) && !(error instanceof BrokenSignature)) throw error
    throw new BrokenSignature('signature', 'the signature does not hold here and now', error)
  }
  assertDigest(headers['content-digest'] ?? '', body)
}

/** The library covers the header, not the body: a changed body under the old digest would pass. */
function assertDigest(digest: string, body: Uint8Array): void {
  const [, encoded = ''] = digestPattern.exec(digest) ?? []
  let claimed: Uint8Array = new Uint8Array()
  try {
    claimed = fromBase64(encoded)
  } catch {
    // An unreadable digest is no digest of this body.
  }
  if (!equalBytes(claimed, sha256(body))) {
    throw new BrokenSignature('digest', 'the body is not the one that was signed')
  }
}
