import type { FastifyPluginAsync } from 'fastify'
import { asFault } from '../agencies/agencies.ts'
import type { OperatorPins } from '../agencies/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { readStatement } from '../proofs/statement.ts'
import {
  CeremonyAnswer,
  CeremonyBody,
  RefreshAnswer,
  RefreshBody,
  RefreshPayload,
} from '../wire/ceremony.ts'
import type { Ceremonies } from './ceremonies.ts'
import type { ShareRefreshes } from './share-refresh.ts'

const readRefresh = payloadReader(RefreshPayload)

/** How people hold key ceremonies, at either operator. */
export const keyCeremonyRoutes =
  (ceremonies: Ceremonies): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: CeremonyBody }>(
      '/v1/key-ceremonies',
      {
        schema: {
          operationId: 'holdKeyCeremony',
          summary: 'Make, open, refresh, close or destroy the share of a domain and epoch',
          description:
            'Two administrators of this operator sign. Bring it to the keyholder first. Brought again it goes on where it stopped, and shows its receipts.',
          tags: ['evaluation'],
          body: CeremonyBody,
          response: { 200: CeremonyAnswer },
        },
        config: { access: 'statement' },
      },
      ({ body }) => ceremonies.hold(body),
    )
  }

/** The keyholder's side of a refresh; only the gateway asks. */
export const shareRefreshRoutes =
  (refreshes: ShareRefreshes, pins: OperatorPins): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: RefreshBody }>(
      '/v1/share-refreshes',
      {
        schema: {
          operationId: 'refreshShare',
          summary: 'Prepare a refresh of both shares, or switch to what was prepared',
          description: 'Only for a ceremony that two administrators of the keyholder signed.',
          tags: ['evaluation'],
          body: RefreshBody,
          response: { 200: RefreshAnswer },
        },
        config: { access: 'statement' },
      },
      async ({ body }) =>
        refreshes.answer(
          await asFault(async () =>
            readRefresh(await readStatement('share-refresh', body.statement, pins.gateway())),
          ),
        ),
    )
  }
