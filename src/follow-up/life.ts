import { dayOf } from '../kernel/clock.ts'
import type { AgencyId, SignalId } from '../kernel/ids.ts'
import type { Gathering } from '../overlaps/gatherings.ts'
import type { SignalTraits } from '../signals/types.ts'
import type { LeadGround, OutcomeName } from '../wire/codes/follow-ups.ts'
import { passClock, startClock } from './clocks.ts'
import { coordinatorOf, leadByRule, mayReceive } from './lead.ts'
import type { Due, EndCause, FollowUp, Happening, Member, Setting } from './types.ts'

/** The life of a follow-up as pure functions: how it stands and what happens → how it stands then. */

type Traits = readonly SignalTraits[]

/** Agencies of which a signal is a member now. */
export const present = ({ agencies }: FollowUp): AgencyId[] =>
  agencies.filter(({ leftAt }) => leftAt === undefined).map(({ agency }) => agency)

export const isOver = ({ state }: FollowUp): boolean => state === 'ended' || state === 'merged'

export const noted = (one: FollowUp, ...happened: Happening[]): FollowUp => ({
  ...one,
  happened: [...one.happened, ...happened],
})

const without = (clocks: readonly Due[], gone: (due: Due) => boolean): Due[] =>
  clocks.filter((due) => !gone(due))

/** Starts what an open follow-up asks for and does not have yet. */
function withClocks(one: FollowUp, { agreement: { content }, at }: Setting): FollowUp {
  if (one.state !== 'open') return one
  const added = one.agencies
    .filter(
      ({ agency, leftAt, acknowledgedAt }) =>
        leftAt === undefined &&
        acknowledgedAt === undefined &&
        mayReceive(content, agency) &&
        !one.clocks.some((due) => due.agency === agency && due.clock === 'acknowledge'),
    )
    .map(({ agency }) => startClock('acknowledge', agency, content, at))
  const closing = one.clocks.some(({ clock }) => clock === 'close')
    ? []
    : [startClock('close', one.lead.agency, content, at)]
  return { ...one, clocks: [...one.clocks, ...added, ...closing] }
}

/** Adds signals, and their agencies under handles of their own. */
function withMembers(
  one: FollowUp,
  added: readonly { readonly id: SignalId; readonly agency: AgencyId }[],
  silent: boolean,
  traits: Traits,
  { at, newId }: Setting,
): FollowUp {
  const regionOf = (agency: AgencyId) =>
    traits.find((each) => each.agency === agency && each.region !== null)?.region ?? undefined
  const members: Member[] = added.map(({ id, agency }) => ({ id, agency, joinedAt: at, silent }))
  const coming = new Set(added.map(({ agency }) => agency))
  const agencies = [
    ...one.agencies.map((known) =>
      coming.has(known.agency) && known.leftAt !== undefined
        ? { ...known, leftAt: undefined, acknowledgedAt: undefined, joinedAt: at }
        : known,
    ),
    ...[...coming]
      .filter((agency) => !one.agencies.some((known) => known.agency === agency))
      .map((agency) => ({
        agency,
        handle: newId(),
        joinedAt: at,
        region: regionOf(agency),
        acknowledgedAt: undefined,
        leftAt: undefined,
      })),
  ]
  return { ...one, members: [...one.members, ...members], agencies }
}

/** Moves the lead, and its term with it. */
export function leadMoved(
  one: FollowUp,
  agency: AgencyId,
  ground: LeadGround,
  { at }: Setting,
): FollowUp {
  const moved = one.clocks
    .filter(({ clock }) => clock === 'acknowledge' || clock === 'close')
    .map((due) => (due.clock === 'close' ? passClock(due, agency, at) : due))
  return noted(
    {
      ...one,
      lead: { agency, ground, since: at },
      offeredTo: undefined,
      dispute: undefined,
      clocks: moved,
    },
    { event: 'lead-changed', agency, detail: ground },
  )
}

const ruleGrounds: readonly LeadGround[] = ['rule', 'next-rule', 'first-signal']

