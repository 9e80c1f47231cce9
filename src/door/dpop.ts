import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, type JWTVerifyResult, jwtVerify } from 'jose'

/** Age at which a proof is too old, and how far its clock may run ahead. */
export const proofLifeSeconds = 60
export const proofSkewSeconds = 15

/** `Ed25519` is the newer name of EdDSA over that curve (RFC 9864). */
export const proofAlgorithms = ['ES256', 'EdDSA', 'Ed25519']

/** A proof that does not hold. The message is safe to show to its sender. */
export class ProofError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ProofError'
  }
}

export type Proof = {
  /** Thumbprint of the key that signed it. */
  readonly thumbprint: string
  readonly number: string
  readonly issuedAt: Date
}

/** One text for one proof: jose alone lets some encodings pass that are not base64url. */
const compact = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
const longestProof = 4096
const longestNumber = 256

/** Header members that a proof has; any other is a trick. */
const headerMembers = new Set(['alg', 'typ', 'jwk', 'kid'])

/**
 * Verifies a DPoP proof for one request with one access token (RFC 9449 §4.3). `url` is the public
 * address of the request; its query is ignored, as the proof's is.
 * Does not check that the access token is bound to the key, nor that the proof is new.
 * @throws ProofError
 */
export async function readProof(
  proof: string,
  request: {
    readonly method: string
    readonly url: string
    readonly accessToken: string
    readonly now: Date
  },
): Promise<Proof> {
  if (proof.length > longestProof || !compact.test(proof)) {
    throw new ProofError('the proof is not a compact JWS')
  }
  const { payload, protectedHeader } = await verify(proof, request.now)
  const { jwk } = protectedHeader
  const names = Object.keys(protectedHeader)
  if (jwk === undefined || !names.every((name) => headerMembers.has(name))) {
    throw new ProofError('the header of the proof has members that it may not have')
  }
  const { htm, htu, ath, jti, iat } = payload
  if (htm !== request.method) throw new ProofError('the proof is for another method')
  if (typeof htu !== 'string' || resourceOf(htu) !== resourceOf(request.url)) {
    throw new ProofError('the proof is for another address')
  }
  if (ath !== createHash('sha256').update(request.accessToken).digest('base64url')) {
    throw new ProofError('the proof is for another access token')
  }
  if (typeof jti !== 'string' || jti === '' || jti.length > longestNumber) {
    throw new ProofError('the proof has no usable jti')
  }
  if (typeof iat !== 'number') throw new ProofError('the proof has no iat')
  const age = request.now.getTime() / 1000 - iat
  if (!(age <= proofLifeSeconds && age >= -proofSkewSeconds)) {
    throw new ProofError('the proof is not fresh; check your clock')
  }
  return {
    thumbprint: await calculateJwkThumbprint(jwk, 'sha256'),
    number: jti,
    issuedAt: new Date(iat * 1000),
  }
}

async function verify(proof: string, currentDate: Date): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(proof, EmbeddedJWK, {
      algorithms: proofAlgorithms,
      typ: 'dpop+jwt',
      currentDate,
    })
  } catch {
    throw new ProofError('the proof does not hold')
  }
}

/** An address without query and fragment, in one spelling. */
function resourceOf(address: string): string | undefined {
  const url = URL.parse(address)
  if (url === null || url.username !== '' || url.password !== '') return undefined
  return `${url.origin}${url.pathname}`
}
