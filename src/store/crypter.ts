import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
} from 'node:crypto'
import { concat, equalBytes, utf8 } from '../kernel/bytes.ts'
import { type Randomness, systemRandomness } from '../kernel/random.ts'
import type { Secret } from '../kernel/secret.ts'

/** Where a value stands. A value decrypts only in its own place. */
export type Place = {
  readonly table: string
  /** The primary key of the row; of several columns in their order. */
  readonly row: string | readonly string[]
  readonly column: string
}

export type Crypter = {
  /** @returns 33 bytes more than `plain` */
  readonly encrypt: (place: Place, plain: Uint8Array) => Buffer
  /** @throws Error when the value was made for another place, was changed, or its key is not in the list */
  readonly decrypt: (place: Place, sealed: Uint8Array) => Buffer
  /** Whether a value should be encrypted anew, because another key than the first made it. */
  readonly isOutdated: (sealed: Uint8Array) => boolean
}

type NamedKey = { readonly id: Uint8Array; readonly key: KeyObject }

const format = 1
const keyIdBytes = 4
const nonceBytes = 12
const tagBytes = 16
const headerBytes = 1 + keyIdBytes + nonceBytes

/**
 * Encrypts single columns with AES-256-GCM; the additional data is the place (table, row key, column), so that a stolen or
 * swapped value is worth nothing elsewhere. The first key encrypts, all keys decrypt: to rotate, put a new key first, and
 * take the old one out when no value is outdated any more. One key is good for 2^32 values (NIST SP 800-38D, §8.3).
 *
 * A value is: format (1 byte) ‖ key id (4) ‖ nonce (12) ‖ ciphertext ‖ tag (16). It does NOT hide its length, nor that an
 * older value of the same place was put back.
 *
 * @param keys 32 bytes each
 */
export function openCrypter(
  keys: readonly Secret<Uint8Array>[],
  random: Randomness = systemRandomness,
): Crypter {
  const known = keys.map(nameKey)
  const first = known[0]
  if (first === undefined) throw new RangeError('a crypter needs a key')
  return {
    encrypt: (place, plain) => encrypt(first, place, plain, random.bytes(nonceBytes)),
    decrypt: (place, sealed) => {
      // Ids are short; keys that share one are tried in turn.
      const fitting = known.filter(({ id }) => isUnder(id, sealed))
      for (const { key } of fitting) {
        const plain = tryDecrypt(key, place, sealed)
        if (plain !== undefined) return plain
      }
      throw new Error(
        fitting.length === 0
          ? `the key of a value in ${place.table}.${place.column} is not in the list`
          : `a value in ${place.table}.${place.column} is not what was written there`,
      )
    },
    isOutdated: (sealed) => !isUnder(first.id, sealed),
  }
}

function nameKey(secret: Secret<Uint8Array>): NamedKey {
  const bytes = secret.reveal()
  if (bytes.length !== 32) throw new RangeError('a crypter key has 32 bytes')
  const key = createSecretKey(bytes)
  const id = createHmac('sha256', key).update('raakvlak/store/crypter/key-id/v1').digest()
  return { id: id.subarray(0, keyIdBytes), key }
}

const isUnder = (id: Uint8Array, sealed: Uint8Array): boolean =>
  sealed.length >= headerBytes + tagBytes &&
  sealed[0] === format &&
  equalBytes(sealed.subarray(1, 1 + keyIdBytes), id)

function encrypt(
  { id, key }: NamedKey,
  place: Place,
  plain: Uint8Array,
  nonce: Uint8Array,
): Buffer {
  const header = concat(Uint8Array.of(format), id, nonce)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(additionalData(place, header))
  const body = cipher.update(plain)
  return Buffer.concat([header, body, cipher.final(), cipher.getAuthTag()])
}

function tryDecrypt(key: KeyObject, place: Place, sealed: Uint8Array): Buffer | undefined {
  const header = sealed.subarray(0, headerBytes)
  const nonce = header.subarray(1 + keyIdBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(additionalData(place, header))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  const plain = decipher.update(sealed.subarray(headerBytes, -tagBytes))
  try {
    return Buffer.concat([plain, decipher.final()])
  } catch {
    return undefined
  }
}

/** Every part with its length before it, so that no two places share one text. */
function additionalData({ table, row, column }: Place, header: Uint8Array): Uint8Array {
  const parts = [
    'raakvlak/store/crypter/v1',
    table,
    column,
    ...(typeof row === 'string' ? [row] : row),
  ]
  return concat(
    header,
    ...parts.flatMap((part) => {
      const bytes = utf8(part)
      return [uint32(bytes.length), bytes]
    }),
  )
}

function uint32(value: number): Uint8Array {
  const out = new Uint8Array(4)
  new DataView(out.buffer).setUint32(0, value)
  return out
}
