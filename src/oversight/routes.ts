import { Readable } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import {
  AccessExport,
  AccessExportQuery,
  AccessPage,
  AccessParams,
  AccessQuery,
  AccessReceiptQuery,
  type ExportFormat,
  rowsHeader,
} from '../wire/access.ts'
import { Receipt } from '../wire/common.ts'
import type { Accesses } from './accesses.ts'

const tags = ['oversight']

const mediaTypes: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json',
}

/** How an agency looks back, over HTTP; translation only. */
export const oversightRoutes =
  (accesses: Accesses): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: AccessQuery }>(
      '/v1/accesses',
      {
        schema: {
          operationId: 'listAccesses',
          summary: 'What was done by your agency, for it, or with its signals, the newest first',
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

    app.get<{ Querystring: AccessExportQuery }>(
      '/v1/accesses/_export',
      {
        schema: {
          operationId: 'exportAccesses',
          summary: 'All acts that a filter shows, as a table or as JSON',
          description:
            'The header raakvlak-rows tells their number, and so does the end: what ends otherwise broke off. The export stands on the ledger with its occasion, its number and a hash of its filter.',
          tags,
          querystring: AccessExportQuery,
          response: {
            200: {
              content: {
                'application/json': { schema: AccessExport },
                'text/csv': {
                  schema: Type.String({
                    description:
                      'UTF-8 with a mark, semicolons, a heading; the last line tells rows',
                  }),
                },
              },
            },
          },
        },
        config: { access: { scope: 'oversee' } },
      },
      async ({ caller, id, query }, reply) => {
        const { rows, text } = await accesses.exported({ ...caller, requestId: id }, query)
        return reply
          .header(rowsHeader, rows)
          .header('content-disposition', `attachment; filename="accesses.${query.format}"`)
          .type(mediaTypes[query.format])
          .send(Readable.from(text))
      },
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
