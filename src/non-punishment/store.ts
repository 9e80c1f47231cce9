import { type Selectable, sql } from 'kysely'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import { endedSignals } from '../signals/changes.ts'
import type { Reader } from '../store/reader.ts'
import type { ReviewFlagSignalTable, ReviewFlagTable } from '../store/tables/non-punishment.ts'
import type { Tx } from '../store/transact.ts'
import type { FlagReason } from '../wire/codes/non-punishment.ts'
import type { FlagOutcomeBody } from '../wire/non-punishment.ts'
import type { Flag, FlaggedSignal } from './types.ts'

const flagOf = (row: Selectable<ReviewFlagTable>): Flag => ({
  id: row.id,
  agreement: row.agreement_hash as AgreementHash,
  reviewer: row.reviewer_id as AgencyId,
  raisedAt: row.raised_at,
  dueAt: row.due_at,
  escalatedAt: row.escalated_at ?? undefined,
  lapsedAt: row.lapsed_at ?? undefined,
  outcome: row.outcome ?? undefined,
  reason: (row.reason ?? undefined) as FlagReason | undefined,
  closedAt: row.closed_at ?? undefined,
})

const flaggedOf = (row: Selectable<ReviewFlagSignalTable>): FlaggedSignal => ({
  flag: row.flag_id,
  signal: row.signal_id as SignalId,
  agency: row.agency_id as AgencyId,
  mention: row.mention,
})

/** Up to where the signals of an agreement were looked at, by which thresholds. Nobody else looks until `tx` is over. */
export async function holdScan(
  tx: Tx,
  agreement: AgreementHash,
  thresholds: string,
): Promise<number> {
  await tx
    .insertInto('review_flag_scan')
    .values({ agreement_hash: agreement, ledger_index: '-1', thresholds })
    .onConflict((conflict) => conflict.column('agreement_hash').doNothing())
    .execute()
  const row = await tx
    .selectFrom('review_flag_scan')
    .select(['ledger_index', 'thresholds'])
    .where('agreement_hash', '=', agreement)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return row.thresholds === thresholds ? Number(row.ledger_index) : -1
}

/** The same, to see whether there is anything to do. */
export async function scannedTo(
  reader: Reader,
  agreement: AgreementHash,
  thresholds: string,
): Promise<number> {
  const row = await reader
    .selectFrom('review_flag_scan')
    .select('ledger_index')
    .where('agreement_hash', '=', agreement)
    .where('thresholds', '=', thresholds)
    .executeTakeFirst()
  return Number(row?.ledger_index ?? -1)
}

export async function putScan(
  tx: Tx,
  agreement: AgreementHash,
  { index, thresholds }: { readonly index: number; readonly thresholds: string },
): Promise<void> {
  await tx
    .updateTable('review_flag_scan')
    .set({ ledger_index: String(index), thresholds })
    .where('agreement_hash', '=', agreement)
    .execute()
}

/** The flags that rest on any of these signals, also closed ones, the earliest first. */
export async function flaggedAt(
  reader: Reader,
  signals: readonly SignalId[],
): Promise<{ readonly flag: Flag; readonly signals: ReadonlySet<SignalId> }[]> {
  const rows = await reader
    .selectFrom('review_flag')
    .selectAll()
    .where('id', 'in', (query) =>
      query.selectFrom('review_flag_signal').select('flag_id').where('signal_id', 'in', signals),
    )
    .orderBy('raised_at')
    .orderBy('id')
    .execute()
  const flags = rows.map(flagOf)
  const members = await signalsOf(
    reader,
    flags.map(({ id }) => id),
  )
  return flags.map((flag) => ({
    flag,
    signals: new Set((members.get(flag.id) ?? []).map(({ signal }) => signal)),
  }))
}

export async function addFlag(
  tx: Tx,
  flag: Pick<Flag, 'id' | 'agreement' | 'reviewer' | 'raisedAt' | 'dueAt'> & {
    readonly remindAt: Date
  },
): Promise<void> {
  await tx
    .insertInto('review_flag')
    .values({
      id: flag.id,
      agreement_hash: flag.agreement,
      reviewer_id: flag.reviewer,
      raised_at: flag.raisedAt,
      due_at: flag.dueAt,
      remind_at: flag.remindAt,
    })
    .execute()
}

