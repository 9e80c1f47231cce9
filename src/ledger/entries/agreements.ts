import Type from 'typebox'
import {
  AgencyIdText,
  AgreementHashText,
  DomainText,
  Instant,
  PurposeText,
  Thumbprint,
  Uuid,
} from '../../wire/common.ts'
import { Administrator, type Kind, Outcome, recorded, underAgreement } from './fields.ts'

/** The life of agreements, and of delegations under them. */
export const agreementKinds = {
  'agreement.propose': {
    title: 'An agreement is proposed',
    records: 'Which agency put which agreement before which parties.',
    fields: {
      ...recorded,
      agency: AgencyIdText,
      agreement: AgreementHashText,
      // Absent in a refusal: what a refused proposal says is not kept.
      purpose: Type.Optional(PurposeText),
      domain: Type.Optional(DomainText),
      parties: Type.Optional(
        Type.Array(AgencyIdText, { maxItems: 200, description: 'Parties of the agreement' }),
      ),
    },
  },
  'agreement.sign': {
    title: 'A party signs',
    records: 'That a party accepted, rejected or revoked an agreement.',
    fields: {
      ...recorded,
      agency: AgencyIdText,
      agreement: AgreementHashText,
      // Absent where the agreement is not one of this agency's.
      purpose: Type.Optional(PurposeText),
      signature: Type.Enum(['accept', 'reject', 'revoke'], { description: 'What was signed' }),
      signer: Type.Optional(
        Type.String({ ...Thumbprint, description: 'Thumbprint of the key that signed' }),
      ),
    },
  },
  'agreement.supersede': {
    title: 'A later version takes the place of an agreement',
    records: 'Which agreement ends when, because all parties accepted its successor.',
    fields: {
      outcome: Outcome,
      ...underAgreement,
      successor: Type.String({ ...AgreementHashText, description: 'The later version' }),
      from: Type.String({ ...Instant, description: 'When the earlier version ends' }),
    },
  },
  'agreement.suspend': {
    title: 'An agreement is suspended, or no longer',
    records:
      'On which administrator’s word all acts under an agreement and its other versions stopped here, and why.',
    fields: {
      ...recorded,
      administrator: Administrator,
      agreement: AgreementHashText,
      suspended: Type.Boolean({ description: 'False: the suspension is lifted' }),
      cause: Type.Enum(['incident', 'legal-basis', 'misuse', 'other'], {
        description: 'Why, in one word',
      }),
    },
  },
  'delegation.take': {
    title: 'An agency delegates',
    records: 'Which agency may act for which other, under which agreement, and how long.',
    fields: {
      outcome: Outcome,
      agency: Type.String({ ...AgencyIdText, description: 'The delegator' }),
      actingAgency: Type.String({ ...AgencyIdText, description: 'The agency that acts for it' }),
      agreement: AgreementHashText,
      delegation: Type.String({ ...Uuid, description: 'Number of the delegation' }),
      notBefore: Instant,
      notAfter: Instant,
    },
  },
  'delegation.end': {
    title: 'A delegation is taken back',
    records: 'That the delegator ended a delegation, also one that is not known here yet.',
    fields: {
      outcome: Outcome,
      agency: Type.String({ ...AgencyIdText, description: 'The delegator' }),
      delegation: Type.String({ ...Uuid, description: 'Number of the delegation' }),
    },
  },
} as const satisfies Record<string, Kind>
