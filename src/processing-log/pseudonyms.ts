import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64url, hex, utf8 } from '../kernel/bytes.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Subject } from './types.ts'

export type Pseudonyms = ReturnType<typeof openPseudonyms>

/**
 * Names for others to read in the place of ids of records. Those of one agency cannot be joined to those of another, nor
 * to the id, without the operator's key; they never come from a token or from an identity.
 */
export function openPseudonyms(key: Secret<Uint8Array>) {
  const keyed = (...parts: readonly string[]): Uint8Array =>
    hmac(sha256, key.reveal(), utf8(parts.join('|')))
  const ofAgency = new Map<AgencyId, Uint8Array>()

  function keyOf(agency: AgencyId): Uint8Array {
    const known = ofAgency.get(agency) ?? keyed('agency', agency)
    ofAgency.set(agency, known)
    return known
  }

  return {
    of: (agency: AgencyId, { type, id }: Subject): string =>
      base64url(hmac(sha256, keyOf(agency), utf8(`${type}|${id}`))),

    /** For an entry that is not the first of its action: 8 bytes of its own. */
    spanId: (index: number): string => hex(keyed('span', String(index)).subarray(0, 8)),

    /** For an entry from before actions were kept. */
    traceId: (index: number): string => hex(keyed('trace', String(index)).subarray(0, 16)),
  }
}
