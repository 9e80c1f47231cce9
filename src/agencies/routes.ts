import type { FastifyPluginAsync } from 'fastify'
import { Acknowledgement, OperatorCard, StatementBody, VoucherAnswer } from '../wire/registry.ts'
import type { Agencies } from './agencies.ts'

/** Routes by which agencies and administrators make themselves known; each statement speaks for itself. */
export const agencyRoutes =
  (agencies: Agencies, operatorCard: OperatorCard): FastifyPluginAsync =>
  async (app) => {
    app.get(
      '/v1/operator',
      {
        schema: {
          operationId: 'getOperator',
          summary: 'Who this operator says it is',
          description: 'Compare the thumbprint with the one you were given out of band.',
          tags: ['registry'],
          response: { 200: OperatorCard },
        },
        config: { access: 'public' },
      },
      async () => operatorCard,
    )

    const statementRoute = (
      path: string,
      operationId: string,
      summary: string,
      act: (statement: string) => Promise<void>,
    ) =>
      app.post<{ Body: StatementBody }>(
        path,
        {
          schema: {
            operationId,
            summary,
            tags: ['registry'],
            body: StatementBody,
            response: { 200: Acknowledgement },
          },
          config: { access: 'statement' },
        },
        async ({ body }) => {
          await act(body.statement)
          return { accepted: true as const }
        },
      )

    statementRoute(
      '/v1/administrators',
      'enrolAdministrator',
      'Enrol the first administrator',
      agencies.enrol,
    )
    app.post<{ Body: StatementBody }>(
      '/v1/administrator-vouchers',
      {
        schema: {
          operationId: 'vouchForAdministrator',
          summary: 'Vouch for another administrator',
          description: 'One word makes the second administrator; from then on it takes two.',
          tags: ['registry'],
          body: StatementBody,
          response: { 200: VoucherAnswer },
        },
        config: { access: 'statement' },
      },
      async ({ body }) => ({ state: await agencies.vouch(body.statement) }),
    )
    statementRoute('/v1/agency-pins', 'pinAgency', 'Admit or suspend an agency', agencies.pin)
    statementRoute(
      '/v1/agency-cards',
      'presentAgencyCard',
      'Present an agency’s signed card',
      agencies.presentCard,
    )
  }
