import { type Insertable, type Selectable, sql } from 'kysely'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { FollowUpClockTable, FollowUpTable } from '../store/tables/follow-up.ts'
import type { Tx } from '../store/transact.ts'
import type {
  DisputeReason,
  FollowUpEvent,
  LeadGround,
  OutcomeName,
} from '../wire/codes/follow-ups.ts'
import type { Due, FollowUp } from './types.ts'

const dueOf = (row: Selectable<FollowUpClockTable>): Due => ({
  agency: row.agency_id as AgencyId,
  clock: row.clock,
  startedAt: row.started_at,
  dueAt: row.due_at,
  step: row.step,
  nextAt: row.next_at,
})

const followUpOf = (
  row: Selectable<FollowUpTable>,
): Omit<FollowUp, 'members' | 'agencies' | 'clocks'> => ({
  id: row.id,
  agreement: row.agreement_hash as AgreementHash,
  purpose: row.purpose,
  state: row.state,
  quality: row.quality,
  version: row.version,
  begunAt: row.begun_at,
  lead: {
    agency: row.lead_id as AgencyId,
    ground: row.lead_ground as LeadGround,
    since: row.lead_since,
  },
  offeredTo: (row.offered_to ?? undefined) as AgencyId | undefined,
  dispute:
    row.disputed_by === null
      ? undefined
      : { by: row.disputed_by as AgencyId, reason: row.dispute_reason as DisputeReason },
  outcome: (row.outcome ?? undefined) as OutcomeName | undefined,
  closedAt: row.closed_at ?? undefined,
  reopened: row.reopened,
  ended:
    row.ended_on === null || row.end_cause === null
      ? undefined
      : { on: row.ended_on, cause: row.end_cause },
  mergedInto: row.merged_into ?? undefined,
  happened: [],
})

/** Follow-ups by their ids, the earliest first. */
export async function findFollowUps(reader: Reader, ids: readonly string[]): Promise<FollowUp[]> {
  if (ids.length === 0) return []
  const rows = await reader
    .selectFrom('follow_up')
    .selectAll()
    .where('id', 'in', ids)
    .orderBy('begun_at')
    .orderBy('id')
    .execute()
  const [members, agencies, clocks] = [
    await reader
      .selectFrom('follow_up_signal')
      .selectAll()
      .where('follow_up_id', 'in', ids)
      .orderBy('joined_at')
      .orderBy('signal_id')
      .execute(),
    await reader
      .selectFrom('follow_up_agency')
      .selectAll()
      .where('follow_up_id', 'in', ids)
      .orderBy('joined_at')
      .orderBy('agency_id')
      .execute(),
    await reader
      .selectFrom('follow_up_clock')
      .selectAll()
      .where('follow_up_id', 'in', ids)
      .execute(),
  ]
  const by = <Row extends { readonly follow_up_id: string }>(all: readonly Row[]) =>
    Map.groupBy(all, ({ follow_up_id }) => follow_up_id)
  const [membersBy, agenciesBy, clocksBy] = [by(members), by(agencies), by(clocks)]
  return rows.map((row) => ({
    ...followUpOf(row),
    members: (membersBy.get(row.id) ?? []).map((one) => ({
      id: one.signal_id as SignalId,
      agency: one.agency_id as AgencyId,
      joinedAt: one.joined_at,
      silent: one.silent,
    })),
    agencies: (agenciesBy.get(row.id) ?? []).map((one) => ({
      agency: one.agency_id as AgencyId,
      handle: one.handle,
      joinedAt: one.joined_at,
      region: one.region ?? undefined,
      acknowledgedAt: one.acknowledged_at ?? undefined,
      leftAt: one.left_at ?? undefined,
    })),
    clocks: (clocksBy.get(row.id) ?? []).map(dueOf),
  }))
}

/** Ids of the follow-ups that any of these signals is a member of. */
export async function followUpsOf(
  reader: Reader,
  signals: readonly SignalId[],
): Promise<{ readonly id: string; readonly signal: SignalId }[]> {
  if (signals.length === 0) return []
  const rows = await reader
    .selectFrom('follow_up_signal')
    .select(['follow_up_id', 'signal_id'])
    .where('signal_id', 'in', signals)
    .execute()
  return rows.map((row) => ({ id: row.follow_up_id, signal: row.signal_id as SignalId }))
}

/** The follow-up that an agency knows under this handle. */
export async function findByHandle(
  reader: Reader,
  agency: AgencyId,
  handle: string,
): Promise<string | undefined> {
  const row = await reader
    .selectFrom('follow_up_agency')
    .select('follow_up_id')
    .where('handle', '=', handle)
    .where('agency_id', '=', agency)
    .executeTakeFirst()
  return row?.follow_up_id
}

