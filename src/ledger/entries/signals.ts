import Type from 'typebox'
import {
  AgencyIdText,
  AgreementHashText,
  Day,
  DomainText,
  Epoch,
  PurposeText,
  Uuid,
} from '../../wire/common.ts'
import { agencyCaller, decided, type Kind, underAgreement } from './fields.ts'

const AsSeen = (what: string) =>
  Type.String({ pattern: '^[a-z]{1,20}$', description: `${what}, as the policies saw it` })
const SignalId = Type.String({ ...Uuid, description: 'The signal, under its public id' })
/** What the policies saw of a signal. */
const covered = {
  category: Type.Optional(
    Type.String({ pattern: '^[a-z-]{1,64}$', description: 'Category, as the policies saw it' }),
  ),
  ageBand: Type.Optional(AsSeen('Age band')),
  subjectKind: Type.Optional(AsSeen('Kind of subject')),
}

/** The life of signals. */
export const signalKinds = {
  'signal.submit': {
    title: 'A signal is submitted',
    records: 'Who submitted which signal, and how it was decided. Not whether it touches another.',
    fields: {
      ...agencyCaller,
      ...underAgreement,
      domain: DomainText,
      epoch: Epoch,
      signalId: SignalId,
      ...covered,
      ...decided,
    },
  },
  'signal.withdraw': {
    title: 'A signal is withdrawn',
    records: 'Who withdrew which signal, and why in one word.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      signalId: SignalId,
      withdrawal: Type.Optional(
        Type.Enum(['no-longer-a-signal', 'entered-by-mistake', 'subject-objected', 'other'], {
          description: 'The reason its owner gave',
        }),
      ),
      ...decided,
    },
  },
  'signal.correct': {
    title: 'A signal is corrected',
    records: 'Who replaced the body of which signal. Not what changed.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      signalId: SignalId,
      ...covered,
      ...decided,
    },
  },
  'signal.expire': {
    title: 'A signal expires',
    records: 'That a signal ended because its time was over. Nobody asked for it.',
    fields: {
      agency: AgencyIdText,
      ...underAgreement,
      signalId: SignalId,
      cause: Type.Enum(['past-retention', 'agreement-ended'], { description: 'What was over' }),
      archivedUntil: Type.Optional(
        Type.String({ ...Day, description: 'Until when the archive keeps what recognises it' }),
      ),
    },
  },
  'signal.read': {
    title: 'A signal is looked up',
    records: 'Who looked up the status of which signal.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      signalId: SignalId,
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
