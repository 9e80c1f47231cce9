import type { JWK } from 'jose'
import { Compile } from 'typebox/compile'
import { Acknowledgement } from '../wire/registry.ts'
import {
  type Delivery,
  DeliveryPage,
  NotificationKeys,
  RedeliverAnswer,
  type RedeliverBody,
  type Webhook,
  type WebhookBody,
  WebhookList,
  WebhookTest,
} from '../wire/webhook.ts'
import type { Answers } from './answers.ts'
import type { PinnedOperators } from './operators.ts'
import { trustNotificationKeys } from './webhook-receiver.ts'

const notificationKeys = Compile(NotificationKeys)
const webhookList = Compile(WebhookList)
const webhookTest = Compile(WebhookTest)
const redeliverAnswer = Compile(RedeliverAnswer)
const deliveryPage = Compile(DeliveryPage)
const acknowledgement = Compile(Acknowledgement)

const path = '/v1/notifications/webhooks'

/** Where systems of the agency are told, as the gateway has it. */
export const openWebhooks = ({ read, write }: Answers, pins: PinnedOperators) => ({
  /** The keys that sign what the gateway sends, trusted under its pinned root. */
  keys: async (): Promise<readonly JWK[]> =>
    trustNotificationKeys(
      await read(notificationKeys, '/v1/notifications/keys'),
      pins.gateway.rootThumbprint,
    ),

  list: async (): Promise<Webhook[]> => (await read(webhookList, path)).webhooks,

  /** The receiver is sent a challenge at once, and told from when it answered. */
  register: (webhook: WebhookBody): Promise<WebhookTest> => write(webhookTest, path, webhook),

  /** Sends a challenge; also how a webhook that was paused is told again. */
  test: (id: string): Promise<WebhookTest> => write(webhookTest, `${path}/${id}/_test`, {}),

  redeliver: (id: string, which: RedeliverBody): Promise<RedeliverAnswer> =>
    write(redeliverAnswer, `${path}/${id}/_redeliver`, which),

  async remove(id: string): Promise<void> {
    await write(acknowledgement, `${path}/${id}/_remove`, {})
  },

  /** What became of notices at the webhooks, all or those in one state. */
  async deliveries(state?: Delivery['state']): Promise<Delivery[]> {
    const deliveries: Delivery[] = []
    let after: number | undefined
    do {
      const query = new URLSearchParams({
        ...(state === undefined ? {} : { state }),
        ...(after === undefined ? {} : { after: String(after) }),
      })
      const page: DeliveryPage = await read(deliveryPage, `/v1/notifications/deliveries?${query}`)
      deliveries.push(...page.deliveries)
      after = page.next
    } while (after !== undefined)
    return deliveries
  },
})
