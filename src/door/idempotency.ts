import { equalBytes } from '../kernel/bytes.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'

/** A key that a client gives to one request, so that a retry is known for what it is. */
export type IdempotencyKey = {
  readonly agency: string
  readonly client: string
  readonly key: string
  /** Under a key of the operator's, so that it tells a thief nothing. */
  readonly requestHash: Uint8Array
}

/**
 * Claims the key for this request inside `tx`. True when the key is new or stands for this very
 * request; false when it was used for another. Keeps no answer: the act itself answers a retry anew,
 * under the policies of that moment.
 */
export async function claimIdempotencyKey(
  tx: Tx,
  { agency, client, key, requestHash }: IdempotencyKey,
  at: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('idempotency_key')
    .values({
      agency_id: agency,
      client,
      key,
      request_hash: Buffer.from(requestHash),
      first_used_at: at,
    })
    .onConflict((conflict) => conflict.columns(['agency_id', 'client', 'key']).doNothing())
    .executeTakeFirst()
  if ((numInsertedOrUpdatedRows ?? 0n) > 0n) return true
  const { request_hash } = await tx
    .selectFrom('idempotency_key')
    .select('request_hash')
    .where('agency_id', '=', agency)
    .where('client', '=', client)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  return equalBytes(request_hash, requestHash)
}

/** How long a retry is known by its key. */
export const keepKeysSeconds = 86_400

export async function forgetIdempotencyKeys(reader: Reader, before: Date): Promise<void> {
  await reader.deleteFrom('idempotency_key').where('first_used_at', '<', before).execute()
}
