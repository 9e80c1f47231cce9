import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { actorOf } from '../ledger/actor.ts'
import { closed, Uuid } from '../wire/common.ts'
import {
  CloseRequestBody,
  ExtendRequestBody,
  FiledRequest,
  RequestTask,
  SubjectRequestAnswer,
  SubjectRequestBody,
  SubjectRequestList,
  SubjectRequestView,
  TaskAnswerBody,
} from '../wire/subject-request.ts'
import type { SubjectRights } from './subject-rights.ts'
import type { Asker } from './types.ts'

const ById = Type.Object({ id: Uuid }, closed)
type ById = { readonly id: string }
const tags = ['subject-rights']
const config = { access: { scope: 'subject-rights' as const } }

const askerOf = ({ caller, id }: FastifyRequest): Asker => ({
  agency: caller.agency,
  ...actorOf(caller),
  requestId: id,
})

/** Requests of subjects over HTTP; translation only. */
export const subjectRightsRoutes =
  (rights: SubjectRights): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: SubjectRequestBody }>(
      '/v1/subject-requests',
      {
        schema: {
          operationId: 'fileSubjectRequest',
          summary: 'File the request of a subject, for all parties of an agreement',
          description:
            'The answer is the same whether anything was found or not. Make sure of who asks before you file.',
          tags,
          body: SubjectRequestBody,
          response: { 201: SubjectRequestAnswer },
        },
        config,
      },
      async (request, reply) =>
        reply.code(201).send(await rights.file(askerOf(request), request.body)),
    )

    app.get(
      '/v1/subject-requests',
      {
        schema: {
          operationId: 'listSubjectRequests',
          summary: 'Requests of subjects that you filed, and those that wait for your answer',
          tags,
          response: { 200: SubjectRequestList },
        },
        config,
      },
      (request) => rights.list(askerOf(request)),
    )

    app.get<{ Params: ById }>(
      '/v1/subject-requests/:id',
      {
        schema: {
          operationId: 'getSubjectRequest',
          summary: 'One request of a subject: the joined answer, or what you have to answer',
          tags,
          params: ById,
          response: { 200: SubjectRequestView },
        },
        config,
      },
      (request) => rights.read(askerOf(request), request.params.id),
    )

    app.post<{ Params: ById; Body: TaskAnswerBody }>(
      '/v1/subject-requests/:id/_answer',
      {
        schema: {
          operationId: 'answerSubjectRequest',
          summary: 'Answer for a signal of your own',
          description:
            'Correct, withdraw or restrict the signal first: it is held against what you say.',
          tags,
          params: ById,
          body: TaskAnswerBody,
          response: { 200: RequestTask },
        },
        config,
      },
      (request) => rights.answer(askerOf(request), request.params.id, request.body),
    )

    app.post<{ Params: ById; Body: ExtendRequestBody }>(
      '/v1/subject-requests/:id/_extend',
      {
        schema: {
          operationId: 'extendSubjectRequest',
          summary: 'Extend the term of a request that you filed, once, where the law lets you',
          tags,
          params: ById,
          body: ExtendRequestBody,
          response: { 200: FiledRequest },
        },
        config,
      },
      (request) => rights.extend(askerOf(request), request.params.id, request.body),
    )

    app.post<{ Params: ById; Body: CloseRequestBody }>(
      '/v1/subject-requests/:id/_close',
      {
        schema: {
          operationId: 'closeSubjectRequest',
          summary: 'Close a request that you filed; what was answered is forgotten',
          tags,
          params: ById,
          body: CloseRequestBody,
          response: { 200: FiledRequest },
        },
        config,
      },
      (request) => rights.close(askerOf(request), request.params.id, request.body),
    )
  }
