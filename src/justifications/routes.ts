import type { FastifyPluginAsync } from 'fastify'
import type { AccessQuery } from '../wire/access.ts'
import {
  JudgeBody,
  JustifyBody,
  OwnSampleQuery,
  Sample,
  SampleDrawQuery,
  SampleDraws,
  SamplePage,
  SampleParams,
  SampleQuery,
  SampleReadQuery,
} from '../wire/justification.ts'
import type { Draws } from './draws.ts'
import type { Justifications } from './justifications.ts'

const tags = ['oversight']
type ById = { readonly id: string }

/** Drawn looks, and the draws, over HTTP; translation only. */
export const justificationRoutes =
  (justifications: Justifications, draws: Draws): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: SampleQuery }>(
      '/v1/samples',
      {
        schema: {
          operationId: 'listSamples',
          summary: 'Looks of your agency that were drawn to be justified',
          tags,
          querystring: SampleQuery,
          response: { 200: SamplePage },
        },
        config: { access: { scope: 'oversee' } },
      },
      ({ caller, id, query }) => justifications.list({ ...caller, requestId: id }, query),
    )

    app.get<{ Querystring: OwnSampleQuery }>(
      '/v1/own-samples',
      {
        schema: {
          operationId: 'listOwnSamples',
          summary: 'Drawn looks of which you, officer or machine, give the reason',
          tags,
          querystring: OwnSampleQuery,
          response: { 200: SamplePage },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, query }) => justifications.listOwn({ ...caller, requestId: id }, query),
    )

    app.get<{ Params: ById; Querystring: { occasion: AccessQuery['occasion'] } }>(
      '/v1/samples/:id',
      {
        schema: {
          operationId: 'getSample',
          summary: 'One drawn look of your agency',
          tags,
          params: SampleParams,
          querystring: SampleReadQuery,
          response: { 200: Sample },
        },
        config: { access: { scope: 'oversee' } },
      },
      ({ caller, id, params, query }) =>
        justifications.read({ ...caller, requestId: id }, params.id, query.occasion),
    )

    app.post<{ Params: ById; Body: JustifyBody }>(
      '/v1/samples/:id/_justify',
      {
        schema: {
          operationId: 'justifySample',
          summary: 'Give the reason of a drawn look of your own',
          tags,
          params: SampleParams,
          body: JustifyBody,
          response: { 200: Sample },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, params, body }) =>
        justifications.justify({ ...caller, requestId: id }, params.id, body),
    )

    app.post<{ Params: ById; Body: JudgeBody }>(
      '/v1/samples/:id/_review',
      {
        schema: {
          operationId: 'reviewSample',
          summary: 'Judge a drawn look of another officer, at another machine than it was done',
          tags,
          params: SampleParams,
          body: JudgeBody,
          response: { 200: Sample },
        },
        config: { access: { scope: 'oversee' } },
      },
      ({ caller, id, params, body }) =>
        justifications.judge({ ...caller, requestId: id }, params.id, body),
    )

    app.get<{ Querystring: SampleDrawQuery }>(
      '/v1/sample-draws',
      {
        schema: {
          operationId: 'listSampleDraws',
          summary: 'What each weekly draw was made from, and your part in it',
          tags,
          querystring: SampleDrawQuery,
          response: { 200: SampleDraws },
        },
        config: { access: { scope: 'oversee' } },
      },
      ({ caller, id, query }) => draws.list({ ...caller, requestId: id }, query.before),
    )
  }
