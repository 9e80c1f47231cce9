import { sql } from 'kysely'
import type { AgencyId, SignalId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import {
  type MeasureGround,
  type SignalMeasure,
  signalMeasures,
} from '../wire/codes/restrictions.ts'
import { codesOf } from '../wire/codes.ts'

export type Restriction = {
  readonly signal: SignalId
  readonly measure: SignalMeasure
  readonly agency: AgencyId
  readonly ground: MeasureGround
  readonly since: Date
  /** `YYYY-MM-DD` */
  readonly reviewOn: string
}

/** Lays a measure on a signal; one that is there gets another ground and review. */
export async function putRestriction(
  tx: Tx,
  one: Restriction & { readonly remindAt: Date },
): Promise<void> {
  const changed = { ground: one.ground, review_on: one.reviewOn, remind_at: one.remindAt }
  await tx
    .insertInto('signal_restriction')
    .values({
      signal_id: one.signal,
      measure: one.measure,
      agency_id: one.agency,
      since: one.since,
      ...changed,
    })
    .onConflict((conflict) => conflict.columns(['signal_id', 'measure']).doUpdateSet(changed))
    .execute()
}

export async function removeRestrictions(
  tx: Tx,
  signals: readonly SignalId[],
  measure?: SignalMeasure,
): Promise<void> {
  if (signals.length === 0) return
  await tx
    .deleteFrom('signal_restriction')
    .where('signal_id', 'in', signals)
    .where('measure', 'in', measure === undefined ? codesOf(signalMeasures) : [measure])
    .execute()
}

export async function restrictionsOn(reader: Reader, signal: SignalId): Promise<Restriction[]> {
  return restrictionsWhere(reader, sql<boolean>`signal_id = ${signal}`, 2)
}

export async function restrictionsOf(
  reader: Reader,
  agency: AgencyId,
  most: number,
): Promise<Restriction[]> {
  return restrictionsWhere(reader, sql<boolean>`agency_id = ${agency}`, most)
}

/** Those whose owner has to be told now. */
export async function restrictionsToRemind(
  reader: Reader,
  now: Date,
  most: number,
): Promise<Restriction[]> {
  return restrictionsWhere(reader, sql<boolean>`remind_at <= ${now}`, most)
}

async function restrictionsWhere(
  reader: Reader,
  condition: ReturnType<typeof sql<boolean>>,
  most: number,
): Promise<Restriction[]> {
  const rows = await reader
    .selectFrom('signal_restriction')
    .selectAll()
    .where(condition)
    .orderBy('review_on')
    .orderBy('signal_id')
    .orderBy('measure')
    .limit(most)
    .execute()
  return rows.map((row) => ({
    signal: row.signal_id as SignalId,
    measure: row.measure,
    agency: row.agency_id as AgencyId,
    ground: row.ground as MeasureGround,
    since: row.since,
    reviewOn: row.review_on,
  }))
}

export async function remindRestrictionAt(
  tx: Tx,
  { signal, measure }: Pick<Restriction, 'signal' | 'measure'>,
  next: Date,
): Promise<void> {
  await tx
    .updateTable('signal_restriction')
    .set({ remind_at: next })
    .where('signal_id', '=', signal)
    .where('measure', '=', measure)
    .execute()
}

/** Takes a live signal out of use, or a restricted one back into it. */
export async function putSignalState(
  tx: Tx,
  signal: SignalId,
  { state, at }: { readonly state: 'live' | 'restricted'; readonly at: Date },
): Promise<void> {
  const since = state === 'restricted' ? { restricted_at: at } : { restriction_lifted_at: at }
  await tx
    .updateTable('signal')
    .set({ state, ...since })
    .where('id', '=', signal)
    .execute()
}
