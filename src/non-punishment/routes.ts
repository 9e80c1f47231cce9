import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { actorOf } from '../ledger/actor.ts'
import { AgreementHashText, closed, PurposeText, Uuid } from '../wire/common.ts'
import {
  FlagList,
  FlagOutcomeBody,
  FlagView,
  MentionAnswer,
  MentionBody,
} from '../wire/non-punishment.ts'
import type { NonPunishment } from './non-punishment.ts'
import type { Asker } from './types.ts'

const ListQuery = Type.Object({ agreement: AgreementHashText, purpose: PurposeText }, closed)
const ById = Type.Object({ id: Uuid }, closed)
const tags = ['non-punishment']

const askerOf = ({ caller, id }: FastifyRequest): Asker => ({
  agency: caller.agency,
  ...actorOf(caller),
  requestId: id,
})

/** Flags of persons who are a suspect to one agency and a presumed victim to another. Translation only. */
export const nonPunishmentRoutes =
  (nonPunishment: NonPunishment): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: { agreement: string; purpose: string } }>(
      '/v1/non-punishment-flags',
      {
        schema: {
          operationId: 'listNonPunishmentFlags',
          summary: 'Persons to be looked at again, for the agency that the agreement names',
          tags,
          querystring: ListQuery,
          response: { 200: FlagList },
        },
        config: { access: { scope: 'review' } },
      },
      (request) => nonPunishment.list(askerOf(request), request.query),
    )

    app.post<{ Params: { id: string }; Body: FlagOutcomeBody }>(
      '/v1/non-punishment-flags/:id/_close',
      {
        schema: {
          operationId: 'closeNonPunishmentFlag',
          summary: 'Record what came of a review of non-punishment',
          tags,
          params: ById,
          body: FlagOutcomeBody,
          response: { 200: FlagView },
        },
        config: { access: { scope: 'review' } },
      },
      (request) => nonPunishment.close(askerOf(request), request.params.id, request.body),
    )

    app.post<{ Body: MentionBody }>(
      '/v1/non-punishment-mentions',
      {
        schema: {
          operationId: 'findMentionedCase',
          summary: 'Which of your own cases somebody means who names a mention on the telephone',
          tags,
          body: MentionBody,
          response: { 200: MentionAnswer },
        },
        config: { access: { scope: 'read' } },
      },
      (request) => nonPunishment.mention(askerOf(request), request.body),
    )
  }