export async function addSignals(tx: Tx, signals: readonly FlaggedSignal[]): Promise<void> {
  if (signals.length === 0) return
  await tx
    .insertInto('review_flag_signal')
    .values(
      signals.map(({ flag, signal, agency, mention }) => ({
        flag_id: flag,
        signal_id: signal,
        agency_id: agency,
        mention,
      })),
    )
    .onConflict((conflict) => conflict.columns(['flag_id', 'signal_id']).doNothing())
    .execute()
}

/** The signals on which flags rest, by flag. */
export async function signalsOf(
  reader: Reader,
  flags: readonly string[],
): Promise<ReadonlyMap<string, readonly FlaggedSignal[]>> {
  if (flags.length === 0) return new Map()
  const rows = await reader
    .selectFrom('review_flag_signal')
    .selectAll()
    .where('flag_id', 'in', flags)
    .orderBy('agency_id')
    .orderBy('signal_id')
    .execute()
  return Map.groupBy(rows.map(flaggedOf), ({ flag }) => flag)
}

/** The flags of a reviewer under an agreement: those that wait first, the earliest due first. */
export async function flagsOf(
  reader: Reader,
  reviewer: AgencyId,
  agreement: string,
  most: number,
): Promise<Flag[]> {
  const rows = await reader
    .selectFrom('review_flag')
    .selectAll()
    .where('reviewer_id', '=', reviewer)
    .where('agreement_hash', '=', agreement)
    .orderBy(sql`remind_at is null`)
    .orderBy('due_at')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(flagOf)
}

export async function findFlag(reader: Reader, id: string): Promise<Flag | undefined> {
  const row = await reader
    .selectFrom('review_flag')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  return row && flagOf(row)
}

/** The flag, which nobody else changes until `tx` is over. */
export async function holdFlag(tx: Tx, id: string): Promise<Flag | undefined> {
  const row = await tx
    .selectFrom('review_flag')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row && flagOf(row)
}

export async function closeFlag(
  tx: Tx,
  id: string,
  { outcome, reason }: FlagOutcomeBody,
  at: Date,
): Promise<void> {
  await tx
    .updateTable('review_flag')
    .set({ outcome, reason, closed_at: at, remind_at: null })
    .where('id', '=', id)
    .execute()
}

/** A flagged signal by what is said on the telephone. */
export async function mentioned(
  reader: Reader,
  agency: AgencyId,
  mention: string,
): Promise<FlaggedSignal | undefined> {
  const row = await reader
    .selectFrom('review_flag_signal')
    .selectAll()
    .where('mention', '=', mention)
    .where('agency_id', '=', agency)
    .executeTakeFirst()
  return row && flaggedOf(row)
}

/** The flags under these agreements that nobody closed and that have not lapsed. */
export async function openFlags(
  reader: Reader,
  agreements: readonly AgreementHash[],
): Promise<Flag[]> {
  if (agreements.length === 0) return []
  const rows = await reader
    .selectFrom('review_flag')
    .selectAll()
    .where('agreement_hash', 'in', agreements)
    .where('closed_at', 'is', null)
    .where('lapsed_at', 'is', null)
    .execute()
  return rows.map(flagOf)
}

export async function lapse(tx: Tx, flags: readonly string[], at: Date): Promise<void> {
  if (flags.length === 0) return
  await tx
    .updateTable('review_flag')
    .set({ lapsed_at: at, remind_at: null })
    .where('id', 'in', flags)
    .where('closed_at', 'is', null)
    .execute()
  await tx.deleteFrom('review_flag_signal').where('flag_id', 'in', flags).execute()
}

/** Forgets signals that are not there any more. What is left of a closed flag is its outcome. */
export async function forgetEnded(reader: Reader): Promise<void> {
  await sql`
    delete from review_flag_signal using ${endedSignals} as ended
    where ended.signal_id = review_flag_signal.signal_id`.execute(reader)
}

/** Flags under these agreements whose reviewer has to be told again. */
export async function toRemind(
  reader: Reader,
  agreements: readonly AgreementHash[],
  now: Date,
  most: number,
): Promise<Flag[]> {
  if (agreements.length === 0) return []
  const rows = await reader
    .selectFrom('review_flag')
    .selectAll()
    .where('remind_at', '<=', now)
    .where('agreement_hash', 'in', agreements)
    .orderBy('remind_at')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(flagOf)
}

export async function putReminder(
  tx: Tx,
  id: string,
  { next, escalatedAt }: { readonly next: Date; readonly escalatedAt: Date | undefined },
): Promise<void> {
  await tx
    .updateTable('review_flag')
    .set({ remind_at: next, escalated_at: escalatedAt ?? null })
    .where('id', '=', id)
    .execute()
}
