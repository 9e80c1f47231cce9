import Type, { type Static } from 'typebox'
import { noticeKinds } from './codes/notices.ts'
import { codesOf } from './codes.ts'
import { closed, Instant, ListOf, OneOf, PublicKey, Statement, Thumbprint, Uuid } from './common.ts'
import { NoticeSequence, noticesPerPage } from './notification.ts'

/** Webhooks that one agency has at most. */
export const mostWebhooks = 5

/** Type of the events that tell of a notice, by its kind; after the name of this system. */
export const eventTypeOf = (kind: string): string => `nl.raakvlak.notices.${kind}.v1`
export const challengeType = 'nl.raakvlak.webhooks.challenged.v1'
export const eventContentType = 'application/cloudevents+json'
/** The tag of the signatures over what is sent to webhooks. */
export const signatureTag = 'raakvlak-webhook'

const Attributes = {
  specversion: Type.Literal('1.0'),
  id: Type.String({ ...Uuid, description: 'The same, however often it is sent' }),
  source: Type.String({ maxLength: 500 }),
  time: Instant,
}

/** A notice on its way: a CloudEvent after the NL GOV profile, without any data. */
export const NoticeEvent = Type.Object(
  {
    ...Attributes,
    type: OneOf(codesOf(noticeKinds).map(eventTypeOf)),
    sequence: Type.String({ pattern: '^[1-9][0-9]{0,15}$' }),
    sequencetype: Type.Literal('Integer'),
    dataref: Type.String({ maxLength: 1_000 }),
  },
  { ...closed, title: 'NoticeEvent' },
)
export type NoticeEvent = Static<typeof NoticeEvent>

/** Asks a receiver whether it is there and wants to be told. */
export const ChallengeEvent = Type.Object(
  {
    ...Attributes,
    type: Type.Literal(challengeType),
    data: Type.Object({ challenge: Type.String({ minLength: 43, maxLength: 43 }) }, closed),
  },
  { ...closed, title: 'ChallengeEvent' },
)
export type ChallengeEvent = Static<typeof ChallengeEvent>

/** Payload of a `webhook-answer`: the receiver's word, under the key that was registered. */
export const WebhookAnswerPayload = Type.Object(
  {
    challenge: Type.String({ maxLength: 43 }),
    url: Type.String({ maxLength: 500 }),
  },
  closed,
)
export type WebhookAnswerPayload = Static<typeof WebhookAnswerPayload>

/** What a receiver answers to a challenge. */
export const ChallengeAnswer = Type.Object({ answer: Statement }, closed)

/** Payload of `notification-keys`: the gateway's root vouches for the keys that sign what it sends. */
export const NotificationKeysPayload = Type.Object(
  { keys: ListOf(PublicKey, 10, { minItems: 1 }), issuedAt: Instant },
  closed,
)
export type NotificationKeysPayload = Static<typeof NotificationKeysPayload>

export const NotificationKeys = Type.Object(
  {
    keys: ListOf(
      Type.Object(
        {
          ...PublicKey.properties,
          kid: Thumbprint,
          alg: Type.Literal('EdDSA'),
          use: Type.Literal('sig'),
        },
        closed,
      ),
      10,
    ),
    statement: Statement,
  },
  {
    ...closed,
    title: 'NotificationKeys',
    description:
      'Keys that sign what is sent to webhooks, as a JWK Set (RFC 7517); believe the statement, which the gateway’s root key signed',
  },
)
export type NotificationKeys = Static<typeof NotificationKeys>

export const WebhookBody = Type.Object(
  {
    url: Type.String({
      minLength: 10,
      maxLength: 500,
      description: 'Where it is told: https, at a public address, without credentials',
    }),
    keyThumbprint: Type.String({
      ...Thumbprint,
      description: 'Of the receiver’s own key, under which it answers the challenge',
    }),
  },
  { ...closed, title: 'WebhookBody' },
)
export type WebhookBody = Static<typeof WebhookBody>

/** What became of one attempt. */
export const attemptResults = [
  'accepted',
  'refused',
  'redirected',
  'timeout',
  'unreachable',
  'untrusted-certificate',
  'forbidden-address',
  'wrong-answer',
] as const
const AttemptResult = OneOf(attemptResults)
export type AttemptResult = (typeof attemptResults)[number]

const Status = Type.Integer({ minimum: 100, maximum: 999 })

export const Webhook = Type.Object(
  {
    id: Uuid,
    url: Type.String({ maxLength: 500 }),
    keyThumbprint: Thumbprint,
    state: OneOf(['unconfirmed', 'active', 'paused'], {
      description: 'Only to an active one anything is sent; test it to make it so',
    }),
    registeredAt: Instant,
    confirmedAt: Type.Optional(Instant),
    waiting: Type.Integer({ description: 'Notices that were not delivered yet' }),
    dead: Type.Integer({ description: 'Notices that were given up; have them delivered again' }),
  },
  { ...closed, title: 'Webhook' },
)
export type Webhook = Static<typeof Webhook>

export const WebhookList = Type.Object(
  { webhooks: ListOf(Webhook, mostWebhooks) },
  { ...closed, title: 'WebhookList' },
)
export type WebhookList = Static<typeof WebhookList>

export const WebhookTest = Type.Object(
  { webhook: Webhook, result: AttemptResult, status: Type.Optional(Status) },
  { ...closed, title: 'WebhookTest', description: 'How the receiver answered the challenge' },
)
export type WebhookTest = Static<typeof WebhookTest>

export const RedeliverBody = Type.Union(
  [
    Type.Object({ notice: Uuid }, closed),
    Type.Object({ from: Type.Integer({ ...NoticeSequence, minimum: 1 }) }, closed),
  ],
  { title: 'RedeliverBody', description: 'One notice, or all from a number on' },
)
export type RedeliverBody = Static<typeof RedeliverBody>

export const RedeliverAnswer = Type.Object(
  { waiting: Type.Integer({ description: 'Notices that wait to be delivered' }) },
  { ...closed, title: 'RedeliverAnswer' },
)
export type RedeliverAnswer = Static<typeof RedeliverAnswer>

export const deliveryStates = ['waiting', 'delivered', 'dead'] as const

export const Delivery = Type.Object(
  {
    webhook: Uuid,
    notice: Uuid,
    sequence: NoticeSequence,
    kind: OneOf(codesOf(noticeKinds)),
    state: OneOf(deliveryStates),
    attempts: Type.Integer(),
    attemptedAt: Type.Optional(Instant),
    result: Type.Optional(AttemptResult),
    status: Type.Optional(Status),
  },
  { ...closed, title: 'Delivery' },
)
export type Delivery = Static<typeof Delivery>

export const DeliveryPage = Type.Object(
  {
    deliveries: ListOf(Delivery, noticesPerPage * mostWebhooks),
    next: Type.Optional(
      Type.Integer({ description: 'There is more: ask again with this as `after`' }),
    ),
  },
  { ...closed, title: 'DeliveryPage' },
)
export type DeliveryPage = Static<typeof DeliveryPage>
