import Type, { type Static } from 'typebox'
import {
  closed,
  DomainText,
  Epoch,
  Instant,
  ListOf,
  OneOf,
  Receipt,
  Statement,
  Thumbprint,
  Uuid,
} from './common.ts'

/** What people can do with the shares of one domain and epoch, in the order of its life. */
export const ceremonyActs = ['make', 'open', 'refresh', 'close', 'destroy'] as const
export type CeremonyAct = (typeof ceremonyActs)[number]

/** Most days that two epochs can be open beside each other. */
export const longestWindowDays = 400

/**
 * Payload of a `key-ceremony`. Two administrators of each operator sign the same one; whoever
 * administers both signs once.
 */
export const CeremonyPayload = Type.Object(
  {
    audience: Type.Object({ gateway: Thumbprint, keyholder: Thumbprint }, closed),
    number: Uuid,
    act: OneOf(ceremonyActs),
    domain: DomainText,
    epoch: Epoch,
    closesAt: Type.Optional(
      Type.String({
        ...Instant,
        description: 'To open an epoch: when the one before it closes',
      }),
    ),
    issuedAt: Instant,
  },
  closed,
)
export type CeremonyPayload = Static<typeof CeremonyPayload>

export const CeremonyBody = Type.Object(
  { statements: ListOf(Statement, 20, { minItems: 1 }) },
  { ...closed, title: 'CeremonyBody' },
)
export type CeremonyBody = Static<typeof CeremonyBody>

export const CeremonyAnswer = Type.Object(
  {
    number: Uuid,
    state: OneOf(['held', 'awaiting-the-gateway'], {
      description: 'A refresh takes both operators: the keyholder waits for the gateway',
    }),
    receipts: ListOf(Receipt, 3, {
      description: 'That the ceremony stands on this ledger, and what it did',
    }),
  },
  { ...closed, title: 'Ceremony' },
)
export type CeremonyAnswer = Static<typeof CeremonyAnswer>

/** Payload of a `share-refresh`: the gateway asks the keyholder for its side of a refresh. */
export const RefreshPayload = Type.Object(
  {
    audience: Thumbprint,
    ceremony: Uuid,
    domain: DomainText,
    epoch: Epoch,
    step: Type.Union([
      Type.Object(
        {
          name: Type.Literal('prepare'),
          part: Type.String({
            maxLength: 2_000,
            description: 'The gateway’s part of the amount, encrypted to the keyholder (JWE)',
          }),
        },
        closed,
      ),
      Type.Object(
        { name: Type.Literal('switch'), generation: Type.Integer({ minimum: 2 }) },
        closed,
      ),
    ]),
  },
  closed,
)
export type RefreshPayload = Static<typeof RefreshPayload>

export const RefreshBody = Type.Object(
  { statement: Statement },
  { ...closed, title: 'RefreshBody' },
)
export type RefreshBody = Static<typeof RefreshBody>

export const RefreshAnswer = Type.Object(
  {
    prepared: Type.Optional(
      Type.Object(
        {
          manifest: Statement,
          part: Type.String({
            maxLength: 2_000,
            description: 'The keyholder’s part of the amount, encrypted to the gateway (JWE)',
          }),
        },
        closed,
      ),
    ),
  },
  { ...closed, title: 'RefreshAnswer' },
)
export type RefreshAnswer = Static<typeof RefreshAnswer>
