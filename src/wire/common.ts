import Type, { type Static } from 'typebox'
import { agreementHashPattern, slugPattern, uuidPattern } from '../kernel/ids.ts'

/** Pieces that many schemas share. Every object refuses unknown members. */
export const closed = { additionalProperties: false } as const

export const AgencyIdText = Type.String({
  pattern: slugPattern,
  description: 'Short name of an agency',
})
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
export const Instant = Type.String({
  format: 'date-time',
  description: 'Instant in UTC (RFC 3339)',
})
export const Day = Type.String({ format: 'date', description: 'Calendar day (RFC 3339 full-date)' })
export const ContactDesk = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'Whom to call: a desk, not a person’s private address',
})
export const Statement = Type.String({
  pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$',
  maxLength: 400_000,
  description: 'Signed statement: compact JWS over canonical JSON',
})
export const Thumbprint = Type.String({
  pattern: '^[A-Za-z0-9_-]{43}$',
  description: 'Thumbprint of a key (RFC 7638, SHA-256)',
})
export const PublicKey = Type.Object(
  {
    kty: Type.Enum(['OKP', 'EC']),
    crv: Type.Enum(['Ed25519', 'X25519', 'P-256']),
    x: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
    y: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })),
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
