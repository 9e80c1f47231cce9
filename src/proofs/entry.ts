import { sha256 } from '@noble/hashes/sha2.js'
import { concat, utf8 } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import { type Hash, leafHash } from './merkle.ts'

/**
 * A ledger entry as anyone can check it. What stands in the tree is not the entry but a salted
 * commitment to it: whoever holds salt and payload can prove what was recorded, and once both are
 * erased the commitment says nothing, while the tree stays whole.
 */
export type Entry = {
  readonly kind: string
  /** ISO 8601 in UTC with milliseconds; never earlier than that of the entry before. */
  readonly at: string
  readonly [field: string]: unknown
}

export const saltLength = 32

const prefix = utf8('raakvlak/entry/1\n')

/**
 * SHA-256("raakvlak/entry/1\n" ‖ salt ‖ payload).
 * @throws RangeError unless the salt has 32 bytes
 */
export const commitmentOf = (salt: Uint8Array, payload: string): Hash => {
  // A salt of another length would let one commitment open to two payloads.
  if (salt.length !== saltLength) throw new RangeError('the salt of an entry has 32 bytes')
  return sha256(concat(prefix, salt, utf8(payload)))
}

/** The leaf hash of an entry: the leaf is the commitment itself. */
export const entryLeaf = (commitment: Hash): Hash => leafHash(commitment)

/** The canonical text of an entry (RFC 8785), which the commitment is made over. */
export const payloadOf = (entry: Entry): string => canonicalText(entry)

const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

const isMoment = (value: unknown): value is string =>
  typeof value === 'string' && moment.test(value) && !Number.isNaN(Date.parse(value))

/**
 * Reads a payload back.
 * @throws TypeError unless it is the canonical text of an object with a kind and a time
 */
export function parsePayload(payload: string): Entry {
  let value: unknown
  try {
    value = JSON.parse(payload)
  } catch {
    throw new TypeError('the payload is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('the payload is not an object')
  }
  const { kind, at } = value as { kind?: unknown; at?: unknown }
  if (typeof kind !== 'string' || !isMoment(at)) {
    throw new TypeError('the payload has no kind or no time')
  }
  if (canonicalText(value) !== payload) throw new TypeError('the payload is not in canonical form')
  return { ...value, kind, at }
}
