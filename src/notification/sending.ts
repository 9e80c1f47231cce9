import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Agencies } from '../agencies/agencies.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { PrivateJwk } from '../proofs/statement.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Queue } from '../store/queue.ts'
import type { Reader } from '../store/reader.ts'
import { openDeliveries } from './delivery.ts'
import { openDestinations, type Resolve } from './destination.ts'
import { openNotificationKey } from './notification-key.ts'
import type { OwnActs } from './own-acts.ts'
import { openSender } from './sender.ts'
import type { Tell } from './types.ts'
import { openWebhooks } from './webhooks.ts'

export type WebhookSettings = {
  readonly source?: string
  readonly networks?: readonly string[]
  readonly ports?: readonly number[]
  readonly authoritiesFile?: string
}

/** Everything that sends notices to the systems of agencies, put together by the settings. */
export async function openSending({
  settings,
  publicUrl,
  path,
  resolve,
  rootKey,
  crypter,
  traceparent,
  ...rooms
}: {
  readonly settings: WebhookSettings
  readonly publicUrl: string
  readonly path: (relative: string) => string
  /** How names become addresses; the system’s way by default. */
  readonly resolve: Resolve | undefined
  readonly rootKey: PrivateJwk
  readonly crypter: Crypter
  readonly traceparent: () => string
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly logger: Logger
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly own: OwnActs
  readonly queue: Queue
  readonly tell: Tell
}) {
  const { clock, db, queue } = rooms
  const { source = publicUrl, networks = [], ports = [], authoritiesFile } = settings
  const destinations = openDestinations({ networks, ports }, resolve)
  const authorities =
    authoritiesFile === undefined ? [] : [readFileSync(path(authoritiesFile), 'utf8')]
  const sender = openSender({ destinations, authorities, traceparent })
  const { key, published } = await openNotificationKey({ clock, db, crypter, rootKey })
  const sending = { ...rooms, sender, key, source: { source, publicUrl } }
  return {
    keys: published,
    webhooks: openWebhooks({ ...sending, destinations, askToDeliver: queue.ask }),
    deliveries: openDeliveries(sending),
  }
}
