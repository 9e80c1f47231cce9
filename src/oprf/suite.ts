import { concat, utf8 } from '../kernel/bytes.ts'
import type { Randomness } from '../kernel/random.ts'
import { isScalar, reduceToScalar } from './ristretto.ts'

/** The names that keep one use of the hash apart from another (RFC 9497 §3.1, §4.1): mode 1, VOPRF. */
const context = concat(utf8('OPRFV1-'), Uint8Array.of(1), utf8('-ristretto255-SHA512'))
const tagged = (label: string): Uint8Array => concat(utf8(label), context)

export const tags = {
  element: tagged('HashToGroup-'),
  scalar: tagged('HashToScalar-'),
  keyPair: tagged('DeriveKeyPair'),
  seed: tagged('Seed-'),
} as const

/** A length or count in two bytes, big-endian: the I2OSP(…, 2) of the RFC. */
export const uint16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff)

/** Each part preceded by its length in two bytes. */
export const framed = (...parts: readonly Uint8Array[]): Uint8Array =>
  concat(...parts.flatMap((part) => [uint16(part.length), part]))

/** A uniform scalar other than zero. */
export const drawScalar = (random: Randomness): Uint8Array => {
  const scalar = reduceToScalar(random.bytes(64))
  // Zero comes up once in 2^252 draws, or from a broken source, which must not go on silently.
  if (!isScalar(scalar)) throw new RangeError('the source of randomness gave a zero scalar')
  return scalar
}
