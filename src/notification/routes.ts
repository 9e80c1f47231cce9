import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { closed } from '../wire/common.ts'
import {
  AcknowledgeAnswer,
  AcknowledgeBody,
  NoticePage,
  NoticeSequence,
} from '../wire/notification.ts'
import type { Notifications } from './notification.ts'

const ListQuery = Type.Object({ after: Type.Optional(NoticeSequence) }, closed)
type ListQuery = { readonly after?: number }

const tags = ['notifications']

/** The inbox over HTTP; translation only. */
export const notificationRoutes =
  (notifications: Notifications): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: ListQuery }>(
      '/v1/notifications',
      {
        schema: {
          operationId: 'listNotices',
          summary: 'What you are told: without `after`, all that you have not acknowledged',
          description:
            'Poll it. A notice can come twice, under two numbers: know it by its id. What was told under an agreement that is suspended is held back meanwhile.',
          tags,
          querystring: ListQuery,
          response: { 200: NoticePage },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, query }) => notifications.list({ ...caller, requestId: id }, query.after),
    )

    app.post<{ Body: AcknowledgeBody }>(
      '/v1/notifications/_acknowledge',
      {
        schema: {
          operationId: 'acknowledgeNotices',
          summary: 'Say that you have dealt with all notices up to one',
          tags,
          body: AcknowledgeBody,
          response: { 200: AcknowledgeAnswer },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, body }) => notifications.acknowledge({ ...caller, requestId: id }, body.until),
    )
  }
