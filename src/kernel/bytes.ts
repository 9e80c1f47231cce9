/** Byte arithmetic that works alike in Node and in a browser. */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const utf8 = (text: string): Uint8Array => encoder.encode(text)

/** @throws TypeError when the bytes are not UTF-8 */
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)

export const hex = (bytes: Uint8Array): string => {
  let out = ''
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0')
  return out
}

/** @throws RangeError unless `text` is an even number of hexadecimal digits */
export const fromHex = (text: string): Uint8Array => {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new RangeError('not hexadecimal')
  const out = new Uint8Array(text.length / 2)
  for (let at = 0; at < out.length; at += 1)
    out[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16)
  return out
}

export const base64 = (bytes: Uint8Array): string => {
  let binary = ''
  for (let start = 0; start < bytes.length; start += 32_768) {
    binary += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(start, start + 32_768))
  }
  return btoa(binary)
}

/** @throws RangeError unless `text` is canonical, padded base64 (RFC 4648 §4) */
export const fromBase64 = (text: string): Uint8Array => {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
    throw new RangeError('not base64')
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at)
  // Only the last four characters can be spelled in more than one way.
  const last = bytes.subarray(bytes.length - (bytes.length % 3 || 3))
  if (base64(last) !== text.slice(-4)) throw new RangeError('not canonical base64')
  return bytes
}

/** Base64url without padding (RFC 4648 §5). */
export const base64url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

/** @throws RangeError unless `text` is canonical, unpadded base64url */
export const fromBase64url = (text: string): Uint8Array => {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new RangeError('not base64url')
  const padded = text.replaceAll('-', '+').replaceAll('_', '/')
  return fromBase64(padded.padEnd(Math.ceil(padded.length / 4) * 4, '='))
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Compares without stopping at the first difference. Length is not secret. */
export const equalBytes = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.length !== other.length) return false
  let difference = 0
  for (let at = 0; at < one.length; at += 1) difference |= (one[at] ?? 0) ^ (other[at] ?? 0)
  return difference === 0
}
