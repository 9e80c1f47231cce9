import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import {
  CheckpointText,
  Cosignatures,
  IntroduceBody,
  WitnessedCheckpoints,
} from '../wire/ledger.ts'
import { Acknowledgement, StatementBody } from '../wire/registry.ts'
import { type KeptCosignatures, otherOperator } from './cosignatures.ts'
import type { Witness } from './witness.ts'

/** A checkpoint, 63 hashes and their line ends fit well. */
const largestBody = 16_384

/** Cosignatures over HTTP: those that this operator gives, and those that its ledger was given. */
export const witnessRoutes =
  (witness: Witness, cosignatures: KeptCosignatures): FastifyPluginAsync =>
  async (app) => {
    app.addContentTypeParser(
      'text/plain',
      { parseAs: 'string', bodyLimit: largestBody },
      async (_request: unknown, body: string) => body,
    )

    app.post<{ Body: IntroduceBody }>(
      '/v1/witness/ledgers',
      {
        schema: {
          operationId: 'introduceLedger',
          summary: 'Have the ledger of the other operator witnessed here',
          tags: ['ledger'],
          body: IntroduceBody,
          response: { 200: Acknowledgement },
        },
        config: { access: 'statement' },
      },
      async ({ body }) => {
        await witness.introduce(body.statement)
        return { accepted: true as const }
      },
    )

    app.get(
      '/v1/witness/checkpoints',
      {
        schema: {
          operationId: 'listWitnessedCheckpoints',
          summary: 'What this operator cosigned last of the ledger of the other one',
          description: 'Asked here, the ledger itself cannot hide it.',
          tags: ['ledger'],
          response: { 200: WitnessedCheckpoints },
        },
        config: { access: 'public' },
      },
      async () => ({ checkpoints: await witness.cosigned() }),
    )

    app.post<{ Body: string }>(
      '/v1/witness/add-checkpoint',
      {
        schema: {
          operationId: 'addCheckpoint',
          summary: 'Ask this witness to cosign a checkpoint (C2SP tlog-witness)',
          description:
            'Old size, consistency proof, empty line, checkpoint. A wrong old size is answered with 409 and the right one.',
          tags: ['ledger'],
          consumes: ['text/plain'],
          body: { content: { 'text/plain': { schema: Type.String({ maxLength: largestBody }) } } },
          response: {
            200: { content: { 'text/plain': { schema: CheckpointText } } },
            409: { content: { 'text/x.tlog.size': { schema: Type.String({ maxLength: 20 }) } } },
          },
        },
        config: { access: 'statement' },
      },
      async ({ body }, reply) => {
        const answer = await witness.addCheckpoint(body)
        if ('size' in answer) {
          return reply.code(409).type('text/x.tlog.size').send(`${answer.size}\n`)
        }
        return reply.type('text/plain; charset=utf-8').send(answer.cosignature)
      },
    )

    app.post<{ Body: StatementBody }>(
      '/v1/ledger/cosignatures',
      {
        schema: {
          operationId: 'handInCosignature',
          summary: 'Hand in your agency’s cosignature of a checkpoint of this ledger',
          tags: ['ledger'],
          body: StatementBody,
          response: { 200: Acknowledgement },
        },
        config: { access: 'statement' },
      },
      async ({ body }) => {
        await cosignatures.accept(body.statement)
        return { accepted: true as const }
      },
    )

    app.get(
      '/v1/ledger/cosignatures',
      {
        schema: {
          operationId: 'listCosignatures',
          summary: 'Who cosigned which checkpoint of this ledger last',
          tags: ['ledger'],
          response: { 200: Cosignatures },
        },
        config: { access: 'public' },
      },
      async (): Promise<Cosignatures> => ({
        cosignatures: (await cosignatures.list()).map(({ cosignedAt, ...kept }) => ({
          ...kept,
          kind: kept.witness === otherOperator ? ('operator' as const) : ('agency' as const),
          cosignedAt: cosignedAt.toISOString(),
        })),
      }),
    )
  }
