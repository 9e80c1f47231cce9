import { hex } from './bytes.ts'

/** Branded primitives: the compiler keeps names of different things apart. */
declare const brand: unique symbol
export type Branded<Name extends string> = string & { readonly [brand]: Name }

/** An agency's short name: lower-case letters, digits and hyphens, 2 to 63 characters. */
export type AgencyId = Branded<'AgencyId'>
export type ClientId = Branded<'ClientId'>
/** `$1$1$` followed by base64url(SHA3-512(canonical content)); see `proofs/agreement.ts`. */
export type AgreementHash = Branded<'AgreementHash'>
export type SignalId = Branded<'SignalId'>
export type OverlapHandle = Branded<'OverlapHandle'>
export type Domain = Branded<'Domain'>
export type Purpose = Branded<'Purpose'>

export const uuidPattern =
  '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
/**
 * The client at which officers sign in themselves, so that who sits there is known. No agency's machine
 * bears this name.
 */
export const consoleClient = 'console' as ClientId

export const slugPattern = '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$'
export const agreementHashPattern = '^\\$1\\$1\\$[A-Za-z0-9_-]{86}$'

/** Formats 16 bytes as a UUID of version 4. */
export const uuidOf = (bytes: Uint8Array): string => {
  if (bytes.length !== 16) throw new RangeError('a UUID takes 16 bytes')
  const own = bytes.slice()
  own[6] = ((own[6] ?? 0) & 0x0f) | 0x40
  own[8] = ((own[8] ?? 0) & 0x3f) | 0x80
  const digits = hex(own)
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-')
}

/**
 * The short name of a display name: "Gemeente Sint-Oedenrode" → "gemeente-sint-oedenrode".
 * Total: a name without any usable character becomes "agency". Two names can share one short name;
 * the caller keeps them apart.
 */
export const slugOf = (name: string): string => {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '')
  return slug.length >= 2 ? slug : slug.length === 1 ? `${slug}${slug}` : 'agency'
}
