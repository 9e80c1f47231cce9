import Type from 'typebox'
import { refusalReasons, sealedFields } from '../../wire/codes/disclosures.ts'
import { emergencyOutcomes } from '../../wire/codes/emergencies.ts'
import { keepingReasons, recallAnswers, recallCauses } from '../../wire/codes/recalls.ts'
import { codesOf } from '../../wire/codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  Instant,
  PurposeText,
  Thumbprint,
  Uuid,
} from '../../wire/common.ts'
import {
  agencyCaller,
  CoarseAnswerSize,
  Digest,
  decided,
  type Kind,
  Outcome,
  recorded,
} from './fields.ts'

const Disclosure = Type.String({ ...Uuid, description: 'Number of the disclosure' })
const Grant = Type.String({ ...Uuid, description: 'Number of the grant' })
const Recall = Type.String({ ...Uuid, description: 'Number of the recall' })
const Emergency = Type.String({ ...Uuid, description: 'Number of the emergency' })
const Owner = Type.String({ ...AgencyIdText, description: 'The agency whose signal it is' })
const Receiver = Type.String({ ...AgencyIdText, description: 'The agency that asked' })
const SignalId = Type.String({ ...Uuid, description: 'The signal whose fields were granted' })
const Fields = Type.Array(Type.Enum(codesOf(sealedFields)), {
  maxItems: sealedFields.length,
  description: 'Sealed fields',
})
const optionalAgreement = {
  agreement: Type.Optional(AgreementHashText),
  purpose: Type.Optional(PurposeText),
}

/**
 * Asking for sealed fields, deciding on it, releasing and opening them. Which signal it is stands there
 * from the grant on: whoever asked and whoever granted has to be able to account for it.
 */