/** Ids of all follow-ups of an agency under an agreement, in these states. */
export async function followUpsWith(
  reader: Reader,
  { agency, agreement }: { readonly agency: AgencyId; readonly agreement: string },
  states: readonly FollowUp['state'][],
): Promise<string[]> {
  const rows = await reader
    .selectFrom('follow_up_agency')
    .innerJoin('follow_up', 'follow_up.id', 'follow_up_agency.follow_up_id')
    .select('follow_up.id')
    .where('follow_up_agency.agency_id', '=', agency)
    .where('follow_up.agreement_hash', '=', agreement)
    .where('follow_up.state', 'in', states)
    .execute()
  return rows.map(({ id }) => id)
}

const rowOf = (one: FollowUp, at: Date): Insertable<FollowUpTable> => ({
  id: one.id,
  agreement_hash: one.agreement,
  purpose: one.purpose,
  state: one.state,
  quality: one.quality,
  version: one.version,
  begun_at: one.begunAt,
  changed_at: at,
  lead_id: one.lead.agency,
  lead_ground: one.lead.ground,
  lead_since: one.lead.since,
  offered_to: one.offeredTo ?? null,
  disputed_by: one.dispute?.by ?? null,
  dispute_reason: one.dispute?.reason ?? null,
  outcome: one.outcome ?? null,
  closed_at: one.closedAt ?? null,
  reopened: one.reopened,
  ended_on: one.ended?.on ?? null,
  end_cause: one.ended?.cause ?? null,
  merged_into: one.mergedInto ?? null,
})

/** Keeps follow-ups as they stand now, and writes down what happened. Their versions are those given. */
export async function keepFollowUps(tx: Tx, changed: readonly FollowUp[], at: Date): Promise<void> {
  if (changed.length === 0) return
  const ids = changed.map(({ id }) => id)
  await tx
    .insertInto('follow_up')
    .values(changed.map((one) => rowOf(one, at)))
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet(({ ref }) => ({
        state: ref('excluded.state'),
        quality: ref('excluded.quality'),
        version: ref('excluded.version'),
        changed_at: ref('excluded.changed_at'),
        lead_id: ref('excluded.lead_id'),
        lead_ground: ref('excluded.lead_ground'),
        lead_since: ref('excluded.lead_since'),
        offered_to: ref('excluded.offered_to'),
        disputed_by: ref('excluded.disputed_by'),
        dispute_reason: ref('excluded.dispute_reason'),
        outcome: ref('excluded.outcome'),
        closed_at: ref('excluded.closed_at'),
        reopened: ref('excluded.reopened'),
        ended_on: ref('excluded.ended_on'),
        end_cause: ref('excluded.end_cause'),
        merged_into: ref('excluded.merged_into'),
      })),
    )
    .execute()
  for (const table of ['follow_up_signal', 'follow_up_agency', 'follow_up_clock'] as const) {
    await tx.deleteFrom(table).where('follow_up_id', 'in', ids).execute()
  }
  const members = changed.flatMap(({ id, members: own }) =>
    own.map((one) => ({
      follow_up_id: id,
      signal_id: one.id,
      agency_id: one.agency,
      joined_at: one.joinedAt,
      silent: one.silent,
    })),
  )
  const agencies = changed.flatMap(({ id, agencies: own }) =>
    own.map((one) => ({
      follow_up_id: id,
      agency_id: one.agency,
      handle: one.handle,
      joined_at: one.joinedAt,
      region: one.region ?? null,
      acknowledged_at: one.acknowledgedAt ?? null,
      left_at: one.leftAt ?? null,
    })),
  )
  const clocks = changed.flatMap(({ id, clocks: own }) =>
    own.map((one) => ({
      follow_up_id: id,
      agency_id: one.agency,
      clock: one.clock,
      started_at: one.startedAt,
      due_at: one.dueAt,
      step: one.step,
      next_at: one.nextAt,
    })),
  )
  const last = await lastPlaces(tx, ids)
  const events = changed.flatMap(({ id, happened }) =>
    happened.map(({ event, agency, detail }, next) => ({
      follow_up_id: id,
      at,
      place: (last.get(id) ?? 0) + next + 1,
      event,
      agency_id: agency ?? null,
      detail: detail ?? null,
    })),
  )
  if (members.length > 0) await tx.insertInto('follow_up_signal').values(members).execute()
  if (agencies.length > 0) await tx.insertInto('follow_up_agency').values(agencies).execute()
  if (clocks.length > 0) await tx.insertInto('follow_up_clock').values(clocks).execute()
  if (events.length > 0) await tx.insertInto('follow_up_event').values(events).execute()
}

