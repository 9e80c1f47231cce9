import Type, { type Static } from 'typebox'
import { noticeKinds } from './codes/notices.ts'
import { codesOf } from './codes.ts'
import { AgencyIdText, AgreementHashText, closed, Instant, ListOf, OneOf, Uuid } from './common.ts'

/** Notices in one page of the inbox. */
export const noticesPerPage = 100

/** A place in an agency's inbox. The first notice has 1. */
export const NoticeSequence = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Place in your inbox; the first notice has 1',
})

export const Notice = Type.Object(
  {
    id: Type.String({ ...Uuid, description: 'Stays the same, however often you are told' }),
    sequence: NoticeSequence,
    kind: OneOf(codesOf(noticeKinds)),
    at: Type.String({ ...Instant, description: 'When it happened' }),
    dataref: Type.String({
      maxLength: 500,
      description: 'Path at the gateway where you may look it up, if you still may',
    }),
    agreement: Type.Optional(AgreementHashText),
    onBehalfOf: Type.Optional(
      Type.String({ ...AgencyIdText, description: 'The agency for which you are told' }),
    ),
    acknowledged: Type.Boolean(),
  },
  {
    ...closed,
    title: 'Notice',
    description: 'That something happened, and where to look. Never what was in it',
  },
)
export type Notice = Static<typeof Notice>

export const NoticePage = Type.Object(
  {
    notices: ListOf(Notice, noticesPerPage),
    acknowledgedUntil: NoticeSequence,
    next: Type.Optional(
      Type.Integer({ description: 'There is more: ask again with this as `after`' }),
    ),
  },
  { ...closed, title: 'NoticePage' },
)
export type NoticePage = Static<typeof NoticePage>

export const AcknowledgeBody = Type.Object(
  { until: Type.Integer({ ...NoticeSequence, minimum: 1 }) },
  {
    ...closed,
    title: 'AcknowledgeBody',
    description: 'You have dealt with every notice up to and including this one',
  },
)
export type AcknowledgeBody = Static<typeof AcknowledgeBody>

export const AcknowledgeAnswer = Type.Object(
  { acknowledgedUntil: NoticeSequence },
  { ...closed, title: 'AcknowledgeAnswer' },
)
export type AcknowledgeAnswer = Static<typeof AcknowledgeAnswer>
