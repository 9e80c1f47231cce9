import type { AgreementContent } from '../../src/wire/agreement.ts'
import { dayMilliseconds, workingDaysAfter } from './calendar.ts'

/** Something that happened in a follow-up, as those who know of it are told; in the order in which it did. */
export type Event = {
  readonly followUp: string
  readonly event: string
  readonly agency: string | undefined
  readonly detail: string | undefined
}

/** Whom a follow-up concerns, who has the lead, and into which other one it went. */
export type Standing = {
  readonly present: readonly string[]
  readonly lead: string
  readonly mergedInto: string | undefined
}

/** A term that somebody let pass: the follow-up or disclosure, what was owed, and when that showed. */
export type Breach = {
  readonly about: string
  readonly term: 'acknowledge' | 'close' | 'disclosure'
  readonly at: number
}
/** An offer or a dispute that nobody answered in time. */
export type Lapse = {
  readonly about: string
  readonly term: 'offer' | 'dispute'
  readonly at: number
}

/** After these nothing of a follow-up is told to who left it before. */
const settling: ReadonlySet<string> = new Set(['joined', 'closed', 'lead-changed', 'ended'])

type Term = { dueAt: number; breached: boolean }

/** A follow-up as the simulation has it: from what happened, never from what the gateway counts with. */
export type Followed = {
  readonly id: string
  state: 'open' | 'closed' | 'ended' | 'merged'
  outcome: string | undefined
  present: Set<string>
  readonly everConcerned: Set<string>
  /** When an agency's last signal in it ended, and when somebody last joined or something was decided. */
  readonly leftAt: Map<string, number>
  settledAt: number
  readonly acknowledged: Set<string>
  readonly owed: Map<string, Term>
  close: Term | undefined
  offer: { to: string; dueAt: number } | undefined
  dispute: { by: string; dueAt: number } | undefined
}

export type Reckoning = ReturnType<typeof openReckoning>

/**
 * What is owed by when, reckoned from what happened and the agreement's deadlines, with working days of its own.
 * Nothing of the gateway's terms is read: what it escalates is held against this.
 */
