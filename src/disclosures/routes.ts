import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { actorOf } from '../ledger/actor.ts'
import { AgreementHashText, closed, OneOf, PurposeText, Uuid } from '../wire/common.ts'
import {
  DisclosureAnswerBody,
  DisclosurePage,
  DisclosureReplyBody,
  DisclosureRequestBody,
  DisclosureView,
  GrantBody,
  KeyholderReleaseAnswer,
  KeyholderReleaseBody,
  ReleaseAnswer,
  ReleaseBody,
  RevocationAnswer,
} from '../wire/disclosure.ts'
import { Acknowledgement, StatementBody } from '../wire/registry.ts'
import type { Disclosures } from './disclosures.ts'
import type { Releases } from './releases.ts'
import type { Asker } from './types.ts'

const ListQuery = Type.Object(
  {
    agreement: AgreementHashText,
    purpose: PurposeText,
    side: OneOf(['owner', 'receiver']),
    cursor: Type.Optional(Uuid),
  },
  closed,
)
type ListQuery = {
  readonly agreement: string
  readonly purpose: string
  readonly side: 'owner' | 'receiver'
  readonly cursor?: string
}

const ByNumber = Type.Object({ number: Uuid }, closed)
type ByNumber = { Params: { number: string } }

const askerOf = ({ caller, id }: FastifyRequest): Asker => ({
  agency: caller.agency,
  ...actorOf(caller),
  requestId: id,
})

const tags = ['disclosures']

/** What both operators have: a grant taken back, and the receiver's word that it opened. */
export const grantRoutes =
  (releases: Releases): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: StatementBody }>(
      '/v1/grant-revocations',
      {
        schema: {
          operationId: 'revokeGrant',
          summary: 'Take a grant back, at this operator',
          description:
            'Say it to both operators. It closes for certain what one of them had not released.',
          tags,
          body: StatementBody,
          response: { 200: RevocationAnswer },
        },
        config: { access: 'statement' },
      },
      ({ body }) => releases.revoke(body.statement),
    )

    app.post<{ Body: StatementBody }>(
      '/v1/disclosure-receipts',
      {
        schema: {
          operationId: 'acknowledgeDisclosure',
          summary: 'Say that what was granted was opened',
          tags,
          body: StatementBody,
          response: { 200: Acknowledgement },
        },
        config: { access: 'statement' },
      },
      async ({ body }) => {
        await releases.acknowledge(body.statement)
        return { accepted: true as const }
      },
    )
  }

/** The keyholder's half, to the receiver directly: the gateway takes no part in it. */
export const keyholderReleaseRoutes =
  (releases: Releases): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: KeyholderReleaseBody }>(
      '/v1/releases',
      {
        schema: {
          operationId: 'releaseHalf',
          summary: 'Have the keyholder’s halves encrypted to the receiver that the grant names',
          tags,
          body: KeyholderReleaseBody,
          response: { 200: KeyholderReleaseAnswer },
        },
        config: { access: 'statement' },
      },
      async ({ body }) => ({
        halves: await releases.release(body.release, body.grant, async () => body.halves),
      }),
    )
  }

/** Disclosures at the gateway; translation only. */
export const disclosureRoutes =
  (disclosures: Disclosures): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: DisclosureRequestBody }>(
      '/v1/disclosures',
      {
        schema: {
          operationId: 'requestDisclosure',
          summary: 'Ask the owner of a signal that touches yours for sealed fields',
          description:
            'The owner learns that your agency asks. Send a retry exactly as it was sent first.',
          tags,
          body: DisclosureRequestBody,
          response: { 201: DisclosureView },
        },
        config: { access: { scope: 'disclose' } },
      },
      async (request, reply) => {
        const view = await disclosures.request(askerOf(request), request.body)
        reply.code(201)
        return view
      },
    )

    app.get<{ Querystring: ListQuery }>(
      '/v1/disclosures',
      {
        schema: {
          operationId: 'listDisclosures',
          summary: 'Disclosures that you were asked for, or asked for, under one agreement',
          tags,
          querystring: ListQuery,
          response: { 200: DisclosurePage },
        },
        config: { access: { scope: 'read' } },
      },
      (request) => disclosures.list(askerOf(request), request.query),
    )

    app.get<ByNumber>(
      '/v1/disclosures/:number',
      {
        schema: {
          operationId: 'getDisclosure',
          summary: 'One disclosure, as your side may see it',
          tags,
          params: ByNumber,
          response: { 200: DisclosureView },
        },
        config: { access: { scope: 'read' } },
      },
      (request) => disclosures.read(askerOf(request), request.params.number),
    )

    app.post<ByNumber & { Body: DisclosureAnswerBody }>(
      '/v1/disclosures/:number/_answer',
      {
        schema: {
          operationId: 'answerDisclosure',
          summary: 'Refuse a disclosure of your own signal, or ask something back',
          tags,
          params: ByNumber,
          body: DisclosureAnswerBody,
          response: { 200: DisclosureView },
        },
        config: { access: { scope: 'disclose' } },
      },
      (request) => disclosures.answer(askerOf(request), request.params.number, request.body),
    )

    app.post<ByNumber & { Body: DisclosureReplyBody }>(
      '/v1/disclosures/:number/_reply',
      {
        schema: {
          operationId: 'replyToOwner',
          summary: 'Answer the owner’s question, or object to its refusal: that once',
          tags,
          params: ByNumber,
          body: DisclosureReplyBody,
          response: { 200: DisclosureView },
        },
        config: { access: { scope: 'disclose' } },
      },
      (request) => disclosures.reply(askerOf(request), request.params.number, request.body),
    )

    app.post<ByNumber & { Body: GrantBody }>(
      '/v1/disclosures/:number/_grant',
      {
        schema: {
          operationId: 'grantDisclosure',
          summary: 'Grant what was asked of your own signal, or a part of it',
          description: 'Signed with your signing key. Both operators verify it at the release.',
          tags,
          params: ByNumber,
          body: GrantBody,
          response: { 200: DisclosureView },
        },
        config: { access: { scope: 'disclose' } },
      },
      (request) => disclosures.grant(askerOf(request), request.params.number, request.body.grant),
    )

    app.post<ByNumber & { Body: ReleaseBody }>(
      '/v1/disclosures/:number/_release',
      {
        schema: {
          operationId: 'releaseDisclosure',
          summary: 'Have the gateway’s halves encrypted to your key, under the owner’s grant',
          description:
            'Then ask the keyholder for its halves. Send a retry exactly as it was sent first.',
          tags,
          params: ByNumber,
          body: ReleaseBody,
          response: { 200: ReleaseAnswer },
        },
        config: { access: { scope: 'disclose' } },
      },
      (request) =>
        disclosures.release(askerOf(request), request.params.number, request.body.release),
    )
  }
