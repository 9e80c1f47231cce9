import type { FastifyPluginAsync } from 'fastify'
import { AccessPage, AccessParams, AccessQuery, AccessReceiptQuery } from '../wire/access.ts'
import { Receipt } from '../wire/common.ts'
import type { Accesses } from './accesses.ts'

const tags = ['oversight']

/** How an agency looks back, over HTTP; translation only. */
export const oversightRoutes =
  (accesses: Accesses): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: AccessQuery }>(
      '/v1/accesses',
      {
        schema: {
          operationId: 'listAccesses',
          summary: 'What the clients of your agency did, the newest first',
          description:
            'Permitted or refused, as the ledger has it. The address is the filter: keep it to look again. Every look stands on the ledger with its occasion.',
          tags,
          querystring: AccessQuery,
          response: { 200: AccessPage },
        },
        config: { access: { scope: 'oversee' } },
      },
      ({ caller, id, query }) => accesses.list({ ...caller, requestId: id }, query),
    )

    app.get<{ Params: AccessParams; Querystring: AccessReceiptQuery }>(
      '/v1/accesses/:index/receipt',
      {
        schema: {
          operationId: 'getAccessReceipt',
          summary: 'The receipt of one act of your agency',
          tags,
          params: AccessParams,
          querystring: AccessReceiptQuery,
          response: { 200: Receipt },
        },
        config: { access: { scope: 'oversee' } },
      },
      ({ caller, id, params, query }) =>
        accesses.receipt({ ...caller, requestId: id }, params.index, query),
    )
  }
