import Type from 'typebox'
import { disputeReasons, outcomes } from '../../wire/codes/follow-ups.ts'
import { codesOf } from '../../wire/codes.ts'
import { AgencyIdText, AgreementHashText, PurposeText, Uuid } from '../../wire/common.ts'
import { agencyCaller, decided, type Kind, underAgreement } from './fields.ts'

const optionalAgreement = {
  agreement: Type.Optional(AgreementHashText),
  purpose: Type.Optional(PurposeText),
}
const FollowUp = Type.String({ ...Uuid, description: 'Handle of the agency that acts' })
const onFollowUp = {
  ...agencyCaller,
  ...optionalAgreement,
  followUp: FollowUp,
  ...decided,
}
const Version = Type.Integer({ minimum: 1, description: 'The version that the agency saw' })
const To = (description: string) => Type.String({ ...AgencyIdText, description })
const Term = Type.Enum(['acknowledge', 'close', 'offer', 'dispute', 'disclosure'], {
  description: 'What is owed',
})
const terms = {
  agency: Type.String({ ...AgencyIdText, description: 'The agency that owes it' }),
  ...underAgreement,
  followUp: Type.Optional(
    Type.String({ ...Uuid, description: 'Its handle, or the number of the disclosure' }),
  ),
  term: Term,
}

/**
 * What people do about overlaps, and what time does. That a handle has a follow-up stands here from the
 * first act or reminder on; which signals it is about never does.
 */
export const followUpKinds = {
  'follow-up.list': {
    title: 'Follow-ups are listed',
    records: 'Who asked for its follow-ups. Not how many there are.',
    fields: { ...agencyCaller, ...optionalAgreement, ...decided },
  },
  'follow-up.measure': {
    title: 'Follow-ups are measured',
    records: 'Who asked how its follow-ups fare. Not how they do.',
    fields: { ...agencyCaller, ...optionalAgreement, ...decided },
  },
  'follow-up.read': {
    title: 'A follow-up is looked up',
    records: 'Who looked up which handle, whether or not it exists.',
    fields: onFollowUp,
  },
  'follow-up.acknowledge': {
    title: 'An agency acknowledges',
    records: 'That an agency said it has seen the overlap.',
    fields: { ...onFollowUp, version: Version },
  },
  'follow-up.take-lead': {
    title: 'An agency takes the lead',
    records: 'That an agency took the lead over.',
    fields: { ...onFollowUp, version: Version },
  },
  'follow-up.offer-lead': {
    title: 'The lead is offered',
    records: 'That the lead offered it to another agency.',
    fields: { ...onFollowUp, version: Version, to: To('The agency to which it was offered') },
  },
  'follow-up.answer-offer': {
    title: 'An offer of the lead is answered',
    records: 'That an agency accepted or declined the lead.',
    fields: {
      ...onFollowUp,
      version: Version,
      answer: Type.Enum(['accept', 'decline'], { description: 'What it said' }),
    },
  },
  'follow-up.dispute-lead': {
    title: 'The lead is disputed',
    records: 'That an agency disputed who has the lead, and why in one word.',
    fields: {
      ...onFollowUp,
      version: Version,
      dispute: Type.Enum(codesOf(disputeReasons), { description: 'Why' }),
    },
  },
  'follow-up.settle-dispute': {
    title: 'A dispute about the lead is settled',
    records: 'Which agency has the lead, on the coordinator’s word.',
    fields: { ...onFollowUp, version: Version, to: To('The agency that has the lead') },
  },
  'follow-up.record-outcome': {
    title: 'An outcome is recorded',
    records: 'What the lead recorded as the outcome of an overlap, in one word.',
    fields: {
      ...onFollowUp,
      version: Version,
      result: Type.Enum(codesOf(outcomes), { description: 'The outcome' }),
    },
  },
  'follow-up.reopen': {
    title: 'A follow-up is opened again',
    records: 'That an agency concerned opened a closed follow-up again.',
    fields: { ...onFollowUp, version: Version },
  },
  'follow-up.remind': {
    title: 'A reminder',
    records: 'That an agency was reminded of what it owes. Nobody asked for it.',
    fields: terms,
  },
  'follow-up.escalate': {
    title: 'A term passed',
    records: 'That an agency let a term pass, and who was told. Nobody asked for it.',
    fields: {
      ...terms,
      level: Type.Enum(['deputy', 'coordinator'], { description: 'Who was told' }),
      told: To('The agency that was told'),
    },
  },
  'follow-up.lapse': {
    title: 'An offer or a dispute lapses',
    records: 'That nobody answered in time, and the lead stays. Nobody asked for it.',
    fields: terms,
  },
  'feedback.read': {
    title: 'Feedback is looked up',
    records: 'Who asked what became of which signal of its own.',
    fields: {
      ...agencyCaller,
      ...optionalAgreement,
      signalId: Type.String({ ...Uuid, description: 'The signal, under its public id' }),
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
