import { textOf, utf8 } from '../kernel/bytes.ts'

/** Bodies grow in steps of this many bytes, so that their length says little about the text. */
export const paddingStep = 256
/** Longest text, in bytes of UTF-8. */
export const contentLimit = 65_536

const lengthBytes = 4

/**
 * The length in 4 bytes, the text in UTF-8, then zeros up to a whole number of steps.
 * @throws RangeError when the text is too long or has half a surrogate pair, which UTF-8 cannot hold
 */
export const pad = (text: string): Uint8Array => {
  if (!text.isWellFormed()) throw new RangeError('the text is not well-formed Unicode')
  const bytes = utf8(text)
  if (bytes.length > contentLimit)
    throw new RangeError(`the text is longer than ${contentLimit} bytes`)
  const padded = new Uint8Array(Math.ceil((lengthBytes + bytes.length) / paddingStep) * paddingStep)
  new DataView(padded.buffer).setUint32(0, bytes.length)
  padded.set(bytes, lengthBytes)
  return padded
}

/** @throws RangeError or TypeError when the bytes were not made by `pad` */
export const unpad = (padded: Uint8Array): string => {
  if (padded.length === 0 || padded.length % paddingStep !== 0) throw new RangeError('not padded')
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0)
  const end = lengthBytes + length
  const fits = end <= padded.length && padded.length - end < paddingStep
  if (!fits || padded.subarray(end).some((byte) => byte !== 0)) throw new RangeError('badly padded')
  return textOf(padded.subarray(lengthBytes, end))
}
