import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { closed, OneOf, Uuid } from '../wire/common.ts'
import { NoticeSequence } from '../wire/notification.ts'
import { Acknowledgement } from '../wire/registry.ts'
import {
  type Delivery,
  DeliveryPage,
  deliveryStates,
  NotificationKeys,
  RedeliverAnswer,
  RedeliverBody,
  WebhookBody,
  WebhookList,
  WebhookTest,
} from '../wire/webhook.ts'
import type { Webhooks } from './webhooks.ts'

const ById = Type.Object({ id: Uuid }, closed)
type ById = { Params: { id: string } }

const DeliveryQuery = Type.Object(
  { after: Type.Optional(NoticeSequence), state: Type.Optional(OneOf(deliveryStates)) },
  closed,
)
type DeliveryQuery = { readonly after?: number; readonly state?: Delivery['state'] }

const tags = ['notifications']

/** Webhooks over HTTP; translation only. */
export const webhookRoutes =
  (webhooks: Webhooks, keys: NotificationKeys): FastifyPluginAsync =>
  async (app) => {
    app.get(
      '/v1/notifications/keys',
      {
        schema: {
          operationId: 'getNotificationKeys',
          summary: 'The keys that sign what is sent to webhooks',
          tags,
          response: { 200: NotificationKeys },
        },
        config: { access: 'public' },
      },
      async () => keys,
    )

    app.post<{ Body: WebhookBody }>(
      '/v1/notifications/webhooks',
      {
        schema: {
          operationId: 'registerWebhook',
          summary: 'Say where a system of yours is told; it has to answer a challenge',
          tags,
          body: WebhookBody,
          response: { 201: WebhookTest },
        },
        config: { access: { scope: 'notify' } },
      },
      async ({ caller, id, body }, reply) => {
        const tried = await webhooks.register({ ...caller, requestId: id }, body)
        reply.code(201)
        return tried
      },
    )

    app.get(
      '/v1/notifications/webhooks',
      {
        schema: {
          operationId: 'listWebhooks',
          summary: 'Your webhooks, and how they stand',
          tags,
          response: { 200: WebhookList },
        },
        config: { access: { scope: 'read' } },
      },
      async ({ caller, id }) => ({
        webhooks: await webhooks.list({ ...caller, requestId: id }),
      }),
    )

    app.post<ById>(
      '/v1/notifications/webhooks/:id/_test',
      {
        schema: {
          operationId: 'testWebhook',
          summary: 'Send a challenge; answered, it is told from then on, also after a pause',
          tags,
          params: ById,
          response: { 200: WebhookTest },
        },
        config: { access: { scope: 'notify' } },
      },
      ({ caller, id, params }) => webhooks.test({ ...caller, requestId: id }, params.id),
    )

    app.post<ById & { Body: RedeliverBody }>(
      '/v1/notifications/webhooks/:id/_redeliver',
      {
        schema: {
          operationId: 'redeliverNotices',
          summary: 'Have one notice, or all from a number on, sent again',
          tags,
          params: ById,
          body: RedeliverBody,
          response: { 200: RedeliverAnswer },
        },
        config: { access: { scope: 'notify' } },
      },
      ({ caller, id, params, body }) =>
        webhooks.redeliver({ ...caller, requestId: id }, params.id, body),
    )

    app.post<ById>(
      '/v1/notifications/webhooks/:id/_remove',
      {
        schema: {
          operationId: 'removeWebhook',
          summary: 'End the sending to a webhook, for good',
          tags,
          params: ById,
          response: { 200: Acknowledgement },
        },
        config: { access: { scope: 'notify' } },
      },
      async ({ caller, id, params }) => {
        await webhooks.remove({ ...caller, requestId: id }, params.id)
        return { accepted: true as const }
      },
    )

    app.get<{ Querystring: DeliveryQuery }>(
      '/v1/notifications/deliveries',
      {
        schema: {
          operationId: 'listDeliveries',
          summary:
            'What became of your notices at your webhooks; `dead` are those that were given up',
          tags,
          querystring: DeliveryQuery,
          response: { 200: DeliveryPage },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, query }) => webhooks.deliveries({ ...caller, requestId: id }, query),
    )
  }
