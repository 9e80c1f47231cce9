import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { base64 } from '../kernel/bytes.ts'
import { Fault } from '../kernel/fault.ts'
import { parseTilePath } from '../proofs/tiles.ts'
import type { Reader } from '../store/reader.ts'
import { closed } from '../wire/common.ts'
import {
  CheckpointText,
  ConsistencyAnswer,
  ConsistencyQuery,
  InclusionAnswer,
  InclusionQuery,
  LedgerTimestamps,
  mostTimestamps,
  TimestampsQuery,
} from '../wire/ledger.ts'
import type { Ledger } from './ledger.ts'
import { latestTimestamps } from './timestamp-store.ts'

const TileParams = Type.Object(
  { '*': Type.String({ maxLength: 40, description: 'Level and number of the tile' }) },
  closed,
)

/** What anyone may see of a ledger: checkpoints and proofs, which are hashes only. */
export const ledgerRoutes =
  (ledger: Ledger, db: Reader): FastifyPluginAsync =>
  async (app) => {
    app.get(
      '/v1/ledger/checkpoint',
      {
        schema: {
          operationId: 'getCheckpoint',
          summary: 'The newest signed checkpoint of this ledger',
          description:
            'Keep every checkpoint that you see: together they show a rewritten history.',
          tags: ['ledger'],
          response: { 200: { content: { 'text/plain': { schema: CheckpointText } } } },
        },
        config: { access: 'public' },
      },
      async (_request, reply) =>
        reply.type('text/plain; charset=utf-8').send(await ledger.checkpoint(db)),
    )

    app.get<{ Params: { '*': string } }>(
      '/v1/ledger/tile/*',
      {
        schema: {
          // A path of varying depth, which OpenAPI cannot describe: C2SP tlog-tiles does.
          hide: true,
          params: TileParams,
          response: {
            200: {
              content: {
                'application/octet-stream': {
                  schema: Type.String({ format: 'binary', description: '32 bytes per hash' }),
                },
              },
            },
          },
        },
        config: { access: 'public' },
      },
      async ({ params }, reply) => {
        const tile = parseTilePath(params['*'])
        if (tile === undefined) {
          throw new Fault('door/invalid-input', [{ message: 'this is not the path of a tile' }])
        }
        return reply
          .header('cache-control', 'public, max-age=31536000, immutable')
          .type('application/octet-stream')
          .send(await ledger.tile(db, tile))
      },
    )

    app.get<{ Querystring: TimestampsQuery }>(
      '/v1/ledger/timestamps',
      {
        schema: {
          operationId: 'listTimestamps',
          summary: 'Timestamps of an outside authority under checkpoints of this ledger',
          description: 'Verify them under the authority’s own certificate.',
          tags: ['ledger'],
          querystring: TimestampsQuery,
          response: { 200: LedgerTimestamps },
        },
        config: { access: 'public' },
      },
      async ({ query: { before } }): Promise<LedgerTimestamps> => ({
        timestamps: (await latestTimestamps(db, mostTimestamps, before)).map(
          ({ stampedAt, response, ...one }) => ({
            ...one,
            stampedAt: stampedAt.toISOString(),
            response: base64(response),
          }),
        ),
      }),
    )

    app.get<{ Querystring: InclusionQuery }>(
      '/v1/ledger/inclusion-proofs',
      {
        schema: {
          operationId: 'getInclusionProof',
          summary: 'Proof that an entry stands in the ledger of a checkpoint',
          tags: ['ledger'],
          querystring: InclusionQuery,
          response: { 200: InclusionAnswer },
        },
        config: { access: 'public' },
      },
      async ({ query }) => {
        const { leafIndex, treeSize } = query
        const hashes = await ledger.inclusionProof(db, leafIndex, treeSize)
        return { leafIndex, treeSize, hashes: hashes.map(base64) }
      },
    )

    app.get<{ Querystring: ConsistencyQuery }>(
      '/v1/ledger/consistency-proofs',
      {
        schema: {
          operationId: 'getConsistencyProof',
          summary: 'Proof that one checkpoint continues another',
          tags: ['ledger'],
          querystring: ConsistencyQuery,
          response: { 200: ConsistencyAnswer },
        },
        config: { access: 'public' },
      },
      async ({ query }) => {
        const { from, to } = query
        const hashes = await ledger.consistencyProof(db, from, to)
        return { from, to, hashes: hashes.map(base64) }
      },
    )
  }
