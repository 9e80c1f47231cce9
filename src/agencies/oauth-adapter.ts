import type { JWK } from 'jose'
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider'
import { type Clock, shifted } from '../kernel/clock.ts'
import { publicJwkOf } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'

const sweepEverySeconds = 60
/** How much longer than the library asks a number is remembered: proofs may be dated ahead. */
const marginSeconds = 600

type Find = (
  clientId: string,
) => Promise<{ readonly key: JWK; readonly active: boolean } | undefined>

/**
 * What the authorization server keeps. Clients are read from the registry on every request, so a
 * revoked one is unknown at once. Access tokens are not kept: they are signed.
 */
export function makeOauthAdapter({
  db,
  clock,
  find,
}: {
  readonly db: Reader
  readonly clock: Clock
  readonly find: Find
}): AdapterFactory {
  const replays = replayAdapter({ db, clock })
  return (model) => {
    if (model === 'Client') return { ...nothing, find: (id) => findClient(find, id) }
    if (model === 'ReplayDetection') return replays
    return nothing
  }
}

async function findClient(find: Find, clientId: string): Promise<AdapterPayload | undefined> {
  const client = await find(clientId)
  if (client === undefined || !client.active) return undefined
  return {
    client_id: clientId,
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    dpop_bound_access_tokens: true,
    jwks: { keys: [publicJwkOf(client.key)] },
  } as AdapterPayload
}

/**
 * The library looks a number up and saves it afterwards, so that several equal requests at once
 * would all pass. Here nothing is looked up, and saving is the check: one of them wins.
 */
function replayAdapter({ db, clock }: { readonly db: Reader; readonly clock: Clock }): Adapter {
  let sweepAt = clock.now()
  return {
    ...nothing,
    async upsert(id, _payload, expiresIn = 0) {
      const now = clock.now()
      if (now >= sweepAt) {
        sweepAt = shifted(now, sweepEverySeconds)
        await db.deleteFrom('oauth_replay').where('expires_at', '<', now).execute()
      }
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('oauth_replay')
        .values({ id, expires_at: shifted(now, expiresIn + marginSeconds) })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst()
      if ((numInsertedOrUpdatedRows ?? 0n) === 0n) {
        throw new errors.InvalidClientAuth('used before')
      }
    },
  }
}

const nothing: Adapter = {
  async upsert() {
    throw new Error('the authorization server keeps nothing of this kind')
  },
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
}
