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
import { DelegationList } from '../wire/delegation.ts'
import { LibraryView } from '../wire/library.ts'
import { Acknowledgement, StatementBody } from '../wire/registry.ts'
import type { Agreements } from './agreements.ts'
import type { Delegations } from './delegations.ts'
import { type Library, viewOfLibrary } from './library.ts'

const ListQuery = Type.Object({ cursor: Type.Optional(AgreementHashText) }, closed)
type ListQuery = Static<typeof ListQuery>
const ByHash = Type.Object({ hash: AgreementHashText }, closed)

/** How agreements are proposed and signed, at either operator. Statements speak for themselves. */
export const agreementSigningRoutes =
  ({
    agreements,
    suspend,
    delegations,
    library,
  }: {
    readonly agreements: Agreements
    readonly suspend: (statement: string) => Promise<void>
    readonly delegations: Delegations
    readonly library: Library
  }): FastifyPluginAsync =>
  async (app) => {
    app.get(
      '/v1/library',
      {
        schema: {
          operationId: 'getLibrary',
          summary: 'The purposes and legal bases that agreements may name here',
          description: 'A pick list, not legal advice.',
          tags: ['agreements'],
          response: { 200: LibraryView },
        },
        config: { access: 'public' as const },
      },
      async () => viewOfLibrary(library),
    )

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
            tags: ['agreements'],
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
      '/v1/agreement-suspensions',
      'suspendAgreement',
      'Suspend an agreement at this operator, or lift that',
      suspend,
    )
    statementRoute(
      '/v1/delegations',
      'delegate',
      'Let another agency act for yours under an agreement',
      delegations.take,
    )
    statementRoute(
      '/v1/delegation-ends',
      'endDelegation',
      'Take a delegation back',
      delegations.end,
    )
  }

/** How a party reads its agreements, at the gateway. */
export const agreementReadingRoutes =
  (agreements: Agreements, delegations: Delegations): FastifyPluginAsync =>
  async (app) => {
    app.get(
      '/v1/delegations',
      {
        schema: {
          operationId: 'listDelegations',
          summary: 'The delegations that your agency gave or was given',
          tags: ['agreements'],
          response: { 200: DelegationList },
        },
        config: { access: { scope: 'read' } },
      },
      async ({ caller }) => ({ delegations: await delegations.list(caller.agency) }),
    )

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
