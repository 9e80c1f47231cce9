import Type from 'typebox'
import { DomainText, Epoch, Uuid } from '../../wire/common.ts'
import { agencyCaller, Digest, decided, type Kind, underAgreement } from './fields.ts'

const batchFields = {
  ...agencyCaller,
  ...underAgreement,
  domain: DomainText,
  epoch: Epoch,
  batch: Type.String({ ...Uuid, description: 'Number of the signed batch' }),
  elements: Type.Integer({
    minimum: 0,
    description: 'Elements in the batch, padding included',
  }),
  caseCommitment: Type.Optional(Digest('The agency’s salted commitment to its case references')),
  retry: Type.Optional(
    Type.Boolean({ description: 'An identical batch was answered before; not counted again' }),
  ),
  ...decided,
}

/** An operator’s half of the tokens. */
export const evaluationKinds = {
  'evaluation.evaluate': {
    title: 'A batch is evaluated',
    records: 'How many elements which agency had evaluated, why, and how it was decided.',
    fields: batchFields,
  },
  'evaluation.exercise-rights': {
    title: 'A batch is evaluated for the request of a subject',
    records:
      'How many elements which agency had evaluated to file a request of a subject, and how it was decided.',
    fields: batchFields,
  },
} as const satisfies Record<string, Kind>
