import { type Kysely, sql } from 'kysely'
import { digestOfSteps, stepsBetween } from '../../src/follow-up/steps.ts'
import type { Tables } from '../../src/store/tables.ts'
import type { Event, Standing } from './reckoning.ts'

/** A receiver's signal that touches another agency's, and nobody who has the lead in what becomes of that. */
export type Unowned = { readonly signal: string; readonly agency: string; readonly other: string }

export type Watch = ReturnType<typeof openWatch>

/**
 * A look into the gateway's database, as nobody has who takes part: what happened in follow-ups since the last look,
 * whom they concern, and whether something that somebody can see has no owner.
 */
export function openWatch(db: Kysely<Tables>, receivers: readonly string[]) {
  let last = new Date(0)
  /** Of each follow-up the place of the last event that was seen. */
  const places = new Map<string, number>()
  const ofHandle = new Map<string, string>()

  async function standingsOf(ids: readonly string[]): Promise<Map<string, Standing>> {
    if (ids.length === 0) return new Map()
    const ones = await db
      .selectFrom('follow_up')
      .select(['id', 'lead_id', 'merged_into'])
      .where('id', 'in', ids)
      .orderBy('id')
      .execute()
    const agencies = await db
      .selectFrom('follow_up_agency')
      .select(['follow_up_id', 'agency_id', 'handle', 'left_at'])
      .where('follow_up_id', 'in', ids)
      .orderBy('agency_id')
      .execute()
    for (const { handle, follow_up_id } of agencies) ofHandle.set(handle, follow_up_id)
    const by = Map.groupBy(agencies, ({ follow_up_id }) => follow_up_id)
    return new Map(
      ones.map(({ id, lead_id, merged_into }) => [
        id,
        {
          lead: lead_id,
          mergedInto: merged_into ?? undefined,
          present: (by.get(id) ?? [])
            .filter(({ left_at }) => left_at === null)
            .map(({ agency_id }) => agency_id),
        },
      ]),
    )
  }

  return {
    ofHandle: ofHandle as ReadonlyMap<string, string>,

    async sinceLastLook(): Promise<{
      readonly events: readonly Event[]
      readonly standings: ReadonlyMap<string, Standing>
    }> {
      const recent = await db
        .selectFrom('follow_up_event')
        .selectAll()
        .where('at', '>=', last)
        .orderBy('at')
        .orderBy('follow_up_id')
        .orderBy('place')
        .execute()
      const rows = recent.filter(
        ({ follow_up_id, place }) => place > (places.get(follow_up_id) ?? 0),
      )
      last = recent.at(-1)?.at ?? last
      for (const { follow_up_id, place } of rows) places.set(follow_up_id, place)
      const events = rows.map(({ follow_up_id, event, agency_id, detail }) => ({
        followUp: follow_up_id,
        event,
        agency: agency_id ?? undefined,
        detail: detail ?? undefined,
      }))
      return {
        events,
        standings: await standingsOf([...new Set(events.map((one) => one.followUp))]),
      }
    },

    /**
     * Pairs of live signals of two agencies that touch, and for which no follow-up has a lead that is concerned itself: one
     * with both, or, where a signal touches two people, one of each with the other's agency.
     */
    async unowned(): Promise<Unowned[]> {
      const { rows } = await sql<{ signal: string; agency: string; other: string }>`
        with owned as (
          select member.signal_id, concerned.agency_id
          from follow_up one
          join follow_up_signal member on member.follow_up_id = one.id
          join follow_up_signal concerned on concerned.follow_up_id = one.id
          where one.state in ('open', 'closed')
            and one.lead_id = any(${[...receivers]}::text[])
            and exists (select from follow_up_agency lead
              where lead.follow_up_id = one.id and lead.agency_id = one.lead_id and lead.left_at is null)
        ), touching as (
          select one.id as signal, one.agency_id as agency, other.agency_id as other
          from link join signal one on one.id = link.one join signal other on other.id = link.other
          where one.state = 'live' and other.state = 'live'
          union all
          select other.id, other.agency_id, one.agency_id
          from link join signal one on one.id = link.one join signal other on other.id = link.other
          where one.state = 'live' and other.state = 'live'
        )
        select * from touching
        where agency = any(${[...receivers]}::text[])
          and not exists (select from owned
            where owned.signal_id = touching.signal and owned.agency_id = touching.other)`.execute(
        db,
      )
      return rows
    },

    /** The signals that an agency's follow-up is about, those of others too. */
    async membersOf(handle: string): Promise<{ readonly id: string; readonly agency: string }[]> {
      const rows = await db
        .selectFrom('follow_up_agency')
        .innerJoin('follow_up_signal', (join) =>
          join.onRef('follow_up_signal.follow_up_id', '=', 'follow_up_agency.follow_up_id'),
        )
        .select(['follow_up_signal.signal_id', 'follow_up_signal.agency_id'])
        .where('follow_up_agency.handle', '=', handle)
        .orderBy('follow_up_signal.signal_id')
        .execute()
      return rows.map(({ signal_id, agency_id }) => ({ id: signal_id, agency: agency_id }))
    },

    /** Of these requests for sealed texts those of which both signals are there still. */
    async liveRequests(numbers: readonly string[]): Promise<ReadonlySet<string>> {
      if (numbers.length === 0) return new Set()
      const rows = await db
        .selectFrom('disclosure')
        .innerJoin('signal as theirs', 'theirs.id', 'disclosure.signal_id')
        .innerJoin('signal as own', 'own.id', 'disclosure.receiver_signal_id')
        .select('disclosure.number')
        .where('disclosure.number', 'in', numbers)
        .where('theirs.state', '=', 'live')
        .where('own.state', '=', 'live')
        .execute()
      return new Set(rows.map(({ number }) => number))
    },

    /** What time did to terms, as it is written down and vouched for, and what people recorded. */
    async onLedger() {
      const steps = await stepsBetween(db, new Date(0), new Date(8.64e15))
      const outcomes = await db
        .selectFrom('ledger_entry')
        .select(['at', 'payload'])
        .where('kind', '=', 'follow-up.record-outcome')
        .orderBy('index')
        .execute()
      return [
        ...steps.map((step) => ({
          ...step,
          at: new Date(step.at).getTime(),
          outcome: undefined,
          result: undefined,
        })),
        ...outcomes.map(({ at, payload }) => ({
          ...(JSON.parse(payload ?? '{}') as {
            readonly followUp?: string
            readonly outcome?: string
            readonly result?: string
          }),
          kind: 'record-outcome' as const,
          at: at.getTime(),
          term: undefined,
          level: undefined,
        })),
      ]
    },

    /** What stands written down of time, against the hashes of it on the ledger: what does not fit. */
    async unvouched(): Promise<string[]> {
      const entries = await db
        .selectFrom('ledger_entry')
        .select('payload')
        .where('kind', '=', 'follow-up.vouch')
        .execute()
      const wrong: string[] = []
      for (const { payload } of entries) {
        const { from, until, steps } = JSON.parse(payload ?? '{}')
        const there = await stepsBetween(db, new Date(from), new Date(until))
        if (digestOfSteps(there) !== steps)
          wrong.push(`steps until ${until} are not those vouched for`)
      }
      return wrong
    },

    async ledgerSize(): Promise<number> {
      const row = await db
        .selectFrom('ledger_entry')
        .select(({ fn }) => fn.countAll().as('size'))
        .executeTakeFirstOrThrow()
      return Number(row.size)
    },
  }
}
