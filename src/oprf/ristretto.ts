import { machine } from './group-machine.ts'
import { batchLimit, elementBytes, InvalidElement, inputLimit, scalarBytes } from './types.ts'

/**
 * The prime-order group ristretto255 (RFC 9496) and hashing into it (RFC 9380), on libsodium.
 * INVARIANT: every function refuses encodings that are not canonical, and the identity, as operand and
 * as product. libsodium takes the identity for a valid element, so that is checked here.
 * Multiplication, inversion and scalar sums take the same time whatever the scalar is.
 */

const wideBytes = 64
const blockBytes = 128
const messageLimit = inputLimit + 128
const tagLimit = 255

/** Fixed places in the machine's memory. Nothing here survives a call that anybody may rely on. */
const at = {
  one: machine._malloc(elementBytes),
  other: machine._malloc(elementBytes),
  out: machine._malloc(elementBytes),
  wide: machine._malloc(wideBytes),
  /** The first hash of expand_message, followed by what is hashed after it. */
  first: machine._malloc(wideBytes + 1 + tagLimit + 1),
  /** One block of zeros that nobody writes to, followed by the message. */
  zeros: machine._malloc(blockBytes + messageLimit + 3 + tagLimit + 1),
} as const
const messageAt = at.zeros + blockBytes
machine.HEAPU8.fill(0, at.zeros, messageAt)

/** The group order 2^252 + 27742317777372353535851937790883648493, little-endian. */
const order = Uint8Array.of(
  ...[
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
  ],
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10],
)

const isZero = (bytes: Uint8Array): boolean => {
  let seen = 0
  for (let index = 0; index < bytes.length; index += 1) seen |= bytes[index] ?? 0
  return seen === 0
}

/** Whether `bytes` is the canonical encoding of a scalar other than zero. Time does not depend on it. */
export const isScalar = (bytes: Uint8Array): boolean => {
  if (bytes.length !== scalarBytes) return false
  let borrow = 0
  for (let index = 0; index < scalarBytes; index += 1) {
    borrow = (((bytes[index] ?? 0) - (order[index] ?? 0) - borrow) >> 8) & 1
  }
  return borrow === 1 && !isZero(bytes)
}

const placeScalar = (scalar: Uint8Array, address: number): void => {
  if (!isScalar(scalar))
    throw new RangeError('not a scalar of the group: 1 to order − 1 in 32 bytes')
  machine.HEAPU8.set(scalar, address)
}

const placeElement = (element: Uint8Array, address: number, index?: number): void => {
  if (element.length !== elementBytes) throw new InvalidElement('is not 32 bytes long', index)
  if (isZero(element)) throw new InvalidElement('is the identity', index)
  machine.HEAPU8.set(element, address)
}

const take = (address: number, bytes: number): Uint8Array =>
  machine.HEAPU8.slice(address, address + bytes)

const wipe = (address: number, bytes: number): void => {
  machine.HEAPU8.fill(0, address, address + bytes)
}

const takeSecret = (address: number, bytes: number): Uint8Array => {
  const taken = take(address, bytes)
  wipe(address, bytes)
  return taken
}

const notCanonical = (index?: number) => new InvalidElement('is not a canonical encoding', index)

/** The number of elements in a flat batch. @throws InvalidElement for 0, for parts, for more than 65,535 */
export const countElements = (elements: Uint8Array): number => {
  const count = elements.length / elementBytes
  if (!Number.isInteger(count))
    throw new InvalidElement('the batch is not a whole number of elements')
  if (count === 0) throw new InvalidElement('the batch is empty')
  if (count > batchLimit)
    throw new InvalidElement(`the batch holds more than ${batchLimit} elements`)
  return count
}

/** The element with this number, as a view into the batch. */
export const elementAt = (elements: Uint8Array, index: number): Uint8Array =>
  elements.subarray(index * elementBytes, (index + 1) * elementBytes)

/** @throws InvalidElement naming the first that is not canonical or is the identity */
export const checkElements = (elements: Uint8Array): void => {
  const count = countElements(elements)
  for (let index = 0; index < count; index += 1) {
    placeElement(elementAt(elements, index), at.one, index)
    if (machine._crypto_core_ristretto255_is_valid_point(at.one) !== 1) throw notCanonical(index)
  }
}

/** scalar · element. @throws InvalidElement; RangeError when the scalar is zero or not reduced */
export const multiplyElement = (scalar: Uint8Array, element: Uint8Array): Uint8Array =>
  multiplyEach(scalar, element.length === elementBytes ? element : new Uint8Array())

/** scalar · each element of a flat batch. @throws InvalidElement with its index; RangeError */
export const multiplyEach = (scalar: Uint8Array, elements: Uint8Array): Uint8Array => {
  const count = countElements(elements)
  const products = new Uint8Array(elements.length)
  placeScalar(scalar, at.one)
  try {
    for (let index = 0; index < count; index += 1) {
      placeElement(elementAt(elements, index), at.other, index)
      if (machine._crypto_scalarmult_ristretto255(at.out, at.one, at.other) !== 0)
        throw notCanonical(index)
      products.set(machine.HEAPU8.subarray(at.out, at.out + elementBytes), index * elementBytes)
    }
    return products
  } finally {
    wipe(at.one, scalarBytes)
  }
}

