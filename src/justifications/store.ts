import { type Selectable, sql } from 'kysely'
import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { SampleTable } from '../store/tables/justifications.ts'
import type { Tx } from '../store/transact.ts'
import type { LookReason } from '../wire/codes/justifications.ts'
import type { DrawnLook } from './types.ts'

const drawnOf = (row: Selectable<SampleTable>): DrawnLook => ({
  id: row.id,
  week: row.week,
  agency: row.agency_id as AgencyId,
  entry: row.entry_index,
  acts: row.acts,
  drawnAt: row.drawn_at,
  justifyBy: row.justify_by,
  reviewBy: row.review_by,
  ...(row.justified_at === null
    ? {}
    : {
        justification: {
          at: row.justified_at,
          client: row.justified_client ?? '',
          ...(row.justified_officer === null ? {} : { officer: row.justified_officer }),
          reason: row.reason as LookReason,
          article: row.article ?? '',
          ...(row.case_commitment === null ? {} : { caseCommitment: row.case_commitment }),
        },
      }),
  ...(row.judged_at === null || row.finding === null
    ? {}
    : {
        judgement: {
          at: row.judged_at,
          client: row.judged_client ?? '',
          ...(row.judged_officer === null ? {} : { officer: row.judged_officer }),
          finding: row.finding,
        },
      }),
})

export async function addSamples(
  tx: Tx,
  samples: readonly Pick<
    DrawnLook,
    'id' | 'week' | 'agency' | 'entry' | 'acts' | 'drawnAt' | 'justifyBy' | 'reviewBy'
  >[],
): Promise<void> {
  if (samples.length === 0) return
  await tx
    .insertInto('sample')
    .values(
      samples.map((one) => ({
        id: one.id,
        week: one.week,
        agency_id: one.agency,
        entry_index: one.entry,
        acts: one.acts,
        drawn_at: one.drawnAt,
        justify_by: one.justifyBy,
        review_by: one.reviewBy,
        due_at: one.justifyBy,
      })),
    )
    .execute()
}

export type SampleFilter = {
  readonly week?: string | undefined
  readonly finding?: string | undefined
  /** Only what is not judged for good. */
  readonly open?: boolean
  readonly before?: number | undefined
}

/** Of the newest entries first. */
export async function samplesOf(
  reader: Reader,
  agency: AgencyId,
  { week, finding, open, before }: SampleFilter,
  most: number,
): Promise<DrawnLook[]> {
  let query = reader.selectFrom('sample').selectAll().where('agency_id', '=', agency)
  if (week !== undefined) query = query.where('week', '=', week)
  if (finding !== undefined) query = query.where(sql<boolean>`finding = ${finding}`)
  if (open === true) query = query.where('due_at', 'is not', null)
  if (before !== undefined) query = query.where('entry_index', '<', before)
  const rows = await query.orderBy('entry_index', 'desc').limit(most).execute()
  return rows.map(drawnOf)
}

/** The drawn look of an agency, which nobody else changes until `tx` is over. */
export async function holdSample(
  tx: Tx,
  agency: AgencyId,
  id: string,
): Promise<DrawnLook | undefined> {
  const row = await tx
    .selectFrom('sample')
    .selectAll()
    .where('id', '=', id)
    .where('agency_id', '=', agency)
    .forUpdate()
    .executeTakeFirst()
  return row && drawnOf(row)
}

export async function putJustification(
  tx: Tx,
  id: string,
  justification: NonNullable<DrawnLook['justification']>,
  reviewBy: Date,
): Promise<void> {
  await tx
    .updateTable('sample')
    .set({
      reason: justification.reason,
      article: justification.article,
      case_commitment: justification.caseCommitment ?? null,
      justified_at: justification.at,
      justified_client: justification.client,
      justified_officer: justification.officer ?? null,
      review_by: reviewBy,
      due_at: reviewBy,
    })
    .where('id', '=', id)
    .execute()
}

export async function putJudgement(
  tx: Tx,
  id: string,
  judgement: NonNullable<DrawnLook['judgement']>,
): Promise<void> {
  await tx
    .updateTable('sample')
    .set({
      finding: judgement.finding,
      judged_at: judgement.at,
      judged_client: judgement.client,
      judged_officer: judgement.officer ?? null,
      due_at: null,
    })
    .where('id', '=', id)
    .execute()
}

/** Drawn looks of which a term has passed and the agency was not told yet. */
export async function passed(reader: Reader, now: Date, most: number): Promise<DrawnLook[]> {
  const rows = await reader
    .selectFrom('sample')
    .selectAll()
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(drawnOf)
}

/** When the agency is told next; `undefined`: never again. */
export async function putDue(tx: Tx, id: string, due: Date | undefined): Promise<void> {
  await tx
    .updateTable('sample')
    .set({ due_at: due ?? null })
    .where('id', '=', id)
    .execute()
}
