import Type from 'typebox'
import { ceremonyActs } from '../../wire/ceremony.ts'
import { DomainText, Epoch, Instant, OneOf, Uuid } from '../../wire/common.ts'
import { Administrator, Digest, decided, type Kind, recorded } from './fields.ts'

const PublicKeyText = Digest('Public key of this operator’s share, base64url')
const Ceremony = Type.String({ ...Uuid, description: 'Number of the ceremony' })
const ofEpoch = { ...recorded, domain: DomainText, epoch: Epoch }

/** The life of key shares. */
export const keyKinds = {
  'key.ceremony': {
    title: 'People hold a key ceremony',
    records: 'Which administrators had what done with which share; or that it was refused.',
    fields: {
      ceremony: Ceremony,
      act: OneOf(ceremonyActs, { description: 'What is done with the share' }),
      domain: DomainText,
      epoch: Epoch,
      administrators: Type.Array(Administrator, {
        maxItems: 20,
        description: 'Those of this operator who signed',
      }),
      closesAt: Type.Optional(
        Type.String({ ...Instant, description: 'When the epoch before closes' }),
      ),
      ...decided,
    },
  },
  'share.make': {
    title: 'A share is made',
    records: 'That this operator made a share for an epoch that is not open yet.',
    fields: { ...ofEpoch, publicKey: PublicKeyText, ceremony: Ceremony },
  },
  'epoch.open': {
    title: 'An epoch is opened',
    records:
      'That this operator has a key share for a domain and epoch, and evaluates with it from here on.',
    fields: { ...ofEpoch, publicKey: PublicKeyText, ceremony: Type.Optional(Ceremony) },
  },
  'share.refresh': {
    title: 'A share is refreshed',
    records: 'That this operator has another share for the same tokens; the former one is gone.',
    fields: {
      ...ofEpoch,
      publicKey: PublicKeyText,
      generation: Type.Integer({ minimum: 2, description: 'One more with every refresh' }),
      ceremony: Ceremony,
    },
  },
  'epoch.close': {
    title: 'An epoch is closed',
    records: 'That nothing is evaluated or taken under this epoch any more, from here on.',
    fields: { ...ofEpoch, ceremony: Ceremony },
  },
  'share.destroy': {
    title: 'A share is destroyed',
    records:
      'That this operator’s share of a closed epoch is gone. Both operators have such an entry.',
    fields: { ...ofEpoch, publicKey: PublicKeyText, ceremony: Ceremony },
  },
} as const satisfies Record<string, Kind>