/** scalar · generator. @throws RangeError when the scalar is zero or not reduced */
export const multiplyGenerator = (scalar: Uint8Array): Uint8Array => {
  placeScalar(scalar, at.one)
  machine._crypto_scalarmult_ristretto255_base(at.out, at.one)
  wipe(at.one, scalarBytes)
  return take(at.out, elementBytes)
}

const combineElements = (
  arithmetic: (out: number, one: number, other: number) => number,
  one: Uint8Array,
  other: Uint8Array,
): Uint8Array => {
  placeElement(one, at.one)
  placeElement(other, at.other)
  if (arithmetic(at.out, at.one, at.other) !== 0) throw notCanonical()
  const sum = take(at.out, elementBytes)
  if (isZero(sum)) throw new InvalidElement('the sum is the identity')
  return sum
}

/** one + other. @throws InvalidElement for an operand that is none, and when the sum is the identity */
export const addElements = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  combineElements(machine._crypto_core_ristretto255_add, one, other)

/** one − other. @throws InvalidElement for an operand that is none, and when they are equal */
export const subtractElements = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  combineElements(machine._crypto_core_ristretto255_sub, one, other)

type ScalarArithmetic = (out: number, one: number, other: number) => void

const combineScalars = (
  arithmetic: ScalarArithmetic,
  one: Uint8Array,
  other: Uint8Array,
): Uint8Array => {
  placeScalar(one, at.one)
  placeScalar(other, at.other)
  arithmetic(at.out, at.one, at.other)
  wipe(at.one, scalarBytes)
  wipe(at.other, scalarBytes)
  return takeSecret(at.out, scalarBytes)
}

/** The sum modulo the group order; it may be zero, which no other function here accepts. */
export const addScalars = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  combineScalars(machine._crypto_core_ristretto255_scalar_add, one, other)

export const subtractScalars = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  combineScalars(machine._crypto_core_ristretto255_scalar_sub, one, other)

export const multiplyScalars = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  combineScalars(machine._crypto_core_ristretto255_scalar_mul, one, other)

export const invertScalar = (scalar: Uint8Array): Uint8Array => {
  placeScalar(scalar, at.one)
  machine._crypto_core_ristretto255_scalar_invert(at.out, at.one)
  wipe(at.one, scalarBytes)
  return takeSecret(at.out, scalarBytes)
}

/** 64 uniform bytes, little-endian, modulo the group order: uniform but for 2^-259. */
export const reduceToScalar = (wide: Uint8Array): Uint8Array => {
  if (wide.length !== wideBytes) throw new RangeError('a scalar is reduced from 64 bytes')
  machine.HEAPU8.set(wide, at.wide)
  return takeReduced()
}

const takeReduced = (): Uint8Array => {
  machine._crypto_core_ristretto255_scalar_reduce(at.out, at.wide)
  wipe(at.wide, wideBytes)
  return takeSecret(at.out, scalarBytes)
}

/** SHA-512. @throws RangeError for messages above 65,663 bytes */
export const hash = (message: Uint8Array): Uint8Array => {
  if (message.length > messageLimit) throw new RangeError('the message is too long')
  machine.HEAPU8.set(message, messageAt)
  machine._crypto_hash_sha512(at.wide, messageAt, message.length, 0)
  wipe(messageAt, message.length)
  return takeSecret(at.wide, wideBytes)
}

/**
 * expand_message_xmd with SHA-512 to 64 bytes (RFC 9380 §5.3.1), left at `at.wide`. One hash long, so
 * the loop of the standard runs once: b_0 = H(zeros ‖ message ‖ 64 ‖ 0 ‖ tag'), b_1 = H(b_0 ‖ 1 ‖ tag').
 */
const expand = (message: Uint8Array, tag: Uint8Array): void => {
  if (message.length > messageLimit) throw new RangeError('the message is too long')
  if (tag.length > tagLimit) throw new RangeError('the domain separation tag is too long')
  const heap = machine.HEAPU8
  const afterMessage = messageAt + message.length
  heap.set(message, messageAt)
  heap[afterMessage] = 0
  heap[afterMessage + 1] = wideBytes
  heap[afterMessage + 2] = 0
  placeTag(tag, afterMessage + 3)
  machine._crypto_hash_sha512(
    at.first,
    at.zeros,
    blockBytes + message.length + 3 + tag.length + 1,
    0,
  )
  heap[at.first + wideBytes] = 1
  placeTag(tag, at.first + wideBytes + 1)
  machine._crypto_hash_sha512(at.wide, at.first, wideBytes + 1 + tag.length + 1, 0)
  heap.fill(0, messageAt, afterMessage)
}

const placeTag = (tag: Uint8Array, address: number): void => {
  machine.HEAPU8.set(tag, address)
  machine.HEAPU8[address + tag.length] = tag.length
}

/** HashToScalar (RFC 9497 §4.1): the 64 expanded bytes, modulo the group order. May be zero. */
export const hashToScalar = (message: Uint8Array, tag: Uint8Array): Uint8Array => {
  expand(message, tag)
  return takeReduced()
}

/** hash_to_ristretto255 (RFC 9380, appendix B). @throws InvalidElement when the result is the identity */
export const hashToElement = (message: Uint8Array, tag: Uint8Array): Uint8Array => {
  expand(message, tag)
  machine._crypto_core_ristretto255_from_hash(at.out, at.wide)
  const element = take(at.out, elementBytes)
  wipe(at.wide, wideBytes)
  if (isZero(element)) throw new InvalidElement('the input hashes to the identity')
  return element
}
