import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import Type, { type TSchema } from 'typebox'
import type { SignalId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import { AgreementHashText, closed, OneOf, PurposeText, Uuid } from '../wire/common.ts'
import {
  AcknowledgeFollowUpBody,
  AnswerOfferBody,
  DisputeLeadBody,
  FollowUpPage,
  FollowUpView,
  FollowUpYield,
  OfferLeadBody,
  OutcomeBody,
  ReopenBody,
  SettleDisputeBody,
  SignalFeedback,
  TakeLeadBody,
} from '../wire/follow-up.ts'
import type { FollowUps } from './follow-up.ts'
import type { Asker } from './types.ts'

const ListQuery = Type.Object(
  {
    agreement: AgreementHashText,
    purpose: PurposeText,
    state: Type.Optional(
      OneOf(['open', 'over'], {
        description: 'Open ones, in the order of the queue; or the others',
      }),
    ),
    cursor: Type.Optional(
      Type.String({ pattern: '^[1-9][0-9]{0,6}$', description: 'As `next` of the page before' }),
    ),
  },
  closed,
)
type ListQuery = {
  readonly agreement: string
  readonly purpose: string
  readonly state?: 'open' | 'over'
  readonly cursor?: string
}

const YieldQuery = Type.Object({ agreement: AgreementHashText, purpose: PurposeText }, closed)
type YieldQuery = Pick<ListQuery, 'agreement' | 'purpose'>

const ByHandle = Type.Object({ handle: Uuid }, closed)
const ById = Type.Object({ id: Uuid }, closed)
type ByHandle = { Params: { handle: string } }

const askerOf = ({ caller, id }: FastifyRequest): Asker => ({
  agency: caller.agency,
  ...actorOf(caller),
  requestId: id,
})

const tags = ['follow-up']

const actWith = (body: TSchema, operationId: string, summary: string) => ({
  schema: {
    operationId,
    summary,
    description: 'Name the version that you saw: when it has changed, nothing is done.',
    tags,
    params: ByHandle,
    body,
    response: { 200: FollowUpView },
  },
  config: { access: { scope: 'follow-up' as const } },
})

/** Follow-ups over HTTP; translation only. */
export const followUpRoutes =
  (followUps: FollowUps): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: ListQuery }>(
      '/v1/follow-ups',
      {
        schema: {
          operationId: 'listFollowUps',
          summary: 'Your queue: the overlaps that are followed up, under one agreement',
          description: 'Most points first; what they are for stands with each.',
          tags,
          querystring: ListQuery,
          response: { 200: FollowUpPage },
        },
        config: { access: { scope: 'read' } },
      },
      (request) => followUps.list(askerOf(request), request.query),
    )

    app.get<{ Querystring: YieldQuery }>(
      '/v1/follow-ups/_yield',
      {
        schema: {
          operationId: 'measureFollowUps',
          summary: 'How the overlaps that you may know of are followed up',
          tags,
          querystring: YieldQuery,
          response: { 200: FollowUpYield },
        },
        config: { access: { scope: 'read' } },
      },
      (request) => followUps.measure(askerOf(request), request.query),
    )

    app.get<ByHandle>(
      '/v1/follow-ups/:handle',
      {
        schema: {
          operationId: 'getFollowUp',
          summary: 'One follow-up with its history, under your own handle',
          tags,
          params: ByHandle,
          response: { 200: FollowUpView },
        },
        config: { access: { scope: 'read' } },
      },
      (request) => followUps.read(askerOf(request), request.params.handle),
    )

    app.get<{ Params: { id: SignalId } }>(
      '/v1/signals/:id/feedback',
      {
        schema: {
          operationId: 'getSignalFeedback',
          summary: 'What became of your signal, in fixed words',
          tags,
          params: ById,
          response: { 200: SignalFeedback },
        },
        config: { access: { scope: 'read' } },
      },
      (request) => followUps.feedback(askerOf(request), request.params.id),
    )

    app.post<ByHandle & { Body: AcknowledgeFollowUpBody }>(
      '/v1/follow-ups/:handle/_acknowledge',
      actWith(
        AcknowledgeFollowUpBody,
        'acknowledgeFollowUp',
        'Say that your agency has seen the overlap',
      ),
      (request) => followUps.acknowledge(askerOf(request), request.params.handle, request.body),
    )

    app.post<ByHandle & { Body: TakeLeadBody }>(
      '/v1/follow-ups/:handle/_take',
      actWith(TakeLeadBody, 'takeLead', 'Take the lead, while it is not acknowledged or late'),
      (request) => followUps.takeLead(askerOf(request), request.params.handle, request.body),
    )

    app.post<ByHandle & { Body: OfferLeadBody }>(
      '/v1/follow-ups/:handle/_offer',
      actWith(OfferLeadBody, 'offerLead', 'Offer the lead to another agency concerned'),
      (request) => followUps.offerLead(askerOf(request), request.params.handle, request.body),
    )

    app.post<ByHandle & { Body: AnswerOfferBody }>(
      '/v1/follow-ups/:handle/_answer',
      actWith(
        AnswerOfferBody,
        'answerLeadOffer',
        'Accept or decline the lead that was offered to you',
      ),
      (request) => followUps.answerOffer(askerOf(request), request.params.handle, request.body),
    )

    app.post<ByHandle & { Body: DisputeLeadBody }>(
      '/v1/follow-ups/:handle/_dispute',
      actWith(
        DisputeLeadBody,
        'disputeLead',
        'Dispute who has the lead; it stays until that is settled',
      ),
      (request) => followUps.disputeLead(askerOf(request), request.params.handle, request.body),
    )

    app.post<ByHandle & { Body: SettleDisputeBody }>(
      '/v1/follow-ups/:handle/_settle',
      actWith(SettleDisputeBody, 'settleLeadDispute', 'As the coordinator, say who has the lead'),
      (request) => followUps.settleDispute(askerOf(request), request.params.handle, request.body),
    )

    app.post<ByHandle & { Body: OutcomeBody }>(
      '/v1/follow-ups/:handle/_conclude',
      actWith(OutcomeBody, 'recordOutcome', 'As the lead, record what became of the overlap'),
      (request) => followUps.recordOutcome(askerOf(request), request.params.handle, request.body),
    )

    app.post<ByHandle & { Body: ReopenBody }>(
      '/v1/follow-ups/:handle/_reopen',
      actWith(
        ReopenBody,
        'reopenFollowUp',
        'Open a closed follow-up again: twice at most, within 90 days',
      ),
      (request) => followUps.reopen(askerOf(request), request.params.handle, request.body),
    )
  }