/** Applies the rule for the lead anew while nobody has acted on it, or when the lead has left. */
function ruled(one: FollowUp, traits: Traits, setting: Setting): FollowUp {
  const { agency, ground } = one.lead
  const own = one.agencies.find((known) => known.agency === agency)
  const stays =
    own !== undefined &&
    own.leftAt === undefined &&
    (!ruleGrounds.includes(ground) || own.acknowledgedAt !== undefined)
  const found = stays ? undefined : leadByRule(setting.agreement.content, traits)
  return found === undefined || found.agency === agency
    ? one
    : leadMoved(one, found.agency, found.ground, setting)
}

/** A follow-up of signals that were in none. Undefined where nobody concerned may know of the overlap. */
export function begun(
  { members, quality }: Gathering,
  traits: Traits,
  setting: Setting,
  splitFrom = false,
): FollowUp | undefined {
  const { agreement, at, newId } = setting
  const lead = leadByRule(agreement.content, traits)
  if (lead === undefined) return undefined
  const one: FollowUp = {
    id: newId(),
    agreement: agreement.hash,
    purpose: agreement.content.purpose,
    state: 'open',
    quality,
    version: 0,
    begunAt: at,
    lead: { ...lead, since: at },
    offeredTo: undefined,
    dispute: undefined,
    outcome: undefined,
    closedAt: undefined,
    reopened: 0,
    ended: undefined,
    mergedInto: undefined,
    members: [],
    agencies: [],
    clocks: [],
    happened: [],
  }
  const whole = withMembers(one, members, false, traits, setting)
  return withClocks(noted(whole, { event: splitFrom ? 'split' : 'begun' }), setting)
}

/** Opens a closed one again. */
export function opened(one: FollowUp, setting: Setting): FollowUp {
  return withClocks(
    noted(
      { ...one, state: 'open', outcome: undefined, closedAt: undefined },
      { event: 'reopened' },
    ),
    setting,
  )
}

/**
 * Signals join. A closed follow-up is opened again by that, unless they join silently: then nobody is
 * told and nothing falls due.
 */
export function joined(
  one: FollowUp,
  { members, quality }: Gathering,
  traits: Traits,
  setting: Setting,
  silent = false,
): FollowUp {
  const added = members.filter(({ id }) => !one.members.some((known) => known.id === id))
  if (added.length === 0) return one.quality === quality ? one : { ...one, quality }
  const before = present(one)
  const coming = [...new Set(added.map(({ agency }) => agency))]
  const grown = noted(
    { ...withMembers(one, added, silent, traits, setting), quality },
    ...coming.map(
      (agency): Happening =>
        before.includes(agency) ? { event: 'signal-joined', agency } : { event: 'joined', agency },
    ),
  )
  if (silent) return grown
  const open = grown.state === 'closed' ? opened(grown, setting) : grown
  return withClocks(ruled(open, traits, setting), setting)
}

export function ended(one: FollowUp, cause: EndCause, { at }: Setting): FollowUp {
  return noted(
    {
      ...one,
      state: one.state === 'closed' ? 'closed' : 'ended',
      members: [],
      agencies: one.agencies.map((known) => ({ ...known, leftAt: known.leftAt ?? at })),
      clocks: [],
      offeredTo: undefined,
      dispute: undefined,
      ...(one.state === 'closed' ? {} : { ended: { on: dayOf(at), cause } }),
    },
    ...(one.state === 'closed' ? [] : [{ event: 'ended', detail: cause } as const]),
  )
}

/** Signals leave; with fewer than two agencies, or nobody who may know of it, the follow-up is over. */
export function left(
  one: FollowUp,
  gone: ReadonlySet<SignalId>,
  traits: Traits,
  cause: EndCause,
  setting: Setting,
): FollowUp {
  const members = one.members.filter(({ id }) => !gone.has(id))
  const there = new Set(members.map(({ agency }) => agency))
  const known = [...there].some((agency) => mayReceive(setting.agreement.content, agency))
  if (there.size < 2 || !known) return ended(one, cause, setting)
  const leaving = present(one).filter((agency) => !there.has(agency))
  const dispute = one.dispute && leaving.includes(one.dispute.by) ? undefined : one.dispute
  // A dispute that stands is settled by whoever is the coordinator now, within the time that is left.
  const disputes = one.clocks
    .filter(({ clock }) => clock === 'dispute' && dispute !== undefined)
    .map((due) => ({
      ...due,
      agency: coordinatorOf(setting.agreement.content, [...there], one.lead.agency),
    }))
  const smaller: FollowUp = {
    ...one,
    members,
    agencies: one.agencies.map((each) =>
      leaving.includes(each.agency) ? { ...each, leftAt: setting.at } : each,
    ),
    clocks: [
      ...without(
        one.clocks,
        ({ agency, clock }) =>
          clock === 'dispute' || (leaving.includes(agency) && clock !== 'close'),
      ),
      ...disputes,
    ],
    offeredTo: one.offeredTo && leaving.includes(one.offeredTo) ? undefined : one.offeredTo,
    dispute,
  }
  const events = leaving.map((agency): Happening => ({ event: 'left', agency }))
  return withClocks(ruled(noted(smaller, ...events), traits, setting), setting)
}

