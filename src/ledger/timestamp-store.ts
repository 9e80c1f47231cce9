import type { Reader } from '../store/reader.ts'

export type StoredTimestamp = {
  readonly size: number
  readonly checkpoint: string
  readonly stampedAt: Date
  readonly response: Uint8Array
}

/** The newest timestamps first; those under a smaller ledger than `before`, when that is given. */
export async function latestTimestamps(
  reader: Reader,
  limit: number,
  before?: number,
): Promise<StoredTimestamp[]> {
  return reader
    .selectFrom('ledger_timestamp')
    .select(['size', 'checkpoint', 'stamped_at as stampedAt', 'response'])
    .$if(before !== undefined, (query) => query.where('size', '<', before ?? 0))
    .orderBy('size', 'desc')
    .limit(limit)
    .execute()
}

/** Keeps the first timestamp of a size. */
export async function addTimestamp(db: Reader, timestamp: StoredTimestamp): Promise<void> {
  await db
    .insertInto('ledger_timestamp')
    .values({
      size: timestamp.size,
      checkpoint: timestamp.checkpoint,
      stamped_at: timestamp.stampedAt,
      response: Buffer.from(timestamp.response),
    })
    .onConflict((conflict) => conflict.column('size').doNothing())
    .execute()
}
