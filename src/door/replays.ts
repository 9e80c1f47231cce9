import { createHash } from 'node:crypto'
import { type Clock, shifted } from '../kernel/clock.ts'
import type { Reader } from '../store/reader.ts'

const sweepEverySeconds = 60

/**
 * Remembers proofs in the database, so that a second use is seen by every process and after a
 * restart. Rows that no proof can need any more are swept about once a minute.
 */
export function openReplays({ db, clock }: { readonly db: Reader; readonly clock: Clock }) {
  let sweepAt = clock.now()

  async function sweep(): Promise<void> {
    const now = clock.now()
    if (now < sweepAt) return
    sweepAt = shifted(now, sweepEverySeconds)
    await db.deleteFrom('dpop_replay').where('expires_at', '<', now).execute()
  }

  return {
    /** True the first time that a key's number is seen; of any number at once, for one only. */
    async isFirstUse(thumbprint: string, number: string, expiresAt: Date): Promise<boolean> {
      await sweep()
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('dpop_replay')
        .values({
          jkt: thumbprint,
          jti_hash: createHash('sha256').update(number).digest(),
          expires_at: expiresAt,
        })
        .onConflict((conflict) => conflict.columns(['jkt', 'jti_hash']).doNothing())
        .executeTakeFirst()
      return (numInsertedOrUpdatedRows ?? 0n) > 0n
    },
  }
}
