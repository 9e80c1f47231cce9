import { Readable } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { AuditQuery } from '../wire/audit.ts'
import type { Audit } from './audit.ts'

/** The evidence of a year over HTTP; translation only. */
export const auditRoutes =
  (audit: Audit): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: AuditQuery }>(
      '/v1/audit-package',
      {
        schema: {
          operationId: 'getAuditPackage',
          summary: 'The evidence of a year of your agency, as a zip that verifies itself',
          description:
            'Open index.html in it, run verify.mjs, or use `raakvlak audit verify`. Stands on the ledger with its occasion before the first byte leaves. A zip that broke off is no package.',
          tags: ['oversight'],
          querystring: AuditQuery,
          response: {
            200: {
              content: {
                'application/zip': {
                  schema: Type.String({ format: 'binary', description: 'The package' }),
                },
              },
            },
          },
        },
        config: { access: { scope: 'oversee' } },
      },
      async ({ caller, id, query }, reply) => {
        const pieces = await audit.package({ ...caller, requestId: id }, query)
        return reply
          .header(
            'content-disposition',
            `attachment; filename="wpg-audit-${caller.agency}-${query.year}.zip"`,
          )
          .type('application/zip')
          .send(Readable.from(pieces))
      },
    )
  }
