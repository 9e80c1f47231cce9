import { sha256 } from '@noble/hashes/sha2.js'
import { Compile } from 'typebox/compile'
import type { Asker } from '../decisions/types.ts'
import { base64url, textOf, utf8 } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId } from '../kernel/ids.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { signPost } from '../proofs/http-signature.ts'
import { payloadReader } from '../proofs/payload.ts'
import { type PrivateJwk, readStatement } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import { noticesPerPage } from '../wire/notification.ts'
import {
  type AttemptResult,
  ChallengeAnswer,
  type Delivery,
  type DeliveryPage,
  eventContentType,
  mostWebhooks,
  type RedeliverAnswer,
  type RedeliverBody,
  signatureTag,
  type Webhook,
  WebhookAnswerPayload,
  type WebhookBody,
  type WebhookTest,
} from '../wire/webhook.ts'
import type { Destinations } from './destination.ts'
import { bytesOf, challengeEventOf, type EventSource } from './event.ts'
import type { OwnActs } from './own-acts.ts'
import type { Answer, Sender } from './sender.ts'
import * as store from './webhook-store.ts'

export type Webhooks = ReturnType<typeof openWebhooks>

const challengeAnswer = Compile(ChallengeAnswer)
const readAnswer = payloadReader(WebhookAnswerPayload)

const hashOfUrl = (url: string): string => base64url(sha256(utf8(url)))

const viewOf = (row: store.CountedWebhook): Webhook => ({
  id: row.id,
  url: row.url,
  keyThumbprint: row.key_thumbprint,
  state: row.state,
  registeredAt: row.made_at.toISOString(),
  ...(row.confirmed_at === null ? {} : { confirmedAt: row.confirmed_at.toISOString() }),
  waiting: row.waiting,
  dead: row.dead,
})

/**
 * Webhooks: where an agency’s own systems are told. Nothing is told to one before it has answered a
 * random challenge under the key that was registered with it, so that nobody is sent anything that did
 * not ask for it. Where it may stand is looked at anew whenever something is sent.
 */
