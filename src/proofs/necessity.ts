import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'

/**
 * What stands for the reasons of an emergency in what officers sign: SHA-256, base64url, over the canonical
 * JSON of salt and text. The salt (16 random bytes) keeps whoever sees it from guessing the text.
 */
export const necessityHashOf = ({
  text,
  salt,
}: {
  readonly text: string
  readonly salt: string
}): string => base64url(sha256(canonicalBytes({ salt, text })))
