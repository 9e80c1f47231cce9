import type { FastifyPluginAsync } from 'fastify'
import { Fault } from '../kernel/fault.ts'
import {
  ActivityParams,
  LogQuery,
  ndjsonType,
  ProcessingActivities,
  ProcessingActivity,
  ProcessingPage,
  ProcessingRecord,
  ReadProcessingBody,
} from '../wire/processing-log.ts'
import { type Activities, activitiesPath } from './activities.ts'
import { linesOf } from './lines.ts'
import type { ProcessingLog } from './processing-log.ts'

const tags = ['oversight']

/** The published register of processing activities, to which records point; at both operators. */
export const activityRoutes =
  (activities: Activities): FastifyPluginAsync =>
  async (app) => {
    app.get(
      activitiesPath,
      {
        schema: {
          operationId: 'listProcessingActivities',
          summary: 'The register of processing activities of this operator, every version',
          tags,
          response: { 200: ProcessingActivities },
        },
        config: { access: 'public' },
      },
      async (): Promise<ProcessingActivities> => ({ activities: [...activities.published] }),
    )

    app.get<{ Params: ActivityParams }>(
      `${activitiesPath}/:activity/:version`,
      {
        schema: {
          operationId: 'getProcessingActivity',
          summary: 'One processing activity in one version',
          description: 'Its address is the `dpl.core.processing_activity_id` of records.',
          tags,
          params: ActivityParams,
          response: { 200: ProcessingActivity },
        },
        config: { access: 'public' },
      },
      async ({ params: { activity, version } }) => {
        const found = activities.published.find(({ id }) => id.endsWith(`/${activity}/${version}`))
        if (found === undefined) throw new Fault('oversight/not-found')
        return found
      },
    )
  }

/** How an agency reads its log of processing, over HTTP; translation only. */
export const processingLogRoutes =
  (log: ProcessingLog): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: ReadProcessingBody }>(
      activitiesPath,
      {
        schema: {
          operationId: 'readProcessing',
          summary: 'Records of processing of your agency, by trace, activity or subject',
          description:
            'Reading extension of Logboek Dataverwerkingen; a page at a time, the oldest first. Every reading stands on the ledger with its occasion.',
          tags,
          body: ReadProcessingBody,
          response: { 200: ProcessingPage },
        },
        config: { access: { scope: 'oversee' } },
      },
      ({ caller, id, body }) => log.page({ ...caller, requestId: id }, body),
    )

    app.get<{ Querystring: LogQuery }>(
      '/v1/processing-log',
      {
        schema: {
          operationId: 'exportProcessingLog',
          summary: 'The log of processing of your agency, a record a line',
          description:
            'What your agency did and what was done for it, refused acts too, the oldest first. Every reading stands on the ledger with its occasion.',
          tags,
          querystring: LogQuery,
          response: { 200: { content: { [ndjsonType]: { schema: ProcessingRecord } } } },
        },
        config: { access: { scope: 'oversee' } },
      },
      async ({ caller, id, query }, reply) =>
        reply.type(ndjsonType).send(linesOf(await log.stream({ ...caller, requestId: id }, query))),
    )
  }
