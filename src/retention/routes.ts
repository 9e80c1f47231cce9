import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { closed, Instant, OneOf } from '../wire/common.ts'
import type { Retention } from './retention.ts'

const RetentionStanding = Type.Object(
  {
    runs: Type.Array(
      Type.Object(
        {
          run: OneOf([
            'past-retention',
            'agreement-ended',
            'archive',
            'recalls',
            'emergency-reviews',
            'non-punishment',
            'subject-requests',
            'restrictions',
            'samples',
            'alarms',
          ]),
          lastSucceededAt: Type.Optional(Instant),
          due: OneOf(['none', 'some', 'many'], {
            description: 'What waits; many: more than one transaction does',
          }),
        },
        closed,
      ),
    ),
  },
  { ...closed, title: 'RetentionStanding' },
)

/** Whether retention keeps up; for whoever watches the gateway. Translation only. */
export const retentionRoutes =
  (retention: Retention): FastifyPluginAsync =>
  async (app) => {
    app.get(
      '/health/retention',
      {
        schema: {
          operationId: 'getRetention',
          summary: 'When due work was last done, and whether any waits',
          tags: ['health'],
          response: { 200: RetentionStanding },
        },
        config: { access: 'public' as const },
      },
      async () => ({
        runs: (await retention.standings()).map(({ run, lastSucceededAt, due }) => ({
          run,
          ...(lastSucceededAt && { lastSucceededAt: lastSucceededAt.toISOString() }),
          due,
        })),
      }),
    )
  }