export function openReckoning({ deadlines, parties }: AgreementContent) {
  const followed = new Map<string, Followed>()
  const disclosures = new Map<string, Term>()
  const breaches: Breach[] = []
  const lapses: Lapse[] = []
  const receives = new Set(
    parties.filter(({ roles }) => roles.includes('receive')).map(({ agency }) => agency),
  )
  const acknowledgedBy = (at: number) => workingDaysAfter(at, deadlines.acknowledgeWorkingDays)

  function begin(id: string): Followed {
    const one: Followed = {
      id,
      state: 'open',
      outcome: undefined,
      present: new Set(),
      everConcerned: new Set(),
      leftAt: new Map(),
      settledAt: 0,
      acknowledged: new Set(),
      owed: new Map(),
      close: undefined,
      offer: undefined,
      dispute: undefined,
    }
    followed.set(id, one)
    return one
  }

  function clear(one: Followed): void {
    one.owed.clear()
    one.close = undefined
    one.offer = undefined
    one.dispute = undefined
  }

  function leave(one: Followed, agency: string): void {
    one.present.delete(agency)
    one.owed.delete(agency)
    if (one.offer?.to === agency) one.offer = undefined
    if (one.dispute?.by === agency) one.dispute = undefined
  }

  function join(one: Followed, agency: string): void {
    // Whoever comes back is asked anew.
    if (one.everConcerned.has(agency) && !one.present.has(agency)) one.acknowledged.delete(agency)
    one.present.add(agency)
    one.everConcerned.add(agency)
  }

  /** Another one went into this one: who comes along keeps its term, and what it acknowledged stays so. */
  function takeIn(one: Followed, from: Followed): void {
    for (const agency of from.present) {
      const isNew = !one.everConcerned.has(agency)
      const acknowledged = from.acknowledged.has(agency)
      if (isNew) join(one, agency)
      one.present.add(agency)
      if (acknowledged) {
        one.acknowledged.add(agency)
        one.owed.delete(agency)
      }
      const term = from.owed.get(agency)
      if (isNew && term !== undefined && !acknowledged) one.owed.set(agency, { ...term })
    }
    from.present = new Set()
    clear(from)
  }

  function happen(
    { followUp, event, agency = '', detail }: Event,
    at: number,
    into: Standing,
  ): void {
    const one = followed.get(followUp) ?? begin(followUp)
    if (event === 'left') one.leftAt.set(agency, at)
    else if (settling.has(event)) one.settledAt = at
    switch (event) {
      case 'joined':
        join(one, agency)
        return
      case 'left':
        leave(one, agency)
        return
      case 'acknowledged':
        one.acknowledged.add(agency)
        one.owed.delete(agency)
        return
      case 'closed':
        one.state = 'closed'
        one.outcome = detail
        clear(one)
        return
      case 'reopened':
        one.state = 'open'
        one.outcome = undefined
        return
      case 'ended':
        end(one, detail, into)
        return
      case 'lead-offered':
        one.offer = { to: agency, dueAt: acknowledgedBy(at) }
        return
      case 'lead-disputed':
        one.dispute = { by: agency, dueAt: acknowledgedBy(at) }
        return
      case 'lead-changed':
        one.offer = undefined
        one.dispute = undefined
        return
      case 'offer-declined':
        one.offer = undefined
        return
      case 'dispute-settled':
        one.dispute = undefined
        return
    }
  }

  function end(one: Followed, cause: string | undefined, { mergedInto }: Standing): void {
    if (cause === 'merged' && mergedInto !== undefined) {
      takeIn(followed.get(mergedInto) ?? begin(mergedInto), one)
      one.state = 'merged'
      return
    }
    if (one.state === 'open') one.state = 'ended'
    one.present = new Set()
    clear(one)
  }

  /** What an open one asks for from now on. */
  function begun(one: Followed, { present }: Standing, at: number): void {
    for (const agency of present) if (!one.present.has(agency)) join(one, agency)
    for (const agency of one.present) if (!present.includes(agency)) leave(one, agency)
    if (one.state !== 'open') return
    for (const agency of one.present) {
      if (!receives.has(agency) || one.acknowledged.has(agency) || one.owed.has(agency)) continue
      one.owed.set(agency, { dueAt: acknowledgedBy(at), breached: false })
    }
    one.close ??= { dueAt: at + deadlines.closeDays * dayMilliseconds, breached: false }
  }

  function pass(about: string, term: Breach['term'], owed: Term | undefined, at: number): void {
    if (owed === undefined || owed.breached || owed.dueAt > at) return
    owed.breached = true
    breaches.push({ about, term, at })
  }

  return {
    followed: followed as ReadonlyMap<string, Followed>,
    breaches: breaches as readonly Breach[],
    lapses: lapses as readonly Lapse[],

    /** What happened at one moment, and how the follow-ups concerned stand after it. */
    happened(events: readonly Event[], standings: ReadonlyMap<string, Standing>, at: number): void {
      // Whoever comes along from another follow-up keeps its term, so that is looked at first.
      const isMerge = ({ event, detail }: Event) => event === 'ended' && detail === 'merged'
      const inOrder = [...events.filter(isMerge), ...events.filter((each) => !isMerge(each))]
      for (const each of inOrder) {
        const standing = standings.get(each.followUp)
        if (standing !== undefined) happen(each, at, standing)
      }
      for (const [id, standing] of standings) {
        const one = followed.get(id)
        if (one !== undefined) begun(one, standing, at)
      }
    },

    /** Time has come to this moment, and the gateway has had its turn. @param live requests that can still be answered */
    passed(at: number, isLive: (disclosure: string) => boolean): void {
      for (const one of followed.values()) {
        for (const term of one.owed.values()) pass(one.id, 'acknowledge', term, at)
        pass(one.id, 'close', one.close, at)
        if (one.offer !== undefined && one.offer.dueAt <= at) {
          lapses.push({ about: one.id, term: 'offer', at })
          one.offer = undefined
        }
        if (one.dispute !== undefined && one.dispute.dueAt <= at) {
          lapses.push({ about: one.id, term: 'dispute', at })
          one.dispute = undefined
        }
      }
      for (const [number, term] of disclosures) {
        if (isLive(number)) pass(number, 'disclosure', term, at)
      }
    },

    /** A request for sealed texts waits for its owner, from now on or anew. */
    asked(number: string, at: number): void {
      const dueAt = at + deadlines.disclosureHours * 3_600_000
      disclosures.set(number, { dueAt, breached: false })
    },
    answered: (number: string): void => void disclosures.delete(number),
    awaited: (): string[] => [...disclosures.keys()],
  }
}
