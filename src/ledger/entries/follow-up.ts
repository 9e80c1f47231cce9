import Type from 'typebox'
import { disputeReasons, outcomes } from '../../wire/codes/follow-ups.ts'
import { codesOf } from '../../wire/codes.ts'
import { AgencyIdText, AgreementHashText, Instant, PurposeText, Uuid } from '../../wire/common.ts'
import { agencyCaller, CoarseAnswerSize, Digest, decided, type Kind } from './fields.ts'

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
const Count = (description: string) => Type.Integer({ minimum: 0, description })

/**
 * What people do about overlaps, and what time does. That a handle has a follow-up stands here from the
 * first act on; which signals it is about never does. What time does comes in one entry a day.
 */
export const followUpKinds = {
  'follow-up.list': {
    title: 'Follow-ups are listed',
    records:
      'Who asked for its follow-ups. How many only in steps of which the lowest holds none, too.',
    fields: { ...agencyCaller, ...optionalAgreement, answerSize: CoarseAnswerSize, ...decided },
  },
  'follow-up.export': {
    title: 'Follow-ups are exported',
    records:
      'Who took its follow-ups out of here, under which agreement. How many stood behind the filter only in steps of which the lowest holds none, too.',
    fields: {
      ...agencyCaller,
      ...optionalAgreement,
      filterHash: Digest('SHA-256 of the filter as canonical JSON, base64url'),
      answerSize: CoarseAnswerSize,
      ...decided,
    },
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
  'follow-up.vouch': {
    title: 'What time did to follow-ups',
    records:
      'How often agencies were reminded, terms that passed were escalated, and offers and disputes lapsed, and a hash over each of it. Once a day, also when there was nothing.',
    fields: {
      from: Type.String({ ...Instant, description: 'What happened from here on' }),
      until: Type.String({ ...Instant, description: 'Until just before this moment' }),
      reminders: Count('Agencies that were reminded'),
      escalations: Count('Terms that passed'),
      lapses: Count('Offers and disputes that nobody answered'),
      steps: Digest('SHA-256 over the canonical JSON of all of it, by id'),
    },
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
