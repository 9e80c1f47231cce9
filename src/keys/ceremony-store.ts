import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { CeremonyPayload } from '../wire/ceremony.ts'

export type StoredCeremony = {
  readonly payload: CeremonyPayload
  /** Canonical JSON of the payload. */
  readonly text: string
  /** Where it stands on the ledger: first that it was held, then what it did. */
  readonly entries: readonly number[]
}

export async function findCeremony(
  reader: Reader,
  number: string,
): Promise<StoredCeremony | undefined> {
  const row = await reader
    .selectFrom('key_ceremony')
    .select(['payload', 'entries'])
    .where('number', '=', number)
    .executeTakeFirst()
  return (
    row && {
      payload: JSON.parse(row.payload),
      text: row.payload,
      entries: JSON.parse(row.entries),
    }
  )
}

export async function addCeremony(
  tx: Tx,
  {
    number,
    text,
    entries,
    at,
  }: Pick<StoredCeremony, 'text' | 'entries'> & { readonly number: string; readonly at: Date },
): Promise<void> {
  await tx
    .insertInto('key_ceremony')
    .values({ number, payload: text, held_at: at, entries: JSON.stringify(entries) })
    .execute()
}

export async function addCeremonyEntry(tx: Tx, number: string, index: number): Promise<void> {
  const row = await tx
    .selectFrom('key_ceremony')
    .select('entries')
    .where('number', '=', number)
    .forUpdate()
    .executeTakeFirstOrThrow()
  await tx
    .updateTable('key_ceremony')
    .set({ entries: JSON.stringify([...(JSON.parse(row.entries) as number[]), index]) })
    .where('number', '=', number)
    .execute()
}