export function openWebhooks({
  clock,
  random,
  db,
  ledger,
  own,
  destinations,
  sender,
  key,
  source,
  askToDeliver,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly own: OwnActs
  readonly destinations: Destinations
  readonly sender: Sender
  readonly key: PrivateJwk
  readonly source: EventSource
  readonly askToDeliver: (tx: Tx) => Promise<void>
}) {
  /** A webhook as it stands now; what is held back is not counted. */
  const one = (agency: AgencyId, id: string): Promise<Webhook> =>
    transact(db, 'webhook/view', async (tx) => {
      await own.inOrder(tx, agency, 'delivery')
      const found = (await store.webhooksOf(tx, agency)).find((row) => row.id === id)
      if (found === undefined) throw new Fault('notification/not-found')
      return viewOf(found)
    })

  /** Whether the answer is the receiver’s word on this challenge, for this address, under its key. */
  async function isAnswered(
    { body }: Answer,
    { url, keyThumbprint }: WebhookBody,
    challenge: string,
  ): Promise<boolean> {
    try {
      const said: unknown = JSON.parse(textOf(body ?? new Uint8Array()))
      if (!challengeAnswer.Check(said)) return false
      const word = readAnswer(await readStatement('webhook-answer', said.answer, keyThumbprint))
      return word.challenge === challenge && word.url === url
    } catch {
      return false
    }
  }

  /** Sends a challenge; what the receiver made of it. */
  async function challenge(webhook: WebhookBody): Promise<Answer> {
    const asked = base64url(random.bytes(32))
    const at = clock.now()
    const body = bytesOf(challengeEventOf(source, { id: randomUuid(random), challenge: asked, at }))
    const headers = await signPost(
      { url: webhook.url, tag: signatureTag },
      { body, contentType: eventContentType, key, at },
    )
    const answer = await sender.post(webhook.url, { ...headers }, body)
    if (answer.result !== 'accepted' || (await isAnswered(answer, webhook, asked))) return answer
    return { ...answer, result: 'wrong-answer' }
  }

  async function confirm(tx: Tx, agency: AgencyId, id: string, url: string): Promise<void> {
    await ledger.append(tx, [
      { kind: 'webhook.confirm', agency, webhook: id, urlHash: hashOfUrl(url) },
    ])
    if (await store.activate(tx, id, clock.now())) await askToDeliver(tx)
  }

  /** Tries a webhook out, after the commit of the act that asked for it. */
  async function tryOut(agency: AgencyId, id: string): Promise<WebhookTest> {
    const { url, keyThumbprint } = await one(agency, id)
    const { result, status } = await challenge({ url, keyThumbprint })
    if (result === 'accepted') {
      await transact(db, 'notification/confirm', (tx) => confirm(tx, agency, id, url))
    }
    const said: { result: AttemptResult; status?: number } =
      status === undefined ? { result } : { result, status }
    return { webhook: await one(agency, id), ...said }
  }

  /** One act on one webhook of the asker’s. */
  async function onWebhook<Result>(
    act: 'webhook.test' | 'webhook.redeliver' | 'webhook.remove',
    asker: Asker,
    id: string,
    work: (tx: Tx) => Promise<Result | Fault>,
  ): Promise<Result> {
    const result = await transact(db, act.replace('.', '/'), async (tx) => {
      if (act === 'webhook.redeliver') await own.inOrder(tx, asker.agency)
      const known = await store.findWebhook(tx, asker.agency, id)
      const fault = await own.append(
        tx,
        { kind: act, webhook: id },
        asker,
        known === undefined ? new Fault('notification/not-found') : undefined,
      )
      return { done: fault ?? (await work(tx)) }
    })
    if (result.done instanceof Fault) throw result.done
    return result.done
  }

  return {
    /**
     * Registers where the agency wants to be told, and tries it out at once. The same again is welcome,
     * and tries it again.
     * @throws Fault notification/invalid-webhook, notification/too-many-webhooks
     */
    async register(asker: Asker, body: WebhookBody): Promise<WebhookTest> {
      const { url, keyThumbprint } = body
      const problems = destinations.problemsOf(url)
      const forbidden = problems.length === 0 && (await destinations.find(url)) === 'forbidden'
      if (forbidden) problems.push('it does not stand at public addresses only')
      const invalid =
        problems.length === 0
          ? undefined
          : new Fault(
              'notification/invalid-webhook',
              problems.map((message) => ({ at: '/url', message })),
            )
      const result = await transact(db, 'webhook/register', async (tx) => {
        await ledger.hold(tx)
        const standing = await store.webhooksOf(tx, asker.agency)
        const same = standing.find((row) => row.url === url && row.key_thumbprint === keyThumbprint)
        const full =
          same === undefined && standing.length >= mostWebhooks
            ? new Fault('notification/too-many-webhooks')
            : undefined
        const id = same?.id ?? randomUuid(random)
        const refusal = invalid ?? full
        const fault = await own.append(
          tx,
          {
            kind: 'webhook.register',
            ...(refusal === undefined ? { webhook: id } : {}),
            urlHash: hashOfUrl(url),
          },
          asker,
          refusal,
        )
        if (fault !== undefined) return { fault }
        if (same === undefined) {
          const row = { id, agency_id: asker.agency, url, key_thumbprint: keyThumbprint }
          await store.addWebhook(tx, row, clock.now())
        }
        return { id }
      })
      if (result.fault !== undefined) throw result.fault
      return tryOut(asker.agency, result.id)
    },

    /** Sends a challenge. When it is answered, notices are sent from then on, also to one that was paused. */
    async test(asker: Asker, id: string): Promise<WebhookTest> {
      await onWebhook('webhook.test', asker, id, async () => undefined)
      return tryOut(asker.agency, id)
    },

    /** Ends the sending, for good; what waited is forgotten. The inbox stays as it is. */
    remove: (asker: Asker, id: string): Promise<void> =>
      onWebhook('webhook.remove', asker, id, (tx) => store.removeWebhook(tx, id)),

    /** Has a notice of the inbox, or all from a number on, sent again. */
    redeliver: (asker: Asker, id: string, body: RedeliverBody): Promise<RedeliverAnswer> =>
      onWebhook('webhook.redeliver', asker, id, async (tx) => {
        const waiting = await store.deliverAgain(tx, id, asker.agency, body, clock.now())
        if ('notice' in body && waiting === 0) return new Fault('notification/not-found')
        await askToDeliver(tx)
        return { waiting }
      }),

    async list(asker: Asker): Promise<Webhook[]> {
      const result = await transact(db, 'webhook/list', async (tx) => {
        await own.inOrder(tx, asker.agency)
        const fault = await own.append(tx, { kind: 'webhook.list' }, asker)
        return fault === undefined
          ? { webhooks: (await store.webhooksOf(tx, asker.agency)).map(viewOf) }
          : { fault }
      })
      if (result.fault !== undefined) throw result.fault
      return result.webhooks
    },

    /** Since when anything has been due to any agency and not been sent; undefined when nothing is. */
    dueSince: (): Promise<Date | undefined> => store.dueSince(db, clock.now()),

    /** What became of notices at the webhooks, in the order of the inbox. */
    async deliveries(
      asker: Asker,
      query: { readonly after?: number; readonly state?: Delivery['state'] },
    ): Promise<DeliveryPage> {
      const result = await transact(db, 'webhook/deliveries', async (tx) => {
        const { suspended } = await own.inOrder(tx, asker.agency)
        const fault = await own.append(tx, { kind: 'webhook.list' }, asker)
        if (fault !== undefined) return { fault }
        const found = await store.deliveriesAfter(tx, asker.agency, {
          after: query.after ?? 0,
          state: query.state,
          without: suspended,
          limit: noticesPerPage + 1,
        })
        return { page: pageOf(found.map(deliveryOf)) }
      })
      if (result.fault !== undefined) throw result.fault
      return result.page
    },
  }
}

const deliveryOf = (row: Awaited<ReturnType<typeof store.deliveriesAfter>>[number]): Delivery => ({
  webhook: row.webhook_id,
  notice: row.notice_id,
  sequence: row.sequence,
  kind: row.kind as Delivery['kind'],
  state: row.state,
  attempts: row.attempts,
  ...(row.attempted_at === null ? {} : { attemptedAt: row.attempted_at.toISOString() }),
  ...(row.result === null ? {} : { result: row.result as AttemptResult }),
  ...(row.status === null ? {} : { status: row.status }),
})

/** A page ends between two notices, never between two webhooks of one. */
function pageOf(found: readonly Delivery[]): DeliveryPage {
  const numbers = [...new Set(found.map(({ sequence }) => sequence))]
  const last = numbers[noticesPerPage - 1]
  if (numbers.length <= noticesPerPage || last === undefined) return { deliveries: [...found] }
  return { deliveries: found.filter(({ sequence }) => sequence <= last), next: last }
}
