import type { FastifyPluginAsync } from 'fastify'
import { base64 } from '../kernel/bytes.ts'
import type { Reader } from '../store/reader.ts'
import {
  CheckpointText,
  ConsistencyAnswer,
  ConsistencyQuery,
  InclusionAnswer,
  InclusionQuery,
} from '../wire/ledger.ts'
import type { Ledger } from './ledger.ts'

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
