import Type from 'typebox'
import { measureGrounds, signalMeasures } from '../../wire/codes/restrictions.ts'
import {
  askers,
  extensionReasons,
  refusalGrounds,
  requestEnds,
  requestKinds,
  requestOutcomes,
  subjectAges,
} from '../../wire/codes/subject-requests.ts'
import { codesOf } from '../../wire/codes.ts'
import { AgreementHashText, Day, PurposeText, Uuid } from '../../wire/common.ts'
import { agencyCaller, decided, type Kind, underAgreement } from './fields.ts'

const Request = Type.String({ ...Uuid, description: 'The request of a subject' })
const standing = { agreement: Type.Optional(AgreementHashText) }

const measured = {
  ...agencyCaller,
  ...standing,
  purpose: Type.Optional(PurposeText),
  signalId: Type.String({ ...Uuid, description: 'The signal, under its public id' }),
  measure: Type.Enum(codesOf(signalMeasures), { description: 'Restricted, or confidential' }),
  ...decided,
}
const ReviewOn = Type.String({ ...Day, description: 'When its owner looks at it again' })

/** Requests of subjects. What time does to them makes no entry: that could tell who was found. */
export const subjectRightsKinds = {
  'subject-request.file': {
    title: 'The request of a subject is filed',
    records:
      'Which contact point filed what kind of request, and who may ask for whom. Not whether anything was found.',
    fields: {
      ...agencyCaller,
      ...underAgreement,
      request: Request,
      wish: Type.Enum(codesOf(requestKinds), { description: 'What is asked' }),
      asker: Type.Enum(codesOf(askers), { description: 'Who asks' }),
      age: Type.Enum(codesOf(subjectAges), {
        description: 'How old the subject is, in three steps',
      }),
      ...decided,
    },
  },
  'subject-request.list': {
    title: 'An agency lists the requests and tasks that are its own',
    records: 'Who looked. Not how many there are.',
    fields: { ...agencyCaller, ...decided },
  },
  'subject-request.read': {
    title: 'A request of a subject is read, by its contact point or by a party that answers',
    records: 'Who read which request.',
    fields: { ...agencyCaller, ...standing, request: Request, ...decided },
  },
  'subject-request.answer': {
    title: 'A party answers for a signal of its own',
    records:
      'What was done, and on which ground it was refused (Wpg art. 32 lid 1 onder c). Not which signal.',
    fields: {
      ...agencyCaller,
      ...standing,
      request: Request,
      answer: Type.Enum(codesOf(requestOutcomes), { description: 'What was done' }),
      ground: Type.Optional(
        Type.Enum(codesOf(refusalGrounds), { description: 'On what it was refused' }),
      ),
      ...decided,
    },
  },
  'subject-request.extend': {
    title: 'The term of a request is extended',
    records: 'Which request, and why in one word.',
    fields: {
      ...agencyCaller,
      ...standing,
      request: Request,
      extension: Type.Enum(codesOf(extensionReasons), { description: 'Why' }),
      ...decided,
    },
  },
  'subject-request.close': {
    title: 'A request is closed',
    records: 'Which request, and how it ended.',
    fields: {
      ...agencyCaller,
      ...standing,
      request: Request,
      end: Type.Enum(codesOf(requestEnds), { description: 'How it ended' }),
      ...decided,
    },
  },
  'signal.restrict': {
    title: 'A signal is restricted, or kept from its subject',
    records: 'Who laid which measure on which own signal, on which ground, until which review.',
    fields: {
      ...measured,
      ground: Type.Enum(codesOf(measureGrounds), { description: 'Why' }),
      reviewOn: ReviewOn,
    },
  },
  'signal.review': {
    title: 'A measure on a signal is looked at again, and stays',
    records: 'Who looked, and until which review it stays.',
    fields: { ...measured, reviewOn: ReviewOn },
  },
  'signal.lift': {
    title: 'A measure on a signal is lifted',
    records: 'Who lifted which measure of which own signal.',
    fields: measured,
  },
  'restriction.list': {
    title: 'An agency lists the measures on its own signals',
    records: 'Who looked. Not how many there are.',
    fields: { ...agencyCaller, ...decided },
  },
} as const satisfies Record<string, Kind>
