import Type from 'typebox'
import { AgencyIdText, Thumbprint } from '../../wire/common.ts'
import { Administrator, Digest, type Kind, recorded } from './fields.ts'

/** An operator, its administrators, and the agencies that count there. */
export const operatorKinds = {
  'operator.start': {
    title: 'An operator starts',
    records: 'Which software, under which root key and which policies, answers from here on.',
    fields: {
      operator: Type.Enum(['gateway', 'keyholder'], { description: 'Which of the two operators' }),
      version: Type.String({ pattern: '^[0-9A-Za-z.+-]{1,40}$', description: 'Software version' }),
      rootThumbprint: Thumbprint,
      policies: Type.Optional(Digest('SHA-256 over the policies in force, base64url')),
      library: Type.Optional(
        Digest('SHA-256 over the library of purposes and legal bases, base64url'),
      ),
    },
  },
  'administrator.enrol': {
    title: 'An administrator is enrolled',
    records: 'Who became administrator with the one-time code, or tried to.',
    fields: { ...recorded, administrator: Administrator },
  },
  'administrator.vouch': {
    title: 'An administrator vouches for another',
    records: 'On whose word whose key becomes an administrator’s. From the third on it takes two.',
    fields: {
      ...recorded,
      administrator: Administrator,
      newcomer: Type.String({ ...Thumbprint, description: 'Thumbprint of the new one’s key' }),
    },
  },
  'agency.pin': {
    title: 'An agency is admitted or suspended',
    records: 'On whose word which agency counts here, and under which root key.',
    fields: {
      ...recorded,
      administrator: Administrator,
      agency: AgencyIdText,
      rootThumbprint: Thumbprint,
      active: Type.Boolean({ description: 'False: suspended' }),
    },
  },
  'agency.card': {
    title: 'An agency presents its card',
    records: 'Which keys and machines an agency declares as its own.',
    fields: {
      ...recorded,
      agency: AgencyIdText,
      cardVersion: Type.Integer({ minimum: 1, description: 'Version of the card' }),
      signingThumbprint: Thumbprint,
      clients: Type.Array(AgencyIdText, { maxItems: 100, description: 'Machines on the card' }),
      signatories: Type.Optional(
        Type.Array(Thumbprint, { maxItems: 50, description: 'Keys that may sign agreements too' }),
      ),
    },
  },
} as const satisfies Record<string, Kind>
