import Type from 'typebox'
import { AgencyIdText, AgreementHashText, PurposeText, Uuid } from '../../wire/common.ts'
import { AnswerSize, agencyCaller, decided, type Kind, underAgreement } from './fields.ts'

/** The archive of expired signals. That a signal enters it stands in `signal.expire`. */
export const archiveKinds = {
  'archive.ask': {
    title: 'The archive is asked',
    records:
      'Who submitted signals under an agreement with an archive, and may be told what it knows. Not whether it knew anything.',
    fields: { ...agencyCaller, ...underAgreement, ...decided },
  },
  'archive.list': {
    title: 'Archived signals are listed',
    records: 'Who asked which of its own signals are archived, and how many it was shown.',
    fields: {
      ...agencyCaller,
      agreement: AgreementHashText,
      purpose: Type.Optional(PurposeText),
      answerSize: AnswerSize,
      ...decided,
    },
  },
  'archive.end': {
    title: 'A signal leaves the archive',
    records: 'That an archived signal is gone because its time was over. Nobody asked for it.',
    fields: {
      agency: AgencyIdText,
      ...underAgreement,
      signalId: Type.String({ ...Uuid, description: 'The signal, under its public id' }),
      cause: Type.Enum(['years-past', 'agreement-ended'], { description: 'What was over' }),
    },
  },
} as const satisfies Record<string, Kind>
