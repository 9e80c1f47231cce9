import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { asFault } from '../agencies/agencies.ts'
import type { OperatorPins } from '../agencies/types.ts'
import type { Agreements } from '../agreements/agreements.ts'
import type { Delegations } from '../agreements/delegations.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { DomainKeys } from '../keys/domain-keys.ts'
import { payloadReader } from '../proofs/payload.ts'
import { hashOfStatement, readStatement } from '../proofs/statement.ts'
import { closed, DomainText } from '../wire/common.ts'
import {
  CountersignAnswer,
  CountersignBody,
  DomainKeysAnswer,
  EvaluationAnswer,
  EvaluationBody,
  ForwardedEvaluationBody,
  ForwardingPayload,
  OperatorEvaluation,
} from '../wire/evaluation.ts'
import { type Evaluation, wireEvaluationOf } from './evaluation.ts'
import type { KeyholderLink } from './types.ts'

const readForwarding = payloadReader(ForwardingPayload)
const forwardingLifeSeconds = 300

/** Evaluation at the gateway: its own half and, through the link, the keyholder's. */
export const gatewayEvaluationRoutes =
  ({
    agreements,
    delegations,
    evaluation,
    domainKeys,
    keyholder,
    pins,
  }: {
    readonly agreements: Agreements
    readonly delegations: Delegations
    readonly evaluation: Evaluation
    readonly domainKeys: DomainKeys
    readonly keyholder: KeyholderLink
    readonly pins: OperatorPins
  }): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: EvaluationBody }>(
      '/v1/evaluations',
      {
        schema: {
          operationId: 'evaluate',
          summary: 'Have blinded linkage keys evaluated by both operators',
          description:
            'Verify both proofs against the pinned keys before you use the answer. An identical retry is not counted.',
          tags: ['evaluation'],
          body: EvaluationBody,
          response: { 200: EvaluationAnswer },
        },
        config: { access: { scope: 'evaluate' } },
      },
      async ({ body, caller }) => {
        const own = await evaluation.evaluate(body.batch, caller)
        const other = await keyholder.evaluate(body.batch, own.generation)
        return { gateway: wireEvaluationOf(own), keyholder: wireEvaluationOf(other) }
      },
    )

    app.get<{ Params: { domain: string } }>(
      '/v1/domains/:domain/keys',
      {
        schema: {
          operationId: 'getDomainKeys',
          summary: 'The keys of a domain, signed by both operators',
          description: 'Accept it only under the root thumbprints that you were given out of band.',
          tags: ['evaluation'],
          params: Type.Object({ domain: DomainText }, closed),
          response: { 200: DomainKeysAnswer },
        },
        config: { access: { scope: 'evaluate' } },
      },
      async ({ params, caller }) => {
        const agencies = [caller.agency, ...(await delegations.delegatorsOf(caller.agency))]
        if (!(await agreements.servesDomain(params.domain, agencies))) {
          throw new Fault('evaluation/unknown-domain')
        }
        return domainKeys.manifests(params.domain, {
          rootThumbprint: pins.keyholder(),
          countersign: keyholder.countersign,
        })
      },
    )
  }

/** Evaluation at the keyholder: only batches that the gateway passes on, each checked here anew. */
export const keyholderEvaluationRoutes =
  ({
    clock,
    agreements,
    evaluation,
    domainKeys,
    pins,
  }: {
    readonly clock: Clock
    readonly agreements: Agreements
    readonly evaluation: Evaluation
    readonly domainKeys: DomainKeys
    readonly pins: OperatorPins
  }): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: ForwardedEvaluationBody }>(
      '/v1/evaluations',
      {
        schema: {
          operationId: 'evaluateForwarded',
          summary: 'Evaluate a batch that the gateway passes on',
          tags: ['evaluation'],
          body: ForwardedEvaluationBody,
          response: { 200: OperatorEvaluation },
        },
        config: { access: 'statement' },
      },
      async ({ body }) => {
        const {
          audience,
          batchHash,
          issuedAt,
          generation = 1,
        } = await asFault(async () =>
          readForwarding(await readStatement('forwarding', body.forwarding, pins.gateway())),
        )
        const fresh = shifted(new Date(issuedAt), forwardingLifeSeconds) > clock.now()
        const fits = batchHash === hashOfStatement(body.batch)
        if (audience !== pins.keyholder() || !fresh || !fits) {
          throw new Fault('statements/invalid', [
            { message: 'the gateway did not pass this batch on' },
          ])
        }
        return wireEvaluationOf(await evaluation.evaluate(body.batch, undefined, generation))
      },
    )

    app.post<{ Body: CountersignBody }>(
      '/v1/domain-keys',
      {
        schema: {
          operationId: 'countersignDomainKeys',
          summary: 'Complete and sign the manifest of a domain',
          tags: ['evaluation'],
          body: CountersignBody,
          response: { 200: CountersignAnswer },
        },
        config: { access: 'statement' },
      },
      async ({ body }) => ({
        manifest: await domainKeys.countersign(body.offer, pins.gateway(), (domain) =>
          agreements.servesDomain(domain),
        ),
      }),
    )
  }
