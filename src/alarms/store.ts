import { sql } from 'kysely'
import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { AlarmTable } from '../store/tables/alarms.ts'
import type { Tx } from '../store/transact.ts'
import type { AlarmQuery } from '../wire/alarm.ts'
import type { AlarmOutcome, AlarmReason, AlarmRule } from '../wire/codes/alarms.ts'
import type { Finding, Measure, Tally } from './types.ts'

export type KeptAlarm = Omit<AlarmTable, 'rule' | 'outcome' | 'reason'> & {
  readonly rule: AlarmRule
  readonly outcome: AlarmOutcome | null
  readonly reason: AlarmReason | null
}

const kept = (row: AlarmTable): KeptAlarm => row as KeptAlarm

/** Up to where the ledger was counted; nobody else counts until `tx` is over. */
export async function holdScan(tx: Tx): Promise<number> {
  await tx
    .insertInto('alarm_scan')
    .values({ id: 1, ledger_index: '-1' })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  const { ledger_index } = await tx
    .selectFrom('alarm_scan')
    .select('ledger_index')
    .where('id', '=', 1)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return Number(ledger_index)
}

export async function scannedUntil(reader: Reader): Promise<number> {
  const row = await reader.selectFrom('alarm_scan').select('ledger_index').executeTakeFirst()
  return Number(row?.ledger_index ?? -1)
}

export async function putScan(tx: Tx, index: number): Promise<void> {
  await tx
    .updateTable('alarm_scan')
    .set({ ledger_index: String(index) })
    .execute()
}

/** Adds to what was counted before. Tallies of one call are all different. */
export async function addTallies(tx: Tx, tallies: readonly Tally[]): Promise<void> {
  if (tallies.length === 0) return
  await sql`
    insert into alarm_tally as counted (agency_id, measure, actor, key, day, client, amount)
    select * from unnest(
      ${tallies.map(({ agency }) => agency)}::text[],
      ${tallies.map(({ measure }) => measure)}::text[],
      ${tallies.map(({ actor }) => actor)}::text[],
      ${tallies.map(({ key }) => key)}::text[],
      ${tallies.map(({ day }) => day)}::text[],
      ${tallies.map(({ client }) => client)}::text[],
      ${tallies.map(({ amount }) => amount)}::bigint[])
    on conflict (agency_id, measure, actor, key, day)
    do update set amount = counted.amount + excluded.amount, client = excluded.client`.execute(tx)
}

/** Of these only the last days are asked for: each subject is a row of its own. */
const perSubject: readonly Measure[] = [
  'subject',
  'over',
  'missing',
  'region',
  'soon-withdrawn',
  'corrected',
  'staff',
]

/** What agencies did from a day on, each day and each key for itself, the earliest first; per subject from `recent` on. */
export async function talliesSince(
  reader: Reader,
  agencies: readonly AgencyId[],
  { day, recent }: { readonly day: string; readonly recent: string },
): Promise<Tally[]> {
  if (agencies.length === 0) return []
  const rows = await reader
    .selectFrom('alarm_tally')
    .selectAll()
    .where('agency_id', 'in', agencies)
    .where('day', '>=', day)
    .where((where) =>
      where.or([where('day', '>=', recent), where('measure', 'not in', perSubject)]),
    )
    .orderBy('day')
    .orderBy('key')
    .execute()
  return rows.map((row) => ({
    agency: row.agency_id as AgencyId,
    measure: row.measure as Measure,
    actor: row.actor,
    key: row.key,
    day: row.day,
    client: row.client,
    amount: Number(row.amount),
  }))
}

export async function forgetTallies(reader: Reader, before: string): Promise<void> {
  await reader.deleteFrom('alarm_tally').where('day', '<', before).execute()
}

/** Up to which day the acts of actors were looked at by a reviewer. */
export async function reviewedUntil(
  reader: Reader,
  agencies: readonly AgencyId[],
): Promise<readonly Pick<KeptAlarm, 'agency_id' | 'rule' | 'actor' | 'closed_day'>[]> {
  if (agencies.length === 0) return []
  const rows = await reader
    .selectFrom('alarm')
    .select(({ fn }) => ['agency_id', 'rule', 'actor', fn.max('closed_day').as('closed_day')])
    .where('agency_id', 'in', agencies)
    .where('closed_day', 'is not', null)
    .groupBy(['agency_id', 'rule', 'actor'])
    .execute()
  return rows as Pick<KeptAlarm, 'agency_id' | 'rule' | 'actor' | 'closed_day'>[]
}

