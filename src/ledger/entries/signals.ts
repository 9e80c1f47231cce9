import Type from 'typebox'
import { AgreementHashText, DomainText, Epoch, PurposeText, Uuid } from '../../wire/common.ts'
import { agencyCaller, decided, type Kind, underAgreement } from './fields.ts'

const SignalId = Type.String({ ...Uuid, description: 'The signal, under its public id' })
const AsSeen = (what: string) =>
  Type.String({ pattern: '^[a-z]{1,20}$', description: `${what}, as the policies saw it` })

/** Entries about evaluations, signals and overlaps. */
export const signalKinds = {
  'evaluation.evaluate': {
    title: 'A batch is evaluated',
    records: 'How many elements which agency had evaluated, why, and how it was decided.',
    fields: {
      ...agencyCaller,
      ...underAgreement,
      domain: DomainText,
      epoch: Epoch,
      batch: Type.String({ ...Uuid, description: 'Number of the signed batch' }),
      elements: Type.Integer({
        minimum: 0,
        description: 'Elements in the batch, padding included',
      }),
      caseCommitment: Type.Optional(
        Type.String({
          pattern: '^[A-Za-z0-9_-]{43}$',
          description: 'The agency’s salted commitment to its case references',
        }),
      ),
      retry: Type.Optional(
        Type.Boolean({ description: 'An identical batch was answered before; not counted again' }),
      ),
      ...decided,
    },
  },
  'signal.submit': {
    title: 'A signal is submitted',
    records: 'Who submitted which signal, and how it was decided. Not whether it touches another.',
    fields: {
      ...agencyCaller,
      ...underAgreement,
      domain: DomainText,
      epoch: Epoch,
      signalId: SignalId,
      category: Type.Optional(
        Type.String({ pattern: '^[a-z-]{1,64}$', description: 'Category, as the policies saw it' }),
      ),
      ageBand: Type.Optional(AsSeen('Age band')),
      subjectKind: Type.Optional(AsSeen('Kind of subject')),
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
  'overlap.list': {
    title: 'Overlaps are listed',
    records: 'Who asked for its overlaps. Not how many there are.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      ...decided,
    },
  },
  'overlap.read': {
    title: 'An overlap is looked up',
    records: 'Who asked for which handle, whether or not it exists.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      handle: Type.String({ ...Uuid, description: 'The handle that was asked for' }),
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
