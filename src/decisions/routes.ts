import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { closed, Uuid } from '../wire/common.ts'
import {
  CloseBody,
  ExplainBody,
  Explanation,
  ObligationList,
  PolicySetAnswer,
  PolicySetBody,
  PolicySetView,
  ReviewDue,
  ReviewList,
  SimulateBody,
  Simulation,
} from '../wire/policy.ts'
import type { Explanations } from './explanations.ts'
import type { Obligations } from './obligations.ts'
import type { PolicySets } from './policy-sets.ts'
import type { Reviews } from './reviews.ts'
import type { Simulations } from './simulations.ts'

/** How administrators change the policy set, and how everyone reads it; at either operator. */
export const policySetRoutes =
  (sets: PolicySets, simulations: Simulations): FastifyPluginAsync =>
  async (app) => {
    app.get(
      '/v1/policy-sets/current',
      {
        schema: {
          operationId: 'getPolicySet',
          summary: 'The policies by which this operator decides',
          tags: ['decisions'],
          response: { 200: PolicySetView },
        },
        config: { access: 'public' },
      },
      async () => sets.view(),
    )

    app.post<{ Body: PolicySetBody }>(
      '/v1/policy-sets',
      {
        schema: {
          operationId: 'changePolicySet',
          summary: 'Sign a policy set; the second administrator’s signature puts it in force',
          tags: ['decisions'],
          body: PolicySetBody,
          response: { 200: PolicySetAnswer },
        },
        config: { access: 'statement' },
      },
      ({ body }) => sets.change(body),
    )

    app.post<{ Body: PolicySetBody }>(
      '/v1/policy-sets/_simulate',
      {
        schema: {
          operationId: 'simulatePolicySet',
          summary: 'Which decisions of the last 90 days another policy set would turn',
          description: 'Totals per agency, purpose and act, for administrators.',
          tags: ['decisions'],
          body: PolicySetBody,
          response: { 200: Simulation },
        },
        config: { access: 'statement' },
      },
      ({ body }) => simulations.ofPolicySet(body),
    )
  }

/** What agencies ask about decisions, and the reviews that they owe; at the gateway. */
export const decisionRoutes =
  ({
    explanations,
    simulations,
    reviews,
    obligations,
  }: {
    readonly explanations: Explanations
    readonly simulations: Simulations
    readonly reviews: Reviews
    readonly obligations: Obligations
  }): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: ExplainBody }>(
      '/v1/decisions/_explain',
      {
        schema: {
          operationId: 'explainDecision',
          summary: 'May I share this? What would be decided, and why',
          description:
            'Does nothing but answer. A draft is looked at as if it were in force today.',
          tags: ['decisions'],
          body: ExplainBody,
          response: { 200: Explanation },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, body }) => explanations.explain({ ...caller, requestId: id }, body),
    )

    app.post<{ Body: SimulateBody }>(
      '/v1/decisions/_simulate',
      {
        schema: {
          operationId: 'simulateAgreement',
          summary: 'Which of your decisions of the last 90 days a draft agreement would turn',
          tags: ['decisions'],
          body: SimulateBody,
          response: { 200: Simulation },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, body }) => simulations.ofDraft({ ...caller, requestId: id }, body),
    )

    app.get(
      '/v1/obligations',
      {
        schema: {
          operationId: 'listObligations',
          summary: 'Whom policies ask your agency to tell of what was done, the newest first',
          tags: ['decisions'],
          response: { 200: ObligationList },
        },
        config: { access: { scope: 'review' } },
      },
      async ({ caller }) => ({ obligations: await obligations.list(caller) }),
    )

    app.get(
      '/v1/reviews',
      {
        schema: {
          operationId: 'listReviews',
          summary: 'The reviews that policies ask of your agency, with their due times',
          tags: ['decisions'],
          response: { 200: ReviewList },
        },
        config: { access: { scope: 'review' } },
      },
      async ({ caller }) => ({ reviews: await reviews.list(caller) }),
    )

    app.post<{ Body: CloseBody; Params: { id: string } }>(
      '/v1/reviews/:id/_close',
      {
        schema: {
          operationId: 'closeReview',
          summary: 'Close a review with what was found',
          tags: ['decisions'],
          params: Type.Object({ id: Uuid }, closed),
          body: CloseBody,
          response: { 200: ReviewDue },
        },
        config: { access: { scope: 'review' } },
      },
      ({ caller, id, params, body }) =>
        reviews.close({ ...caller, requestId: id }, params.id, body),
    )
  }
