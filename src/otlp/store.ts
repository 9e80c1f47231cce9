import type { Reader } from '../store/reader.ts'
import type { ExportedLog } from '../store/tables/exports.ts'

/** The first entry that was not pushed yet. */
export async function nextIndexOf(reader: Reader, log: ExportedLog): Promise<number> {
  const row = await reader
    .selectFrom('export_position')
    .select('next_index')
    .where('log', '=', log)
    .executeTakeFirst()
  return Number(row?.next_index ?? 0)
}

/** Notes how far a log was pushed. Never moves back: another process may have got further. */
export async function moveTo(
  reader: Reader,
  log: ExportedLog,
  nextIndex: number,
  at: Date,
): Promise<void> {
  await reader
    .insertInto('export_position')
    .values({ log, next_index: nextIndex, pushed_at: at })
    .onConflict((conflict) =>
      conflict
        .column('log')
        .doUpdateSet({ next_index: nextIndex, pushed_at: at })
        .where('export_position.next_index', '<', nextIndex),
    )
    .execute()
}
