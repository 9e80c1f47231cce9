import Type, { type Static, type TSchema } from 'typebox'
import { agreementHashPattern, slugPattern, uuidPattern } from '../kernel/ids.ts'

/** Pieces that many schemas share. Every object refuses unknown members. */
export const closed = { additionalProperties: false } as const

type Options = { readonly description?: string }

/**
 * One of these codes. Says that it is a text: a list that asks for different items is otherwise
 * compared pair by pair, in quadratic time.
 */
export const OneOf = <const Code extends string>(codes: readonly Code[], options: Options = {}) =>
  Type.Enum<Code[]>([...codes], { ...options, type: 'string' })

/** A list of at most `most` items. */
export const ListOf = <Item extends TSchema>(
  item: Item,
  most: number,
  options: Options & { readonly minItems?: number } = {},
) => Type.Array(item, { ...options, maxItems: most })

/** Different codes out of a closed list; so there are at most as many as the list has. */
export const SomeOf = <const Code extends string>(
  codes: readonly Code[],
  options: Options & { readonly minItems?: number; readonly maxItems?: number } = {},
) => Type.Array(OneOf(codes), { maxItems: codes.length, ...options, uniqueItems: true })

/** What steers a terminal or turns the direction of text, as ranges for a character class. */
export const steeringRanges = '\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069'

/** One line for people to read: nothing in it steers a terminal or turns the direction of text. */
export const Line = (maxLength: number, options: Options = {}) =>
  Type.String({
    ...options,
    minLength: 1,
    maxLength,
    pattern: `^[^${steeringRanges}]+$`,
  })

export const AgencyIdText = Type.String({
  pattern: slugPattern,
  description: 'Short name of an agency',
})
/** Where a client may say which of its officers sits at it. */
export const officerHeader = 'raakvlak-officer'
export const officerPattern = '^[A-Za-z0-9_-]{8,64}$'
/** Means something to the officer’s agency only. */
export const OfficerText = Type.String({ pattern: officerPattern })
export const Uuid = Type.String({ pattern: uuidPattern, description: 'UUID, lower case' })
export const AgreementHashText = Type.String({
  pattern: agreementHashPattern,
  description: 'Hash of the agreement: `$1$1$` and base64url of SHA3-512 over its canonical JSON',
})
export const PurposeText = Type.String({
  pattern: slugPattern,
  description: 'Purpose of the agreement',
})
export const DomainText = Type.String({
  pattern: slugPattern,
  description: 'Pseudonymisation domain',
})
export const Epoch = Type.Integer({
  minimum: 1,
  maximum: 1_000_000,
  description: 'Period of one domain key',
})
/** Leap seconds and years that the database does not know are refused: what passes is a finite time. */
export const Instant = Type.String({
  format: 'date-time',
  pattern: '^[12][0-9]{3}-.{5}T[0-9:]{6}[0-5][0-9](?:\\.[0-9]{1,9})?Z$',
  description: 'Instant in UTC (RFC 3339), from the year 1000, without leap seconds',
})
export const Day = Type.String({
  format: 'date',
  pattern: '^[12][0-9]{3}-',
  description: 'Calendar day (RFC 3339 full-date), from the year 1000',
})
export const ContactDesk = Line(200, {
  description: 'Whom to call: a desk, not a person’s private address',
})
export const Statement = Type.String({
  pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$',
  maxLength: 400_000,
  description: 'Signed statement: compact JWS over canonical JSON',
})
/**
 * 32 bytes in base64url, in the one spelling that leaves no bit over: another one of the same key would
 * have another thumbprint, and count as another key.
 */
const bytes32Pattern = '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$'

export const Thumbprint = Type.String({
  pattern: bytes32Pattern,
  description: 'Thumbprint of a key (RFC 7638, SHA-256)',
})
export const PublicKey = Type.Object(
  {
    kty: OneOf(['OKP', 'EC']),
    crv: OneOf(['Ed25519', 'X25519', 'P-256']),
    x: Type.String({ pattern: bytes32Pattern }),
    y: Type.Optional(Type.String({ pattern: bytes32Pattern })),
  },
  { ...closed, title: 'PublicKey', description: 'Public key as JWK (RFC 7517); no private member' },
)
export type PublicKey = Static<typeof PublicKey>

/** A receipt: proof that an act stands on an operator's ledger. Checked offline by `proofs/receipt.ts`. */
export const Receipt = Type.Object(
  {
    version: Type.Literal(1),
    origin: Type.String({ maxLength: 200 }),
    index: Type.Integer({ minimum: 0 }),
    commitment: Type.String({ maxLength: 64 }),
    salt: Type.Optional(Type.String({ maxLength: 64 })),
    entry: Type.Optional(Type.String({ maxLength: 20_000 })),
    checkpoint: Type.String({ maxLength: 4_000 }),
    inclusion: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 63 }),
  },
  {
    ...closed,
    title: 'Receipt',
    description: 'Proof that an act stands on the ledger; verifiable offline',
  },
)
export type Receipt = Static<typeof Receipt>
