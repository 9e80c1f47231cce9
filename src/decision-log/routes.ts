import type { FastifyPluginAsync } from 'fastify'
import { linesOf } from '../processing-log/lines.ts'
import { DecisionRecord } from '../wire/decision-log.ts'
import { LogQuery, ndjsonType } from '../wire/processing-log.ts'
import type { DecisionLog } from './decision-log.ts'

/** How an agency reads its log of decisions, over HTTP; translation only. */
export const decisionLogRoutes =
  (log: DecisionLog): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: LogQuery }>(
      '/v1/decision-log',
      {
        schema: {
          operationId: 'exportDecisionLog',
          summary: 'The log of decisions of your agency, a record a line',
          description:
            'Authorization Decision Log: permits and refusals, the oldest first. Every reading stands on the ledger with its occasion.',
          tags: ['oversight'],
          querystring: LogQuery,
          response: { 200: { content: { [ndjsonType]: { schema: DecisionRecord } } } },
        },
        config: { access: { scope: 'oversee' } },
      },
      async ({ caller, id, query }, reply) =>
        reply.type(ndjsonType).send(linesOf(await log.stream({ ...caller, requestId: id }, query))),
    )
  }
