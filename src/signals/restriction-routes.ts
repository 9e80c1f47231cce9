import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Asker } from '../decisions/types.ts'
import type { SignalId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import { closed, Uuid } from '../wire/common.ts'
import {
  LiftRestrictionBody,
  RestrictBody,
  RestrictionAnswer,
  RestrictionList,
  ReviewRestrictionBody,
} from '../wire/restriction.ts'
import type { Restrictions } from './restrictions.ts'

const ById = Type.Object({ id: Uuid }, closed)
type ById = { readonly id: SignalId }
const tags = ['subject-rights']
const config = { access: { scope: 'subject-rights' as const } }

const askerOf = ({ caller, id }: FastifyRequest): Asker => ({
  agency: caller.agency,
  ...actorOf(caller),
  requestId: id,
})

/** Measures on own signals over HTTP; translation only. */
export const restrictionRoutes =
  (restrictions: Restrictions): FastifyPluginAsync =>
  async (app) => {
    const common = { tags, params: ById, response: { 200: RestrictionAnswer } }

    app.get(
      '/v1/restrictions',
      {
        schema: {
          operationId: 'listRestrictions',
          summary:
            'Own signals that are restricted or confidential, and when to look at them again',
          tags,
          response: { 200: RestrictionList },
        },
        config,
      },
      (request) => restrictions.list(askerOf(request)),
    )

    app.post<{ Params: ById; Body: RestrictBody }>(
      '/v1/signals/:id/_restrict',
      {
        schema: {
          ...common,
          operationId: 'restrictSignal',
          summary: 'Restrict an own signal, or keep it from its subject, until you lift that',
          body: RestrictBody,
        },
        config,
      },
      (request) => restrictions.restrict(askerOf(request), request.params.id, request.body),
    )

    app.post<{ Params: ById; Body: ReviewRestrictionBody }>(
      '/v1/signals/:id/_review',
      {
        schema: {
          ...common,
          operationId: 'reviewRestriction',
          summary: 'Say that you looked at a measure again, and that it stays until another day',
          body: ReviewRestrictionBody,
        },
        config,
      },
      (request) => restrictions.review(askerOf(request), request.params.id, request.body),
    )

    app.post<{ Params: ById; Body: LiftRestrictionBody }>(
      '/v1/signals/:id/_lift',
      {
        schema: {
          ...common,
          operationId: 'liftRestriction',
          summary: 'Lift a measure; what was restricted is matched anew',
          body: LiftRestrictionBody,
        },
        config,
      },
      (request) => restrictions.lift(askerOf(request), request.params.id, request.body),
    )
  }
