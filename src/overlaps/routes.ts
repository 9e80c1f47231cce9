import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import type { AgencyId, OverlapHandle } from '../kernel/ids.ts'
import { AgreementHashText, closed, PurposeText, Uuid } from '../wire/common.ts'
import { OnBehalfOf } from '../wire/delegation.ts'
import { EndedOverlap, Overlap, OverlapPage } from '../wire/signal.ts'
import type { Overlaps } from './overlaps.ts'

const ListQuery = Type.Object(
  {
    agreement: AgreementHashText,
    purpose: PurposeText,
    cursor: Type.Optional(Uuid),
    onBehalfOf: Type.Optional(OnBehalfOf),
  },
  closed,
)
type ListQuery = {
  readonly agreement: string
  readonly purpose: string
  readonly cursor?: string
  readonly onBehalfOf?: string
}

/** Overlaps over HTTP; translation only. */
export const overlapRoutes =
  (overlaps: Overlaps): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: ListQuery }>(
      '/v1/overlaps',
      {
        schema: {
          operationId: 'listOverlaps',
          summary: 'The overlaps that you may know of, under one agreement',
          tags: ['overlaps'],
          querystring: ListQuery,
          response: { 200: OverlapPage },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, query }) => overlaps.list({ ...caller, requestId: id }, query),
    )

    app.get<{
      Params: { handle: OverlapHandle }
      Querystring: { readonly onBehalfOf?: AgencyId }
    }>(
      '/v1/overlaps/:handle',
      {
        schema: {
          operationId: 'getOverlap',
          summary: 'One overlap, under your own handle or a delegator’s, or that it is over',
          tags: ['overlaps'],
          params: Type.Object({ handle: Uuid }, closed),
          querystring: Type.Object({ onBehalfOf: Type.Optional(OnBehalfOf) }, closed),
          response: { 200: Type.Union([Overlap, EndedOverlap]) },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, params, query }) =>
        overlaps.read({ ...caller, requestId: id }, params.handle, query.onBehalfOf),
    )
  }
