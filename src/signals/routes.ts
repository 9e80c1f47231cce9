import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { SignalId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import { closed, Uuid } from '../wire/common.ts'
import type { Problem } from '../wire/problem.ts'
import {
  BulkAnswer,
  BulkBody,
  CorrectBody,
  SignalAnswer,
  SignalBody,
  SignalStatus,
  WithdrawBody,
} from '../wire/signal.ts'
import type { Signals } from './signals.ts'
import type { Asker, Submission } from './types.ts'

const IdempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_-]{8,100}$',
      description: 'Your own name for this request, the same on a retry',
    }),
  ),
})
type IdempotencyHeader = { readonly 'idempotency-key'?: string }

/** Bytes: a hundred signals, each with a long sealed narrative. */
const bulkBodyLimit = 16 * 1024 * 1024

const ById = Type.Object({ id: Uuid }, closed)

const askerOf = ({ caller, id }: FastifyRequest): Asker => ({
  agency: caller.agency,
  ...actorOf(caller),
  requestId: id,
})

const acceptedOf = ({
  id,
  receipt,
  overlaps,
  earlierKnown,
}: Extract<Submission, { accepted: true }>) => ({
  id,
  receipt,
  overlaps: [...overlaps],
  ...(earlierKnown.length === 0 ? {} : { earlierKnown: [...earlierKnown] }),
})

/** Signals over HTTP; translation only. `problemOf` writes a refusal as the door would. */
export const signalRoutes =
  (
    signals: Signals,
    problemOf: (fault: Error, request: FastifyRequest) => Problem,
  ): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: SignalBody; Headers: IdempotencyHeader }>(
      '/v1/signals',
      {
        schema: {
          operationId: 'submitSignal',
          summary: 'Submit a signal',
          description:
            'Answers with a receipt and with the overlaps that you may know of; where the agreement has an archive also, once, who signalled this subject before. Send a retry exactly as it was sent first.',
          tags: ['signals'],
          headers: IdempotencyHeader,
          body: SignalBody,
          response: { 201: SignalAnswer },
        },
        config: { access: { scope: 'submit' } },
      },
      async (request, reply) => {
        const key = request.headers['idempotency-key']
        const [result] = await signals.submit(askerOf(request), [request.body], key)
        if (result === undefined) throw new Error('a submission has no result')
        if (!result.accepted) throw result.fault
        reply.code(201)
        return acceptedOf(result)
      },
    )

    app.post<{ Body: BulkBody; Headers: IdempotencyHeader }>(
      '/v1/signals/_bulk',
      {
        bodyLimit: bulkBodyLimit,
        schema: {
          operationId: 'submitSignals',
          summary: 'Submit many signals',
          description: 'Every signal is decided and answered for itself, in the order given.',
          tags: ['signals'],
          headers: IdempotencyHeader,
          body: BulkBody,
          response: { 200: BulkAnswer },
        },
        config: { access: { scope: 'submit' } },
      },
      async (request) => {
        const key = request.headers['idempotency-key']
        const results = await signals.submit(askerOf(request), request.body.signals, key)
        return {
          results: results.map((result: Submission) => {
            if (result.accepted) {
              return { ...acceptedOf(result), status: 201 as const }
            }
            const problem = problemOf(result.fault, request)
            return { id: result.id, status: problem.status, problem }
          }),
        }
      },
    )

    app.get<{ Params: { id: SignalId } }>(
      '/v1/signals/:id',
      {
        schema: {
          operationId: 'getSignal',
          summary: 'State and receipt of a signal of your own',
          tags: ['signals'],
          params: ById,
          response: { 200: SignalStatus },
        },
        config: { access: { scope: 'read' } },
      },
      (request) => signals.read(askerOf(request), request.params.id),
    )

    app.post<{ Params: { id: SignalId }; Body: CorrectBody; Headers: IdempotencyHeader }>(
      '/v1/signals/:id/_correct',
      {
        schema: {
          operationId: 'correctSignal',
          summary: 'Correct a signal of your own',
          description:
            'A new body under the same agreement and case. Its old tokens and sealed fields go, overlaps are found anew.',
          tags: ['signals'],
          params: ById,
          headers: IdempotencyHeader,
          body: CorrectBody,
          response: { 200: SignalAnswer },
        },
        config: { access: { scope: 'submit' } },
      },
      (request) =>
        signals.correct(
          askerOf(request),
          request.params.id,
          request.body,
          request.headers['idempotency-key'],
        ),
    )

    app.post<{ Params: { id: SignalId }; Body: WithdrawBody; Headers: IdempotencyHeader }>(
      '/v1/signals/:id/_withdraw',
      {
        schema: {
          operationId: 'withdrawSignal',
          summary: 'Withdraw a signal of your own',
          description: 'Its tokens, sealed fields and overlaps go; the ledger keeps the fact.',
          tags: ['signals'],
          params: ById,
          headers: IdempotencyHeader,
          body: WithdrawBody,
          response: { 200: SignalStatus },
        },
        config: { access: { scope: 'withdraw' } },
      },
      (request) =>
        signals.withdraw(
          askerOf(request),
          request.params.id,
          request.body,
          request.headers['idempotency-key'],
        ),
    )
  }