/** The newest alarm of a rule about an actor, which nobody else changes until `tx` is over. */
export async function holdNewest(
  tx: Tx,
  { agency, rule, actor }: Pick<Finding, 'agency' | 'rule' | 'actor'>,
): Promise<KeptAlarm | undefined> {
  const row = await tx
    .selectFrom('alarm')
    .selectAll()
    .where('agency_id', '=', agency)
    .where('rule', '=', rule)
    .where('actor', '=', actor)
    .orderBy('ledger_index', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst()
  return row && kept(row)
}

export type NewAlarm = Pick<
  AlarmTable,
  | 'id'
  | 'agency_id'
  | 'rule'
  | 'actor'
  | 'client'
  | 'officer'
  | 'ledger_index'
  | 'raised_at'
  | 'last_at'
  | 'day'
  | 'due_at'
  | 'remind_at'
  | 'threshold'
  | 'measured'
>

export async function addAlarm(tx: Tx, alarm: NewAlarm): Promise<void> {
  await tx
    .insertInto('alarm')
    .values({ ...alarm, count: 1 })
    .execute()
}

/** Notes what was seen, in the one case of it: once for each day and subject. */
export async function addFirings(
  tx: Tx,
  alarm: string,
  findings: readonly Finding[],
  at: Date,
): Promise<void> {
  for (const { day, about = '', measured } of findings) {
    await sql`
      insert into alarm_firing as seen (alarm_id, day, about, measured)
      values (${alarm}, ${day}, ${about}, ${measured})
      on conflict (alarm_id, day, about)
      do update set measured = greatest(seen.measured, excluded.measured)`.execute(tx)
  }
  const last = findings.at(-1)
  if (last === undefined) return
  const highest = findings.reduce((most, one) => (one.measured > most.measured ? one : most), last)
  await sql`
    update alarm set
      count = (select count(*) from alarm_firing where alarm_id = ${alarm}),
      last_at = ${at},
      client = coalesce(nullif(${last.client}, ''), client),
      about = coalesce(${last.about ?? null}, about),
      threshold = case when ${highest.measured}::float8 >= measured then ${highest.threshold}::float8 else threshold end,
      usual = case when ${highest.measured}::float8 >= measured then ${highest.usual ?? null}::float8 else usual end,
      measured = greatest(measured, ${highest.measured}::float8)
    where id = ${alarm}`.execute(tx)
}

export async function findAlarms(
  reader: Reader,
  agency: AgencyId,
  { state, rule, client, officer, before }: Omit<AlarmQuery, 'occasion'>,
  limit: number,
): Promise<KeptAlarm[]> {
  let query = reader.selectFrom('alarm').selectAll().where('agency_id', '=', agency)
  if (state === 'open') {
    query = query.where('closed_at', 'is', null).where('taken_at', 'is', null)
  }
  if (state === 'taken') {
    query = query.where('closed_at', 'is', null).where('taken_at', 'is not', null)
  }
  if (state === 'closed') query = query.where('closed_at', 'is not', null)
  if (rule !== undefined) query = query.where('rule', '=', rule)
  if (client !== undefined) query = query.where('client', '=', client)
  if (officer !== undefined) query = query.where('officer', '=', officer)
  if (before !== undefined) query = query.where('ledger_index', '<', String(before))
  const rows = await query.orderBy('ledger_index', 'desc').limit(limit).execute()
  return rows.map(kept)
}

export async function holdAlarm(
  tx: Tx,
  agency: AgencyId,
  id: string,
): Promise<KeptAlarm | undefined> {
  const row = await tx
    .selectFrom('alarm')
    .selectAll()
    .where('id', '=', id)
    .where('agency_id', '=', agency)
    .forUpdate()
    .executeTakeFirst()
  return row && kept(row)
}

export const firingsOf = async (reader: Reader, alarm: string, most: number) =>
  reader
    .selectFrom('alarm_firing')
    .select(['day', 'about', 'measured'])
    .where('alarm_id', '=', alarm)
    .orderBy('day', 'desc')
    .orderBy('about')
    .limit(most)
    .execute()

export async function takeAlarm(
  tx: Tx,
  id: string,
  taker: Pick<AlarmTable, 'taken_by_client' | 'taken_by_officer'>,
  at: Date,
): Promise<void> {
  await tx
    .updateTable('alarm')
    .set({ ...taker, taken_at: at })
    .where('id', '=', id)
    .execute()
}

export async function closeAlarm(
  tx: Tx,
  id: string,
  closing: {
    readonly outcome: AlarmOutcome
    readonly reason: AlarmReason
    readonly at: Date
    readonly day: string
  },
): Promise<void> {
  const { outcome, reason, at, day } = closing
  await tx
    .updateTable('alarm')
    .set({ outcome, reason, closed_at: at, closed_day: day, remind_at: null })
    .where('id', '=', id)
    .execute()
}

/** Alarms that nobody closed in time and of which it is time to tell again. */
export const toRemind = async (reader: Reader, now: Date, most: number): Promise<KeptAlarm[]> =>
  (
    await reader
      .selectFrom('alarm')
      .selectAll()
      .where('remind_at', '<=', now)
      .orderBy('remind_at')
      .orderBy('id')
      .limit(most)
      .execute()
  ).map(kept)

export async function noteReminded(tx: Tx, ids: readonly string[], next: Date): Promise<void> {
  if (ids.length === 0) return
  await tx.updateTable('alarm').set({ remind_at: next }).where('id', 'in', ids).execute()
}
