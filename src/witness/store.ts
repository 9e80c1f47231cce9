import type { Reader } from '../store/reader.ts'
import type { CosignatureTable } from '../store/tables/witness.ts'
import type { Tx } from '../store/transact.ts'
import type { KeptCosignature, WitnessedLedger } from './types.ts'

/** True when no ledger was known before. */
export async function addLedger(
  tx: Tx,
  { origin, verifierKey }: Pick<WitnessedLedger, 'origin' | 'verifierKey'>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('witnessed_ledger')
    .values({ origin, verifier_key: verifierKey, size: 0, checkpoint: '' })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Locks what is known of a ledger until `tx` is over: its witness answers one at a time. */
export async function lockLedger(tx: Tx, origin: string): Promise<WitnessedLedger | undefined> {
  const row = await tx
    .selectFrom('witnessed_ledger')
    .select(['origin', 'verifier_key', 'size', 'checkpoint'])
    .where('origin', '=', origin)
    .forUpdate()
    .executeTakeFirst()
  return (
    row && {
      origin: row.origin,
      verifierKey: row.verifier_key,
      size: row.size,
      checkpoint: row.checkpoint,
    }
  )
}

/** Of the witnessed ledger what was cosigned last; nothing before that. */
export async function cosigned(
  reader: Reader,
): Promise<Pick<WitnessedLedger, 'origin' | 'size' | 'checkpoint'>[]> {
  return reader
    .selectFrom('witnessed_ledger')
    .select(['origin', 'size', 'checkpoint'])
    .where('size', '>', 0)
    .execute()
}

export async function putCheckpoint(
  tx: Tx,
  { origin, size, checkpoint }: Omit<WitnessedLedger, 'verifierKey'>,
): Promise<void> {
  await tx
    .updateTable('witnessed_ledger')
    .set({ size, checkpoint })
    .where('origin', '=', origin)
    .execute()
}

/** Keeps the newest cosignature of a witness, and the newest of its month; one of fewer entries changes nothing. */
export async function keepCosignature(tx: Tx, kept: KeptCosignature): Promise<void> {
  const { witness, witnessKey, size, cosignedAt, note } = kept
  const values = { witness_key: witnessKey, size, cosigned_at: cosignedAt, note }
  await tx
    .insertInto('cosigned_month')
    .values({ month: cosignedAt.toISOString().slice(0, 7), witness, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(['month', 'witness'])
        .doUpdateSet(values)
        .where('cosigned_month.size', '<=', size),
    )
    .execute()
  await tx
    .insertInto('cosignature')
    .values({ witness, ...values })
    .onConflict((conflict) =>
      conflict.column('witness').doUpdateSet(values).where('cosignature.size', '<=', size),
    )
    .execute()
}

/** The newest of each witness, newest first. */
export async function cosignatures(reader: Reader): Promise<KeptCosignature[]> {
  const rows = await reader
    .selectFrom('cosignature')
    .selectAll()
    .orderBy('size', 'desc')
    .orderBy('witness')
    .execute()
  return rows.map(keptOf)
}

const keptOf = (row: CosignatureTable): KeptCosignature => ({
  witness: row.witness,
  witnessKey: row.witness_key,
  size: row.size,
  cosignedAt: row.cosigned_at,
  note: row.note,
})

/** The newest of each witness in each month of a time, and of all, up to a size; the smallest first. */
export async function cosignaturesIn(
  reader: Reader,
  { from, until, size }: { readonly from: Date; readonly until: Date; readonly size: number },
): Promise<KeptCosignature[]> {
  const columns = ['witness', 'witness_key', 'size', 'cosigned_at', 'note'] as const
  const ofMonths = await reader
    .selectFrom('cosigned_month')
    .select(columns)
    .where('cosigned_at', '>=', from)
    .where('cosigned_at', '<', until)
    .where('size', '<=', size)
    .execute()
  const newest = await reader
    .selectFrom('cosignature')
    .select(columns)
    .where('size', '<=', size)
    .execute()
  const all = new Map([...ofMonths, ...newest].map((row) => [`${row.witness} ${row.size}`, row]))
  return [...all.values()].sort((one, other) => one.size - other.size).map(keptOf)
}
