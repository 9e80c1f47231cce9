import { exportJWK, generateKeyPair } from 'jose'
import { textOf, utf8 } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { type PrivateJwk, publicJwkOf, signStatement, thumbprintOf } from '../proofs/statement.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import type { PublicKey } from '../wire/common.ts'
import type { NotificationKeys, NotificationKeysPayload } from '../wire/webhook.ts'
import * as store from './webhook-store.ts'

export type NotificationKey = Awaited<ReturnType<typeof openNotificationKey>>

const place = { table: 'notification_key', row: '1', column: 'sealed_key' } as const

/**
 * The key that signs what is sent to webhooks: made once per database, kept under the column key, and
 * vouched for by the gateway's root key, which agencies know out of band.
 */
export async function openNotificationKey({
  clock,
  db,
  crypter,
  rootKey,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly crypter: Crypter
  readonly rootKey: PrivateJwk
}) {
  const read = async (): Promise<PrivateJwk | undefined> => {
    const sealed = await store.sealedKey(db)
    return sealed && JSON.parse(textOf(crypter.decrypt(place, sealed)))
  }

  async function make(): Promise<PrivateJwk> {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
    const fresh = utf8(JSON.stringify(await exportJWK(privateKey)))
    // Of two processes that start at once, the key of one is kept.
    await store.keepKey(db, crypter.encrypt(place, fresh), clock.now())
    const kept = await read()
    if (kept === undefined) throw new Error('the key of notifications vanished')
    return kept
  }

  const key = (await read()) ?? (await make())
  const own = publicJwkOf(key) as PublicKey
  const payload: NotificationKeysPayload = { keys: [own], issuedAt: clock.now().toISOString() }
  const published: NotificationKeys = {
    keys: [{ ...own, kid: await thumbprintOf(key), alg: 'EdDSA', use: 'sig' }],
    statement: await signStatement('notification-keys', payload, rootKey),
  }
  return { key, published }
}