export const disclosureKinds = {
  'disclosure.request': {
    title: 'A disclosure is asked for',
    records: 'Who asked which agency for which sealed fields, and on which basis. Not why.',
    fields: {
      ...agencyCaller,
      ...optionalAgreement,
      disclosure: Disclosure,
      owner: Owner,
      fields: Fields,
      article: Type.String({
        pattern: '^[a-z0-9-]{2,63}$',
        description: 'Code of the legal basis',
      }),
      requestHash: Digest('SHA-256 of the signed request, base64url'),
      ...decided,
    },
  },
  'disclosure.list': {
    title: 'Disclosures are listed',
    records:
      'Who asked which disclosures it takes part in. How many only in steps of which the lowest holds none, too.',
    fields: { ...agencyCaller, ...optionalAgreement, answerSize: CoarseAnswerSize, ...decided },
  },
  'disclosure.read': {
    title: 'A disclosure is looked up',
    records: 'Who looked up which disclosure, whether or not it exists.',
    fields: { ...agencyCaller, disclosure: Disclosure, ...decided },
  },
  'disclosure.reply': {
    title: 'The receiver replies',
    records: 'That the agency that asked answered a question, or objected to a refusal.',
    fields: {
      ...agencyCaller,
      disclosure: Disclosure,
      reply: Type.Enum(['answer', 'objection'], { description: 'What it was' }),
      ...decided,
    },
  },
  'disclosure.answer': {
    title: 'The owner refuses or asks',
    records: 'That the owner refused, with the reason in one word, or asked something back.',
    fields: {
      ...agencyCaller,
      disclosure: Disclosure,
      answer: Type.Enum(['refuse', 'ask'], { description: 'What it was' }),
      refusal: Type.Optional(Type.Enum(codesOf(refusalReasons), { description: 'Why not' })),
      ...decided,
    },
  },
  'disclosure.grant': {
    title: 'The owner grants a disclosure',
    records:
      'Which agency may open which fields of which signal, until when, on whose signed word.',
    fields: {
      ...agencyCaller,
      ...optionalAgreement,
      disclosure: Disclosure,
      grant: Type.Optional(Grant),
      receiver: Type.Optional(Receiver),
      signalId: Type.Optional(SignalId),
      fields: Type.Optional(Fields),
      expiresAt: Type.Optional(Instant),
      grantHash: Type.Optional(Digest('SHA-256 of the signed grant, base64url')),
      ...decided,
    },
  },
  'disclosure.release': {
    title: 'An operator releases its half',
    records: 'To whom this operator encrypted its half of which fields, under which grant.',
    fields: {
      ...agencyCaller,
      ...optionalAgreement,
      owner: Owner,
      grant: Grant,
      grantHash: Digest('SHA-256 of the signed grant, base64url'),
      release: Type.String({ ...Uuid, description: 'Number of the release' }),
      signalId: SignalId,
      fields: Fields,
      retry: Type.Boolean({ description: 'The same release was answered before' }),
      ...decided,
    },
  },
  'emergency.prepare': {
    title: 'An emergency is prepared',
    records: 'Who asked for the record that two officers are to sign for. Not which record.',
    fields: {
      ...agencyCaller,
      ...optionalAgreement,
      emergency: Emergency,
      owner: Type.Optional(Owner),
      fields: Fields,
      ...decided,
    },
  },
  'disclosure.release-emergency': {
    title: 'An operator releases its half in an emergency',
    records:
      'On which two officers’ word this operator encrypted its half of which fields to their agency, without a grant.',
    fields: {
      agency: Receiver,
      ...optionalAgreement,
      owner: Owner,
      emergency: Emergency,
      statementsHash: Digest('SHA-256 of both signed statements, base64url'),
      necessityHash: Digest('Salted SHA-256 of the reasons, base64url'),
      officers: Type.Array(Thumbprint, {
        maxItems: 2,
        description: 'Keys of the officers that count',
      }),
      signalId: SignalId,
      fields: Fields,
      retry: Type.Boolean({ description: 'The same statements were answered before' }),
      ...decided,
    },
  },
  'emergency.review': {
    title: 'The owner reviews an emergency',
    records: 'What the owner found of a use of the emergency route on its signal.',
    fields: {
      agency: Owner,
      emergency: Emergency,
      receiver: Type.Optional(Receiver),
      agreement: Type.Optional(AgreementHashText),
      finding: Type.Enum(codesOf(emergencyOutcomes), { description: 'What it found' }),
      ...decided,
    },
  },
  'emergency.reopen': {
    title: 'The owner opens the emergency route again',
    records: 'For which receiver, under which agreement, on whose signed word.',
    fields: {
      agency: Owner,
      receiver: Receiver,
      agreement: AgreementHashText,
      statementHash: Digest('SHA-256 of the signed word, base64url'),
      ...decided,
    },
  },
  'emergency.read': {
    title: 'An emergency is looked up',
    records: 'Who looked up which emergency, whether or not it exists.',
    fields: { ...agencyCaller, emergency: Emergency, ...decided },
  },
  'emergency.list': {
    title: 'Emergencies are listed',
    records: 'Who asked which emergencies it takes part in. Not how many there are.',
    fields: { outcome: Outcome, agency: AgencyIdText, agreement: AgreementHashText },
  },
  'recall.tell': {
    title: 'A text that was opened is recalled',
    records:
      'Which receiver was told that a signal of which it opened a text was corrected, restricted or ended. Not which signal.',
    fields: {
      agency: Owner,
      receiver: Receiver,
      agreement: AgreementHashText,
      recall: Recall,
      disclosure: Disclosure,
      cause: Type.Enum(codesOf(recallCauses), { description: 'What happened to the signal' }),
    },
  },
  'recall.remind': {
    title: 'A receiver is reminded of a recall',
    records: 'That a receiver had not confirmed, and for which time it was reminded.',
    fields: {
      agency: Receiver,
      agreement: AgreementHashText,
      recall: Recall,
      reminder: Type.Integer({ minimum: 1, description: 'Which reminder it is' }),
    },
  },
  'recall.confirm': {
    title: 'A receiver confirms a recall',
    records: 'The receiver’s signed word on what it did with the text.',
    fields: {
      agency: Receiver,
      agreement: Type.Optional(AgreementHashText),
      recall: Recall,
      answer: Type.Enum(codesOf(recallAnswers), { description: 'What it did' }),
      reason: Type.Optional(Type.Enum(codesOf(keepingReasons), { description: 'Why it is kept' })),
      statementHash: Digest('SHA-256 of the signed word, base64url'),
      ...decided,
    },
  },
  'recall.list': {
    title: 'Recalls are listed',
    records: 'Who asked which recalls it takes part in. Not how many there are.',
    fields: { ...agencyCaller, ...recorded },
  },
  'disclosure.revoke': {
    title: 'The owner takes a grant back',
    records: 'That a grant ended, and whether this operator had released its half by then.',
    fields: {
      outcome: Outcome,
      agency: Owner,
      grant: Grant,
      released: Type.Boolean({ description: 'The half had been released' }),
    },
  },
  'disclosure.open': {
    title: 'The receiver opened what was granted',
    records: 'The receiver’s signed word that it opened the fields.',
    fields: {
      outcome: Outcome,
      agency: Receiver,
      owner: Owner,
      grant: Grant,
      release: Type.String({ ...Uuid, description: 'Number of the release' }),
      receiptHash: Digest('SHA-256 of the signed receipt, base64url'),
    },
  },
} as const satisfies Record<string, Kind>
