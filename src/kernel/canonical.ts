import canonicalize from 'canonicalize'
import { utf8 } from './bytes.ts'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/**
 * The JSON Canonicalization Scheme (RFC 8785): one text for one value, fit to be hashed and signed.
 * Members whose value is `undefined` are left out.
 * @throws TypeError for a value that JSON cannot hold
 */
export const canonicalText = (value: unknown): string => {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('this value has no JSON form')
  return text
}

export const canonicalBytes = (value: unknown): Uint8Array => utf8(canonicalText(value))