/** The place of the last event of each of these follow-ups. Whoever adds one holds the follow-up. */
async function lastPlaces(tx: Tx, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx
    .selectFrom('follow_up_event')
    .select(({ fn }) => ['follow_up_id', fn.max('place').as('place')])
    .where('follow_up_id', 'in', ids)
    .groupBy('follow_up_id')
    .execute()
  return new Map(rows.map(({ follow_up_id, place }) => [follow_up_id, Number(place)]))
}

/** What happened in these follow-ups, the earliest first. */
export async function eventsOf(reader: Reader, ids: readonly string[]) {
  if (ids.length === 0) return []
  const rows = await reader
    .selectFrom('follow_up_event')
    .selectAll()
    .where('follow_up_id', 'in', ids)
    .orderBy('at')
    .orderBy('place')
    .execute()
  return rows.map((row) => ({
    followUp: row.follow_up_id,
    at: row.at,
    event: row.event as FollowUpEvent,
    agency: (row.agency_id ?? undefined) as AgencyId | undefined,
    detail: row.detail ?? undefined,
  }))
}

/** Ids of the follow-ups that went into any of these, or into one that did. */
export async function mergedInto(reader: Reader, id: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive gone (id) as (
      select id from follow_up where merged_into = ${id}
      union select follow_up.id from follow_up join gone on follow_up.merged_into = gone.id
    ) select id from gone`.execute(reader)
  return rows.map((row) => row.id)
}

/** Follow-ups in which a term asks for something now, the longest overdue first. */
export async function dueFollowUps(
  reader: Reader,
  at: Date,
  most: number,
): Promise<{ readonly id: string; readonly agreement: AgreementHash }[]> {
  const rows = await reader
    .selectFrom('follow_up_clock')
    .innerJoin('follow_up', 'follow_up.id', 'follow_up_clock.follow_up_id')
    .select(({ fn }) => [
      'follow_up.id',
      'follow_up.agreement_hash',
      fn.min('next_at').as('next_at'),
    ])
    .where('next_at', '<=', at)
    .groupBy(['follow_up.id', 'follow_up.agreement_hash'])
    .orderBy('next_at')
    .orderBy('follow_up.id')
    .limit(most)
    .execute()
  return rows.map((row) => ({ id: row.id, agreement: row.agreement_hash as AgreementHash }))
}

/** Open follow-ups under an agreement, by id. */
export async function openUnder(
  reader: Reader,
  agreement: string,
  after: string,
  most: number,
): Promise<string[]> {
  const rows = await reader
    .selectFrom('follow_up')
    .select('id')
    .where('agreement_hash', '=', agreement)
    .where('state', 'in', ['open', 'closed'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(({ id }) => id)
}

/** By which thresholds overlaps were last looked through, by agreement. */
export async function settlementsOf(reader: Reader): Promise<ReadonlyMap<string, string>> {
  const rows = await reader.selectFrom('follow_up_settlement').selectAll().execute()
  return new Map(rows.map((row) => [row.agreement_hash, row.thresholds]))
}

export async function noteSettlement(
  reader: Reader,
  agreement: string,
  thresholds: string,
): Promise<void> {
  await reader
    .insertInto('follow_up_settlement')
    .values({ agreement_hash: agreement, thresholds })
    .onConflict((conflict) => conflict.column('agreement_hash').doUpdateSet({ thresholds }))
    .execute()
}

/** How far the terms of these requests for sealed fields have got. */
export async function disclosureStepsOf(reader: Reader, numbers: readonly string[]) {
  if (numbers.length === 0) return new Map<string, Pick<Due, 'dueAt' | 'step' | 'nextAt'>>()
  const rows = await reader
    .selectFrom('disclosure_term')
    .selectAll()
    .where('number', 'in', numbers)
    .execute()
  return new Map(
    rows.map((row) => [row.number, { dueAt: row.due_at, step: row.step, nextAt: row.next_at }]),
  )
}

export async function putDisclosureStep(
  tx: Tx,
  {
    number,
    dueAt,
    step,
    nextAt,
  }: Pick<Due, 'dueAt' | 'step' | 'nextAt'> & { readonly number: string },
): Promise<void> {
  const row = { due_at: dueAt, step, next_at: nextAt }
  await tx
    .insertInto('disclosure_term')
    .values({ number, ...row })
    .onConflict((conflict) => conflict.column('number').doUpdateSet(row))
    .execute()
}
