import Type from 'typebox'
import { LinkageVersion, ThresholdBits, ThresholdReason } from '../../wire/calibration.ts'
import { AgencyIdText, AgreementHashText, closed, PurposeText } from '../../wire/common.ts'
import { agencyCaller, Digest, decided, type Kind, underAgreement } from './fields.ts'

const Estimated = Type.Number({ minimum: 0, maximum: 1 })
const ThresholdsMoved = Type.Object(ThresholdBits.properties, {
  ...closed,
  description: 'Bits from which names are of a quality',
})

/** Thresholds, and what they are judged by. */
export const calibrationKinds = {
  'histogram.submit': {
    title: 'A histogram is submitted',
    records: 'Who counted how alike its own subjects are. Not the counts.',
    fields: {
      ...agencyCaller,
      ...underAgreement,
      linkage: LinkageVersion,
      subjects: Type.Integer({ minimum: 0, description: 'How many subjects were counted' }),
      ...decided,
    },
  },
  'threshold.read': {
    title: 'Thresholds are looked at',
    records: 'Who looked at the thresholds of an agreement and their estimate.',
    fields: { ...agencyCaller, ...underAgreement, ...decided },
  },
  'threshold.move': {
    title: 'A threshold is moved',
    records:
      'Which party moved the thresholds of an agreement, where they stood before, why, and how precise they were estimated to be.',
    fields: {
      agency: AgencyIdText,
      agreement: AgreementHashText,
      purpose: Type.Optional(PurposeText),
      linkage: LinkageVersion,
      move: Type.Integer({ minimum: 1, description: 'Number of the move under this agreement' }),
      before: Type.Optional(ThresholdsMoved),
      after: ThresholdsMoved,
      histograms: Type.Optional(
        Type.Integer({ minimum: 0, description: 'How many histograms the estimate rests on' }),
      ),
      estimates: Type.Optional(
        Type.Object(
          {
            certain: Type.Optional(Estimated),
            probable: Type.Optional(Estimated),
            possible: Type.Optional(Estimated),
          },
          {
            ...closed,
            description: 'Estimated precision at the new thresholds, rounded down to hundredths',
          },
        ),
      ),
      why: ThresholdReason,
      statementHash: Digest('SHA-256 of the signed statement, base64url'),
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