/** The later one goes into the earlier one: its signals, agencies and acknowledgements. */
export function merged(
  earlier: FollowUp,
  later: FollowUp,
  traits: Traits,
  setting: Setting,
): { readonly into: FollowUp; readonly from: FollowUp } {
  const { at } = setting
  const known = new Set(earlier.agencies.map(({ agency }) => agency))
  const coming = later.agencies.filter(({ agency }) => !known.has(agency))
  const acknowledgedIn = (agency: AgencyId): boolean =>
    later.agencies.some((each) => each.agency === agency && each.acknowledgedAt !== undefined)
  const wide: FollowUp = {
    ...earlier,
    members: [
      ...earlier.members,
      ...later.members.filter(({ id }) => !earlier.members.some((member) => member.id === id)),
    ],
    // A handle that both have stays with the one that goes: it tells where the follow-up went.
    agencies: [
      ...earlier.agencies.map((each) => {
        const other = later.agencies.find(({ agency }) => agency === each.agency)
        const stays = other?.leftAt === undefined && other !== undefined
        return stays
          ? {
              ...each,
              leftAt: undefined,
              acknowledgedAt: each.acknowledgedAt ?? other.acknowledgedAt,
            }
          : each
      }),
      ...coming.map((each) => ({ ...each, handle: setting.newId() })),
    ],
    clocks: [
      ...without(
        earlier.clocks,
        ({ agency, clock }) => clock === 'acknowledge' && acknowledgedIn(agency),
      ),
      ...later.clocks.filter(({ agency, clock }) => clock === 'acknowledge' && !known.has(agency)),
    ],
  }
  const events = coming.map(({ agency }): Happening => ({ event: 'joined', agency }))
  const whole = noted(wide, { event: 'merged' }, ...events)
  const open = earlier.state === 'closed' && later.state === 'open' ? opened(whole, setting) : whole
  return {
    into: withClocks(ruled(open, traits, setting), setting),
    from: noted(
      {
        ...later,
        state: 'merged',
        mergedInto: earlier.id,
        members: [],
        clocks: [],
        offeredTo: undefined,
        dispute: undefined,
        ended: { on: dayOf(at), cause: 'merged' },
        agencies: later.agencies.map((each) => ({ ...each, leftAt: each.leftAt ?? at })),
      },
      { event: 'ended', detail: 'merged' },
    ),
  }
}

/** An agency says that it has seen it. */
export function acknowledged(one: FollowUp, agency: AgencyId, { at }: Setting): FollowUp {
  const own = one.agencies.find((each) => each.agency === agency)
  if (own?.acknowledgedAt !== undefined) return one
  return noted(
    {
      ...one,
      agencies: one.agencies.map((each) =>
        each.agency === agency ? { ...each, acknowledgedAt: at } : each,
      ),
      clocks: without(one.clocks, (due) => due.agency === agency && due.clock === 'acknowledge'),
    },
    { event: 'acknowledged', agency },
  )
}

export function closed(one: FollowUp, outcome: OutcomeName, setting: Setting): FollowUp {
  const { agency } = one.lead
  return noted(
    {
      ...acknowledged(one, agency, setting),
      state: 'closed',
      outcome,
      closedAt: setting.at,
      clocks: [],
      offeredTo: undefined,
      dispute: undefined,
    },
    { event: 'closed', agency, detail: outcome },
  )
}
