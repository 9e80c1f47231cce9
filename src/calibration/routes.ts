import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import type { AgreementHash } from '../kernel/ids.ts'
import {
  HistogramAnswer,
  HistogramBody,
  ThresholdMoveBody,
  ThresholdsView,
} from '../wire/calibration.ts'
import { AgreementHashText, closed, PurposeText } from '../wire/common.ts'
import type { Calibration } from './calibration.ts'

const ByHash = Type.Object({ hash: AgreementHashText }, closed)
type ByHash = { hash: AgreementHash }
const ForPurpose = Type.Object({ purpose: PurposeText }, closed)

/** Histograms and thresholds over HTTP; translation only. */
export const calibrationRoutes =
  (calibration: Calibration): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: HistogramBody; Params: ByHash }>(
      '/v1/agreements/:hash/histograms',
      {
        schema: {
          operationId: 'submitHistogram',
          summary: 'Tell how alike your own subjects are, in counts only',
          tags: ['calibration'],
          params: ByHash,
          body: HistogramBody,
          response: { 200: HistogramAnswer },
        },
        config: { access: { scope: 'submit' } },
      },
      ({ caller, id, params, body }) =>
        calibration.submit({ ...caller, requestId: id }, params.hash, body),
    )

    app.get<{ Params: ByHash; Querystring: { purpose: string } }>(
      '/v1/agreements/:hash/thresholds',
      {
        schema: {
          operationId: 'getThresholds',
          summary: 'The thresholds of an agreement, and how precise they are estimated to be',
          tags: ['calibration'],
          params: ByHash,
          querystring: ForPurpose,
          response: { 200: ThresholdsView },
        },
        config: { access: { scope: 'read' } },
      },
      ({ caller, id, params, query }) =>
        calibration.read({ ...caller, requestId: id }, params.hash, query.purpose),
    )

    app.post<{ Body: ThresholdMoveBody; Params: ByHash }>(
      '/v1/agreements/:hash/thresholds',
      {
        schema: {
          operationId: 'moveThresholds',
          summary: 'Move a threshold of an agreement, as a party to it',
          tags: ['calibration'],
          params: ByHash,
          body: ThresholdMoveBody,
          response: { 200: ThresholdsView },
        },
        config: { access: 'statement' },
      },
      ({ id, params, body }) => calibration.move(params.hash, body.statement, id),
    )
  }
