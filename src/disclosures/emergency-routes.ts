import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { actorOf } from '../ledger/actor.ts'
import { closed, Uuid } from '../wire/common.ts'
import { KeyholderReleaseAnswer, ReleaseAnswer } from '../wire/disclosure.ts'
import {
  EmergencyList,
  EmergencyPreparation,
  EmergencyReleaseBody,
  EmergencyView,
  KeyholderEmergencyBody,
  PreparedEmergency,
} from '../wire/emergency.ts'
import { Acknowledgement, StatementBody } from '../wire/registry.ts'
import type { Emergencies } from './emergencies.ts'
import type { EmergencyReviews } from './emergency-reviews.ts'
import type { EmergencyRoute } from './emergency-route.ts'
import type { Asker } from './types.ts'

const ByNumber = Type.Object({ number: Uuid }, closed)
const tags = ['disclosures']
const access = 'statement' as const

const askerOf = ({ caller, id }: FastifyRequest): Asker => ({
  agency: caller.agency,
  ...actorOf(caller),
  requestId: id,
})

/** What agencies say about emergencies to either operator. Translation only. */
export const emergencyReviewRoutes =
  (reviews: EmergencyReviews): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: StatementBody }>(
      '/v1/emergency-reviews',
      {
        schema: {
          operationId: 'reviewEmergency',
          summary: 'Say what you found of a use of the emergency route on your signal',
          description: 'Say it to both operators. Not justified: it closes the route, at each.',
          tags,
          body: StatementBody,
          response: { 200: Acknowledgement },
        },
        config: { access },
      },
      async ({ body }) => {
        await reviews.review(body.statement)
        return { accepted: true as const }
      },
    )

    app.post<{ Body: StatementBody }>(
      '/v1/emergency-reopenings',
      {
        schema: {
          operationId: 'reopenEmergencyRoute',
          summary: 'Let a receiver use the emergency route on your signals again',
          tags,
          body: StatementBody,
          response: { 200: Acknowledgement },
        },
        config: { access },
      },
      async ({ body }) => {
        await reviews.reopen(body.statement)
        return { accepted: true as const }
      },
    )

    app.post<{ Body: StatementBody }>(
      '/v1/emergency-questions',
      {
        schema: {
          operationId: 'listEmergencies',
          summary: 'The emergencies that you take part in, as this operator has them',
          description: 'Ask both: what one of them does not tell, the other does.',
          tags,
          body: StatementBody,
          response: { 200: EmergencyList },
        },
        config: { access },
      },
      ({ body }) => reviews.list(body.statement),
    )
  }

/** The keyholder's half in an emergency, to the receiver directly. Translation only. */
export const keyholderEmergencyRoutes =
  (emergencies: Emergencies): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: KeyholderEmergencyBody }>(
      '/v1/emergency-releases',
      {
        schema: {
          operationId: 'releaseHalfInEmergency',
          summary: 'Have the keyholder’s halves encrypted to the receiver whose two officers sign',
          tags,
          body: KeyholderEmergencyBody,
          response: { 200: KeyholderReleaseAnswer },
        },
        config: { access },
      },
      async ({ body }) => ({
        halves: await emergencies.release(body.statements, body.seal, async () => body.halves),
      }),
    )
  }

/** Emergencies at the gateway. Translation only. */
export const emergencyRoutes =
  (route: EmergencyRoute, reviews: EmergencyReviews): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Params: { number: string } }>(
      '/v1/emergencies/:number',
      {
        schema: {
          operationId: 'getEmergency',
          summary: 'One emergency, as this operator has it',
          tags,
          params: ByNumber,
          response: { 200: EmergencyView },
        },
        config: { access: { scope: 'read' } },
      },
      (request) => reviews.read(askerOf(request), request.params.number),
    )

    app.post<{ Body: EmergencyPreparation }>(
      '/v1/emergencies',
      {
        schema: {
          operationId: 'prepareEmergency',
          summary: 'In acute danger to life: which record two of your officers are to sign for',
          description: 'Its owner is told. Nothing is opened by it.',
          tags,
          body: EmergencyPreparation,
          response: { 201: PreparedEmergency },
        },
        config: { access: { scope: 'disclose' } },
      },
      async (request, reply) => {
        const prepared = await route.prepare(askerOf(request), request.body)
        reply.code(201)
        return prepared
      },
    )

    app.post<{ Params: { number: string }; Body: EmergencyReleaseBody }>(
      '/v1/emergencies/:number/_release',
      {
        schema: {
          operationId: 'releaseInEmergency',
          summary: 'Have the gateway’s halves encrypted to your key, on two officers’ word',
          description:
            'The owner is told at once. Then ask the keyholder. Send a retry exactly as it was sent first.',
          tags,
          params: ByNumber,
          body: EmergencyReleaseBody,
          response: { 200: ReleaseAnswer },
        },
        config: { access: { scope: 'disclose' } },
      },
      (request) => route.release(askerOf(request), request.params.number, request.body),
    )
  }
