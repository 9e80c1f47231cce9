import type { JWK } from 'jose'
import { Compile } from 'typebox/compile'
import { textOf } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { BrokenSignature, verifyPost } from '../proofs/http-signature.ts'
import { payloadReader } from '../proofs/payload.ts'
import { type PrivateJwk, readStatement, signStatement } from '../proofs/statement.ts'
import {
  ChallengeEvent,
  eventContentType,
  NoticeEvent,
  type NotificationKeys,
  NotificationKeysPayload,
  signatureTag,
  type WebhookAnswerPayload,
} from '../wire/webhook.ts'

const noticeEvent = Compile(NoticeEvent)
const challengeEvent = Compile(ChallengeEvent)
const readKeys = payloadReader(NotificationKeysPayload)

/** How old what is received may be: a retry is signed anew. */
const maxAgeSeconds = 300

/** Something that came to a webhook and is not to be acted on. */
export class RefusedNotification extends Error {
  readonly reason: 'signature' | 'digest' | 'form' | 'replayed'
  constructor(reason: RefusedNotification['reason'], message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'RefusedNotification'
    this.reason = reason
  }
}

/**
 * The keys that sign what a gateway sends, believed because the root key that was pinned out of band
 * vouches for them; never because the gateway says so.
 * @throws StatementError
 */
export async function trustNotificationKeys(
  { statement }: Pick<NotificationKeys, 'statement'>,
  gatewayRootThumbprint: string,
): Promise<readonly JWK[]> {
  return readKeys(await readStatement('notification-keys', statement, gatewayRootThumbprint)).keys
}

/** A request as it came to a webhook. */
export type ReceivedRequest = {
  /** Names in lower case, as Node has them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Exactly as it came, before anything reads it. */
  readonly body: Uint8Array
}

/** What came: a notice, or a challenge to be answered with `answerChallenge`. */
export type Received =
  | { readonly kind: 'notice'; readonly event: NoticeEvent }
  | { readonly kind: 'challenge'; readonly event: ChallengeEvent }

function formOf(body: Uint8Array): Received {
  let content: unknown
  try {
    content = JSON.parse(textOf(body))
  } catch (cause) {
    throw new RefusedNotification('form', 'the body is not JSON', cause)
  }
  if (noticeEvent.Check(content)) return { kind: 'notice', event: content }
  if (challengeEvent.Check(content)) return { kind: 'challenge', event: content }
  throw new RefusedNotification('form', 'the body is no event that is known')
}

/**
 * Verifies what came to a webhook: the gateway’s signature over the method, this very address and the body,
 * made within the last five minutes, the form of the event, and that its id did not come before. Answer
 * one that came before (`replayed`) with 200 and do nothing: the gateway did not hear the first answer. Does not say what the
 * notice is about: look it up at its `dataref`, at the gateway that you pinned.
 * @param url as it was registered, to the letter
 * @param remember keeps an id; false when it knew that already. Keep ids for as long as you act on notices
 * @throws RefusedNotification
 */
export async function verifyNotification(
  { headers, body }: ReceivedRequest,
  {
    url,
    keys,
    clock,
    remember,
  }: {
    readonly url: string
    readonly keys: readonly JWK[]
    readonly clock: Clock
    readonly remember: (id: string) => boolean | Promise<boolean>
  },
): Promise<Received> {
  const single = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  )
  try {
    await verifyPost(
      { url, tag: signatureTag },
      { headers: single, body, keys, at: clock.now(), maxAgeSeconds },
    )
  } catch (error) {
    if (!(error instanceof BrokenSignature)) throw error
    throw new RefusedNotification(error.reason, error.message, error)
  }
  if (single['content-type'] !== eventContentType) {
    throw new RefusedNotification('form', 'this is no event')
  }
  const received = formOf(body)
  if (!(await remember(received.event.id))) {
    throw new RefusedNotification('replayed', 'this came before')
  }
  return received
}

/**
 * The body of the answer to a challenge, to be sent with status 200 as JSON.
 * @param key the receiver’s own, whose thumbprint was registered
 */
export async function answerChallenge(
  { data: { challenge } }: ChallengeEvent,
  url: string,
  key: PrivateJwk,
): Promise<{ readonly answer: string }> {
  const payload: WebhookAnswerPayload = { challenge, url }
  return { answer: await signStatement('webhook-answer', payload, key) }
}
