import type { FastifyPluginAsync } from 'fastify'
import { actorOf } from '../ledger/actor.ts'
import { RecallList } from '../wire/recall.ts'
import { Acknowledgement, StatementBody } from '../wire/registry.ts'
import type { Recalls } from './recalls.ts'

const tags = ['disclosures']

/** Texts that were opened and whose signal changed afterwards. Translation only. */
export const recallRoutes =
  (recalls: Recalls): FastifyPluginAsync =>
  async (app) => {
    app.get(
      '/v1/recalls',
      {
        schema: {
          operationId: 'listRecalls',
          summary:
            'Opened texts whose signal was corrected, restricted or ended, and what their receivers did',
          tags,
          response: { 200: RecallList },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller: { agency, ...machine }, id: requestId }) =>
        recalls.list({ agency, ...actorOf(machine), requestId }),
    )

    app.post<{ Body: StatementBody }>(
      '/v1/recall-confirmations',
      {
        schema: {
          operationId: 'confirmRecall',
          summary: 'Say what you did with a text whose signal was corrected, restricted or ended',
          description: 'Signed. You are reminded until you do.',
          tags,
          body: StatementBody,
          response: { 200: Acknowledgement },
        },
        config: { access: 'statement' },
      },
      async ({ body }) => {
        await recalls.confirm(body.statement)
        return { accepted: true as const }
      },
    )
  }
