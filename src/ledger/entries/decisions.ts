import Type from 'typebox'
import { AgreementHashText, PurposeText, Thumbprint, Uuid } from '../../wire/common.ts'
import { Administrator, agencyCaller, decided, type Kind, recorded } from './fields.ts'

const PolicySet = Type.String({
  pattern: '^[A-Za-z0-9_-]{43}$',
  description: 'Hash of a policy set, base64url',
})

/** Entries about the policies, and what is asked about decisions. */
export const decisionKinds = {
  'policy.sign': {
    title: 'An administrator signs a policy set',
    records: 'Who wants which policy set in the place of which.',
    fields: { ...recorded, administrator: Administrator, from: PolicySet, to: PolicySet },
  },
  'policy.change': {
    title: 'A policy set is put in force',
    records: 'Which set decides from here on in the place of which, on whose two signatures.',
    fields: {
      ...recorded,
      from: PolicySet,
      to: PolicySet,
      administrators: Type.Array(Thumbprint, {
        maxItems: 100,
        description: 'Thumbprints of the keys that signed',
      }),
    },
  },
  'policy.simulate': {
    title: 'A policy set is tried out',
    records: 'Who ran which policy set over recorded decisions, to see what would turn.',
    fields: { ...recorded, administrator: Administrator, to: PolicySet },
  },
  'decision.explain': {
    title: 'An agency asks what would be decided',
    records: 'Who asked about which act under which agreement, and what would be decided.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      draft: Type.Boolean({ description: 'About a draft that it brought' }),
      act: Type.String({ pattern: '^[a-z]+\\.[a-z-]+$', description: 'The act in question' }),
      wouldBe: Type.Optional(
        Type.Enum(['permit', 'refuse'], { description: 'What would be decided' }),
      ),
      ...recorded,
    },
  },
  'decision.simulate': {
    title: 'An agency tries out a draft',
    records: 'Who ran a draft agreement over its own recorded decisions. Not what turned.',
    fields: { ...agencyCaller, purpose: PurposeText, ...recorded },
  },
  'review.close': {
    title: 'A review is closed',
    records: 'Who closed a review that a policy had asked for, and what was found.',
    fields: {
      ...agencyCaller,
      review: Type.String({ ...Uuid, description: 'The review' }),
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      finding: Type.Enum(['in-order', 'mended'], { description: 'What was found' }),
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
