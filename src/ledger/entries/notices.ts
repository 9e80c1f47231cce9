import Type from 'typebox'
import { AgencyIdText, Uuid } from '../../wire/common.ts'
import { agencyCaller, CoarseAnswerSize, Digest, decided, type Kind } from './fields.ts'

const Webhook = Type.String({ ...Uuid, description: 'The webhook' })
const UrlHash = Digest('SHA-256 of the URL, base64url')

/**
 * What an agency does with what it is told, and where it is told. That something was told, or sent to a
 * webhook, makes no entry: it would tell of a match.
 */
export const noticeKinds = {
  'notice.list': {
    title: 'An agency looks at its notices',
    records: 'Who looked. Not of what; how many only in steps of which the lowest holds none, too.',
    fields: { ...agencyCaller, answerSize: CoarseAnswerSize, ...decided },
  },
  'notice.acknowledge': {
    title: 'An agency acknowledges its notices',
    records: 'Who said that it has dealt with its notices. Not how many.',
    fields: { ...agencyCaller, ...decided },
  },
  'webhook.register': {
    title: 'A webhook is registered',
    records: 'Which client said where its agency is to be told, as a hash of the address.',
    fields: { ...agencyCaller, webhook: Type.Optional(Webhook), urlHash: UrlHash, ...decided },
  },
  'webhook.confirm': {
    title: 'A webhook is confirmed',
    records:
      'That the receiver answered a challenge under the key that was registered. From here on it is told.',
    fields: { agency: AgencyIdText, webhook: Webhook, urlHash: UrlHash },
  },
  'webhook.list': {
    title: 'An agency looks at its webhooks',
    records: 'Who looked at webhooks or at deliveries. Not how many.',
    fields: { ...agencyCaller, ...decided },
  },
  'webhook.test': {
    title: 'A webhook is tested',
    records: 'Who had a challenge sent to which webhook, whether or not it exists.',
    fields: { ...agencyCaller, webhook: Webhook, ...decided },
  },
  'webhook.redeliver': {
    title: 'Notices are sent again',
    records: 'Who asked for notices to be sent again to which webhook. Not which.',
    fields: { ...agencyCaller, webhook: Webhook, ...decided },
  },
  'webhook.remove': {
    title: 'A webhook is removed',
    records: 'Who ended the sending to which webhook.',
    fields: { ...agencyCaller, webhook: Webhook, ...decided },
  },
} as const satisfies Record<string, Kind>
