import type { Reader } from '../store/reader.ts'
import type { RetentionRunTable } from '../store/tables/retention.ts'

type Run = RetentionRunTable['run']

/** Notes that a run got to its end. Of two that end at once, the later one stands. */
export async function noteSuccess(reader: Reader, run: Run, at: Date): Promise<void> {
  await reader
    .insertInto('retention_run')
    .values({ run, last_succeeded_at: at })
    .onConflict((conflict) =>
      conflict
        .column('run')
        .doUpdateSet({ last_succeeded_at: at })
        .where('retention_run.last_succeeded_at', '<', at),
    )
    .execute()
}

export async function lastSuccesses(reader: Reader): Promise<ReadonlyMap<Run, Date>> {
  const rows = await reader
    .selectFrom('retention_run')
    .select(['run', 'last_succeeded_at'])
    .execute()
  return new Map(rows.map((row) => [row.run, row.last_succeeded_at]))
}
