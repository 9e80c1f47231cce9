import type { FastifyPluginAsync } from 'fastify'
import { ArchivePage, ArchiveQuery } from '../wire/archive.ts'
import type { Archive } from './archive.ts'

/** The archive over HTTP; translation only. What is archived is withdrawn as any signal is. */
export const archiveRoutes =
  (archive: Archive): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: ArchiveQuery }>(
      '/v1/archived-signals',
      {
        schema: {
          operationId: 'listArchivedSignals',
          summary: 'Your own expired signals that are still recognised once',
          description: 'Withdraw one to take it out of the archive.',
          tags: ['signals'],
          querystring: ArchiveQuery,
          response: { 200: ArchivePage },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, query }) => archive.list({ ...caller, requestId: id }, query),
    )
  }
