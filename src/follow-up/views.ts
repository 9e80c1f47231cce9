import type { Agencies } from '../agencies/agencies.ts'
import { deskOf, partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import { type Clock, dayOf } from '../kernel/clock.ts'
import type { AgencyId, OverlapHandle, SignalId } from '../kernel/ids.ts'
import type { Gatherings } from '../overlaps/gatherings.ts'
import type { SignalTraits } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import { type FollowUpSummary, type FollowUpView, mostShown } from '../wire/follow-up.ts'
import { levelOf } from './clocks.ts'
import { coordinatorOf } from './lead.ts'
import { isOver, present } from './life.ts'
import { priorityOf } from './priority.ts'
import * as store from './store.ts'
import type { Concerned, FollowUp } from './types.ts'

export type Views = ReturnType<typeof openViews>

/** A follow-up with what one agency may know of it. */
export type Seen = {
  readonly one: FollowUp
  readonly own: Concerned
  /** The agencies that it may know to be concerned, itself among them. */
  readonly known: readonly AgencyId[]
}

/** Whether nobody joined, and nothing was decided, after this moment. */
function wasSettledBy({ agencies, closedAt, ended, lead }: FollowUp, at: Date): boolean {
  return (
    agencies.every(({ joinedAt }) => joinedAt <= at) &&
    (closedAt === undefined || closedAt <= at) &&
    (ended === undefined || ended.on <= dayOf(at)) &&
    lead.since <= at
  )
}

/** What one agency sees: what its own signals touch by the thresholds in force, and nothing else. */
export function openViews({
  clock,
  agencies,
  gatherings,
  traitsOf,
  caseReferencesOf,
  handlesOf,
}: {
  readonly clock: Clock
  readonly agencies: Agencies
  readonly gatherings: Gatherings
  readonly traitsOf: (reader: Reader, ids: readonly SignalId[]) => Promise<SignalTraits[]>
  readonly caseReferencesOf: (
    reader: Reader,
    ids: readonly SignalId[],
  ) => Promise<ReadonlyMap<string, string>>
  readonly handlesOf: (
    reader: Reader,
    signals: readonly SignalId[],
  ) => Promise<ReadonlyMap<string, OverlapHandle>>
}) {
  /**
   * Those of these follow-ups, all under one agreement, that an agency may know of. One that is over it
   * may know of when it took part; of one that goes on only as long as its own signals touch the others; and
   * of one that it left, only when nothing has happened in it since.
   */
  async function seenBy(
    reader: Reader,
    agency: AgencyId,
    agreement: string,
    all: readonly FollowUp[],
  ): Promise<Seen[]> {
    const owned = all.flatMap(({ members }) =>
      members.filter((member) => member.agency === agency).map(({ id }) => id),
    )
    const touched = await gatherings.touchedBy(reader, agreement, owned)
    return all.flatMap((one): Seen[] => {
      const own = one.agencies.find((each) => each.agency === agency)
      if (own === undefined) return []
      const everybody = one.agencies.map((each) => each.agency)
      if (own.leftAt !== undefined && !wasSettledBy(one, own.leftAt)) return []
      if (isOver(one) || one.members.length === 0 || own.leftAt !== undefined) {
        return isOver(one) || one.state === 'closed' ? [{ one, own, known: everybody }] : []
      }
      const near = new Set(
        one.members
          .filter((member) => member.agency === agency)
          .flatMap(({ id }) => [...(touched.get(id) ?? [])]),
      )
      const known = new Set(
        one.members.filter(({ id }) => near.has(id)).map((member) => member.agency),
      )
      known.delete(agency)
      return known.size === 0 ? [] : [{ one, own, known: [agency, ...known] }]
    })
  }

  async function summariesOf(
    reader: Reader,
    agreement: Agreement,
    seen: readonly Seen[],
  ): Promise<FollowUpSummary[]> {
    const now = clock.now()
    const { content } = agreement
    const members = seen.flatMap(({ one }) => one.members.map(({ id }) => id))
    const traits = new Map((await traitsOf(reader, members)).map((each) => [each.id, each]))
    const owned = seen.flatMap(({ one, own }) =>
      one.members.filter(({ agency }) => agency === own.agency).map(({ id }) => id),
    )
    const references = await caseReferencesOf(reader, owned)
    const handles = await handlesOf(reader, owned)
    const names = await agencies.namesOf(reader, [
      ...new Set(seen.flatMap(({ known, one }) => [...known, one.lead.agency])),
    ])
    const nameOf = (agency: AgencyId) => names.get(agency) ?? agency
    const deskFor = (agency: AgencyId): string => {
      const party = partyOf(content, agency)
      return party === undefined ? '' : deskOf(party, now)
    }
    const intos = new Map(
      (
        await store.findFollowUps(
          reader,
          seen.flatMap(({ one }) => one.mergedInto ?? []),
        )
      ).map((one) => [one.id, one]),
    )

    return seen.map(({ one, own, known }): FollowUpSummary => {
      const shown = one.agencies.filter(({ agency }) => known.includes(agency)).slice(-mostShown)
      const mine = one.members.filter(({ agency }) => agency === own.agency).slice(-mostShown)
      const visible = one.members
        .filter(({ agency }) => known.includes(agency))
        .flatMap(({ id }) => traits.get(id) ?? [])
      const kind = mine.map(({ id }) => traits.get(id)?.subjectKind).find(Boolean)
      const into = intos
        .get(one.mergedInto ?? '')
        ?.agencies.find(({ agency }) => agency === own.agency)?.handle
      return {
        handle: own.handle,
        agreement: one.agreement,
        purpose: one.purpose,
        state: one.state,
        version: one.version,
        ...(kind === undefined ? {} : { subjectKind: kind }),
        quality: one.quality,
        begunAt: one.begunAt.toISOString(),
        lead: {
          agency: one.lead.agency,
          name: nameOf(one.lead.agency),
          ground: one.lead.ground,
          since: one.lead.since.toISOString(),
        },
        ...(one.offeredTo === undefined || !known.includes(one.offeredTo)
          ? {}
          : { offeredTo: one.offeredTo }),
        ...(one.dispute === undefined || !known.includes(one.dispute.by)
          ? {}
          : {
              dispute: {
                by: one.dispute.by,
                reason: one.dispute.reason,
                coordinator: coordinatorOf(content, present(one), one.lead.agency),
              },
            }),
        ...(one.outcome === undefined ? {} : { outcome: one.outcome }),
        ...(one.closedAt === undefined ? {} : { closedAt: one.closedAt.toISOString() }),
        ...(one.ended === undefined ? {} : { endedOn: one.ended.on, endCause: one.ended.cause }),
        ...(into === undefined ? {} : { mergedInto: into }),
        signals: mine.map(({ id, silent }) => {
          const caseReference = references.get(id)
          const overlap = handles.get(id)
          return {
            id,
            ...(caseReference === undefined ? {} : { caseReference }),
            ...(overlap === undefined ? {} : { overlap }),
            silent,
          }
        }),
        agencies: shown.map(({ agency, joinedAt, acknowledgedAt, leftAt }) => ({
          agency,
          name: nameOf(agency),
          contactDesk: deskFor(agency),
          joinedAt: joinedAt.toISOString(),
          ...(acknowledgedAt === undefined ? {} : { acknowledgedAt: acknowledgedAt.toISOString() }),
          left: leftAt !== undefined,
        })),
        terms: one.clocks
          .filter(({ agency }) => known.includes(agency))
          .slice(0, mostShown)
          .map(({ clock: term, agency, dueAt, step }) => ({
            term,
            agency,
            dueAt: dueAt.toISOString(),
            overdue: dueAt <= now,
            told: step === 0 ? 'nobody' : levelOf(step),
          })),
        ...(one.state === 'open' ? { priority: priorityOf(one, visible, now) } : {}),
      }
    })
  }

  return {
    seenBy,
    summariesOf,

    /** One follow-up with its history, that of what went into it included. */
    async viewOf(reader: Reader, agreement: Agreement, seen: Seen): Promise<FollowUpView> {
      const [summary] = await summariesOf(reader, agreement, [seen])
      if (summary === undefined) throw new Error('a follow-up vanished')
      const { one, known, own } = seen
      const events = await store.eventsOf(reader, [
        one.id,
        ...(await store.mergedInto(reader, one.id)),
      ])
      const history = events
        .filter(({ agency }) => agency === undefined || known.includes(agency))
        .filter(({ at }) => own.leftAt === undefined || at <= own.leftAt)
        .reverse()
        .slice(0, mostShown)
        .map(({ at, event, agency, detail }) => ({
          at: at.toISOString(),
          event,
          ...(agency === undefined ? {} : { agency }),
          ...(detail === undefined ? {} : { detail }),
        }))
      return { ...summary, history }
    },
  }
}
