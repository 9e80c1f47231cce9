import { sql } from 'kysely'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Histogram } from '../linkage/calibration.ts'
import { linkageVersion } from '../linkage/keys.ts'
import { startThresholds } from '../linkage/weights.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { ThresholdMovePayload } from '../wire/calibration.ts'
import type { Standing } from './types.ts'

/** Keeps an agency's histogram in place of its former one. */
export async function putHistogram(
  tx: Tx,
  {
    agreement,
    agency,
    histogram,
    at,
  }: {
    readonly agreement: AgreementHash
    readonly agency: AgencyId
    readonly histogram: Histogram
    readonly at: Date
  },
): Promise<void> {
  const counted = {
    subjects: histogram.subjects,
    counts: JSON.stringify(histogram.counts),
    received_at: at,
  }
  await tx
    .insertInto('histogram')
    .values({
      agreement_hash: agreement,
      agency_id: agency,
      linkage: linkageVersion,
      ...counted,
    })
    .onConflict((conflict) =>
      conflict.columns(['agreement_hash', 'agency_id', 'linkage']).doUpdateSet(counted),
    )
    .execute()
}

export async function histogramsOf(reader: Reader, agreement: string): Promise<Histogram[]> {
  const rows = await reader
    .selectFrom('histogram')
    .select(['subjects', 'counts'])
    .where('agreement_hash', '=', agreement)
    .where('linkage', '=', linkageVersion)
    .execute()
  return rows.map(({ subjects, counts }) => ({ subjects, counts: JSON.parse(counts) }))
}

export async function standingOf(reader: Reader, agreement: string): Promise<Standing> {
  const row = await reader
    .selectFrom('threshold_move')
    .selectAll()
    .where('agreement_hash', '=', agreement)
    .where('linkage', '=', linkageVersion)
    .orderBy('move', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return { thresholds: startThresholds, moves: 0 }
  const { certain, probable, possible, move, agency_id, moved_at } = row
  const { reason, explanation, statement } = row
  return {
    thresholds: { certain, probable, possible },
    moves: move,
    last: { agency: agency_id as AgencyId, reason, explanation, statement, movedAt: moved_at },
  }
}

/** Whoever moves a threshold of the same agreement waits until `tx` is over. */
export async function lockThresholds(tx: Tx, agreement: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`thresholds|${agreement}`}, 0))`.execute(
    tx,
  )
}

export async function addMove(
  tx: Tx,
  move: ThresholdMovePayload,
  statement: string,
  at: Date,
): Promise<void> {
  await tx
    .insertInto('threshold_move')
    .values({
      agreement_hash: move.agreement,
      linkage: move.linkage,
      move: move.move,
      agency_id: move.agency,
      ...move.thresholds,
      reason: move.reason,
      explanation: move.explanation,
      statement,
      moved_at: at,
    })
    .execute()
}

/** Agreements under which a threshold was ever moved. */
export async function movedUnder(reader: Reader): Promise<AgreementHash[]> {
  const rows = await reader
    .selectFrom('threshold_move')
    .select('agreement_hash')
    .distinct()
    .where('linkage', '=', linkageVersion)
    .execute()
  return rows.map((row) => row.agreement_hash as AgreementHash)
}
