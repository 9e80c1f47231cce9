import type { FastifyPluginAsync } from 'fastify'
import Type, { type Static } from 'typebox'
import type { AgreementHash } from '../kernel/ids.ts'
import {
  AgreementAnswer,
  AgreementList,
  AgreementView,
  ProposeBody,
  SignatureBody,
} from '../wire/agreement.ts'
import { AgreementHashText, closed } from '../wire/common.ts'
import type { Agreements } from './agreements.ts'

const ListQuery = Type.Object({ cursor: Type.Optional(AgreementHashText) }, closed)
type ListQuery = Static<typeof ListQuery>
const ByHash = Type.Object({ hash: AgreementHashText }, closed)

/** How agreements are proposed and signed, at either operator. Statements speak for themselves. */
export const agreementSigningRoutes =
  (agreements: Agreements): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: ProposeBody }>(
      '/v1/agreements',
      {
        schema: {
          operationId: 'proposeAgreement',
          summary: 'Propose an agreement',
          tags: ['agreements'],
          body: ProposeBody,
          response: { 200: AgreementAnswer },
        },
        config: { access: 'statement' },
      },
      ({ body }) => agreements.propose(body),
    )

    app.post<{ Body: SignatureBody; Params: { hash: AgreementHash } }>(
      '/v1/agreements/:hash/signatures',
      {
        schema: {
          operationId: 'signAgreement',
          summary: 'Accept, reject or revoke an agreement',
          tags: ['agreements'],
          params: ByHash,
          body: SignatureBody,
          response: { 200: AgreementAnswer },
        },
        config: { access: 'statement' },
      },
      ({ params, body }) => agreements.sign(params.hash, body.signature),
    )
  }

/** How a party reads its agreements, at the gateway. */
export const agreementReadingRoutes =
  (agreements: Agreements): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: ListQuery }>(
      '/v1/agreements',
      {
        schema: {
          operationId: 'listAgreements',
          summary: 'The agreements that your agency is a party to',
          tags: ['agreements'],
          querystring: ListQuery,
          response: { 200: AgreementList },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, query }) => agreements.list(caller.agency, query.cursor),
    )

    app.get<{ Params: { hash: AgreementHash } }>(
      '/v1/agreements/:hash',
      {
        schema: {
          operationId: 'getAgreement',
          summary: 'One agreement that your agency is a party to',
          tags: ['agreements'],
          params: ByHash,
          response: { 200: AgreementView },
        },
        config: { access: { scope: 'read' } },
      },
      ({ params, caller }) => agreements.read(caller.agency, params.hash),
    )
  }
