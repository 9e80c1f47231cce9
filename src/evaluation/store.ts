import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'

/** The hash of the batch that an agency sent under this number before, if any; else keeps this one. */
export async function claimBatchNumber(
  tx: Tx,
  batch: {
    readonly agency: string
    readonly number: string
    readonly bodyHash: Uint8Array
    readonly at: Date
  },
): Promise<Uint8Array | undefined> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('evaluation_batch')
    .values({
      agency_id: batch.agency,
      number: batch.number,
      body_hash: Buffer.from(batch.bodyHash),
      received_at: batch.at,
    })
    .onConflict((conflict) => conflict.columns(['agency_id', 'number']).doNothing())
    .executeTakeFirst()
  if ((numInsertedOrUpdatedRows ?? 0n) > 0n) return undefined
  const row = await tx
    .selectFrom('evaluation_batch')
    .select('body_hash')
    .where('agency_id', '=', batch.agency)
    .where('number', '=', batch.number)
    .executeTakeFirstOrThrow()
  return row.body_hash
}

/** Lets a number be used again: its batch was refused and nothing was evaluated. */
export async function releaseBatchNumber(tx: Tx, agency: string, number: string): Promise<void> {
  await tx
    .deleteFrom('evaluation_batch')
    .where('agency_id', '=', agency)
    .where('number', '=', number)
    .execute()
}

/** Forgets batches that expired long ago; a replay of one is refused for its age. */
export async function forgetBatches(reader: Reader, before: Date): Promise<void> {
  await reader.deleteFrom('evaluation_batch').where('received_at', '<', before).execute()
}
