import type { FastifyPluginAsync } from 'fastify'
import { SampleBeacon, SampleBeaconBody, SampleBeacons } from '../wire/justification.ts'
import type { Beacons } from './beacons.ts'

/** The keyholder’s words for weeks, over HTTP; translation only. */
export const beaconRoutes =
  (beacons: Beacons): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: SampleBeaconBody }>(
      '/v1/witness/sample-beacons',
      {
        schema: {
          operationId: 'saySampleBeacon',
          summary: 'The word of this operator for the last week that is over; always the same',
          tags: ['ledger'],
          body: SampleBeaconBody,
          response: { 200: SampleBeacon },
        },
        config: { access: 'public' },
      },
      ({ body }) => beacons.say(body.week),
    )

    app.get(
      '/v1/witness/sample-beacons',
      {
        schema: {
          operationId: 'listSampleBeacons',
          summary: 'What this operator said for each week',
          tags: ['ledger'],
          response: { 200: SampleBeacons },
        },
        config: { access: 'public' },
      },
      async () => ({ beacons: await beacons.list() }),
    )
  }
