import type { Agreements } from '../agreements/agreements.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import type { Gathering, Gatherings } from '../overlaps/gatherings.ts'
import type { MatchableSignal, SignalTraits } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import { type Contact, contactsOf, forgetContactsOf, noteContacts, pairsOf } from './contacts.ts'
import { begun, isOver, joined, left, merged } from './life.ts'
import * as store from './store.ts'
import type { EndCause, FollowUp, Setting } from './types.ts'

export type Membership = ReturnType<typeof openMembership>

/** Members of one follow-up that are looked at beside a new signal. */
const mostCompanions = 60

type OwnSignals = {
  readonly traitsOf: (reader: Reader, ids: readonly SignalId[]) => Promise<SignalTraits[]>
}

/**
 * Which signals a follow-up is about: it grows and shrinks with the overlap, inside the transaction of
 * whatever changes that. Nothing of it is on the ledger, or a leaf would tell that a signal touched another.
 * Call it with the head of the ledger held.
 */
export function openMembership({
  clock,
  random,
  agreements,
  gatherings,
  signals,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly agreements: Agreements
  readonly gatherings: Gatherings
  readonly signals: OwnSignals
}) {
  async function settingOf(tx: Tx, hash: string): Promise<Setting | undefined> {
    const agreement = await agreements.find(tx, hash)
    return agreement && { agreement, at: clock.now(), newId: () => randomUuid(random) }
  }

  /** The follow-ups around some signals as they change; what was changed is kept at the end. */
  async function openBook(tx: Tx, ids: readonly string[]) {
    const standing = new Map((await store.findFollowUps(tx, ids)).map((one) => [one.id, one]))
    const changed = new Set<string>()
    return {
      all: (): FollowUp[] => [...standing.values()].filter((one) => !isOver(one)),
      put(one: FollowUp): void {
        standing.set(one.id, one)
        changed.add(one.id)
      },
      close: (setting: Setting) =>
        store.keepFollowUps(
          tx,
          [...changed].flatMap((id) => {
            const one = standing.get(id)
            return one === undefined ? [] : [{ ...one, version: one.version + 1 }]
          }),
          setting.at,
        ),
    }
  }
  type Book = Awaited<ReturnType<typeof openBook>>

  const holdsPair = ({ members }: FollowUp, ids: ReadonlySet<SignalId>): boolean =>
    new Set(members.filter(({ id }) => ids.has(id)).map(({ agency }) => agency)).size > 1

  /** Whether each two of a gathering are followed up already, elsewhere: then nobody waits for this one. */
  const isCovered = ({ members }: Gathering, all: readonly FollowUp[]): boolean => {
    const follows = (signal: SignalId, agency: AgencyId) =>
      all.some(
        (one) =>
          one.members.some(({ id }) => id === signal) &&
          one.members.some((member) => member.agency === agency),
      )
    return members.every((one) =>
      members.every(
        (other) =>
          one.agency === other.agency ||
          (follows(one.id, other.agency) && follows(other.id, one.agency)),
      ),
    )
  }

  /** The contacts that make every pair of agencies of a gathering silent; undefined when one is not. */
  function silence({ members }: Gathering, contacts: readonly Contact[]): Contact[] | undefined {
    const found = pairsOf(members.map(({ agency }) => agency)).map(([one, other]) =>
      contacts.find(
        (contact) =>
          contact.one === one &&
          contact.other === other &&
          members.some(({ id }) => id === contact.signal),
      ),
    )
    return found.every((contact) => contact !== undefined) ? found : undefined
  }

  async function place(
    tx: Tx,
    book: Book,
    gathering: Gathering,
    contacts: readonly Contact[],
    setting: Setting,
  ): Promise<void> {
    const ids = new Set(gathering.members.map(({ id }) => id))
    const quiet = silence(gathering, contacts)
    const known = book.all().filter((one) => holdsPair(one, ids))
    const former = book.all().find(({ id }) => quiet?.some(({ followUp }) => followUp === id))
    const [earliest, ...later] = known.length > 0 ? known : former ? [former] : []
    if (earliest === undefined) {
      if (isCovered(gathering, book.all())) return
      const traits = await signals.traitsOf(tx, [...ids])
      const one = begun(gathering, traits, setting)
      if (one !== undefined) book.put(one)
      return
    }
    const isNew = gathering.members.some(
      ({ id }) => !earliest.members.some((member) => member.id === id),
    )
    if (!isNew && later.length === 0) return
    const whole = [
      ...ids,
      ...[earliest, ...later].flatMap(({ members }) => members.map(({ id }) => id)),
    ]
    const traits = await signals.traitsOf(tx, [...new Set(whole)])
    let into = earliest
    for (const other of later) {
      const both = merged(into, other, traits, setting)
      into = both.into
      book.put(both.from)
    }
    const silent = quiet !== undefined && into.state === 'closed'
    if (silent) {
      const fresh = gathering.members.filter(
        ({ id }) => !into.members.some((member) => member.id === id),
      )
      await noteContacts(
        tx,
        fresh.flatMap(({ id }) => quiet.map((contact) => ({ ...contact, signal: id }))),
      )
    }
    book.put(joined(into, gathering, traits, setting, silent))
  }

  /** Finds the follow-ups of signals that may touch others now, begins those that are missing. */
  async function settle(tx: Tx, hash: AgreementHash, ids: readonly SignalId[]): Promise<void> {
    if (ids.length === 0) return
    const found = await gatherings.around(tx, hash, ids, async (near) => {
      const known = await store.followUpsOf(tx, near)
      const each = new Map(
        (await store.findFollowUps(tx, [...new Set(known.map(({ id }) => id))])).map((one) => [
          one.id,
          one.members.slice(0, mostCompanions).map(({ id }) => id),
        ]),
      )
      return new Map(
        [...Map.groupBy(known, ({ signal }) => signal)].map(([signal, those]) => [
          signal,
          those.flatMap(({ id }) => each.get(id) ?? []),
        ]),
      )
    })
    if (found.length === 0) return
    const setting = await settingOf(tx, hash)
    if (setting === undefined) return
    const members = [...new Set(found.flatMap((one) => one.members.map(({ id }) => id)))]
    const contacts = await contactsOf(tx, members)
    const known = await store.followUpsOf(tx, members)
    const book = await openBook(tx, [
      ...new Set([...known.map(({ id }) => id), ...contacts.map(({ followUp }) => followUp)]),
    ])
    for (const gathering of found) await place(tx, book, gathering, contacts, setting)
    await book.close(setting)
  }

  /** Looks again whether what stands in these follow-ups still belongs together; what does not, leaves or parts. */
  async function reconsider(tx: Tx, ids: readonly string[], cause: EndCause): Promise<void> {
    for (const one of await store.findFollowUps(tx, ids)) {
      const setting = await settingOf(tx, one.agreement)
      if (setting === undefined || isOver(one) || one.members.length === 0) continue
      const own = one.members.map(({ id }) => id)
      const [largest, ...parted] = partsOf(await gatherings.among(tx, one.agreement, own))
      const stay = new Set(largest?.members.map(({ id }) => id) ?? [])
      const gone = new Set(own.filter((id) => !stay.has(id)))
      if (gone.size === 0) continue
      const version = one.version + 1
      const rest = left(one, gone, await signals.traitsOf(tx, [...stay]), cause, setting)
      const others: FollowUp[] = []
      for (const part of parted) {
        const traits = await signals.traitsOf(
          tx,
          part.members.map(({ id }) => id),
        )
        const other = begun(part, traits, setting, true)
        if (other !== undefined && one.state === 'open') others.push(other)
      }
      await store.keepFollowUps(tx, [{ ...rest, version }, ...others], setting.at)
    }
  }

  const concerning = async (tx: Tx, ids: readonly SignalId[]): Promise<string[]> => [
    ...new Set((await store.followUpsOf(tx, ids)).map(({ id }) => id)),
  ]

  return {
    settle,
    reconsider,
    concerning,

    /** Signals that were just matched. */
    async matched(tx: Tx, matched: readonly MatchableSignal[]): Promise<void> {
      for (const [hash, alike] of Map.groupBy(matched, ({ agreement }) => agreement)) {
        await settle(
          tx,
          hash,
          alike.map(({ id }) => id),
        )
      }
    },

    /** Has links forgotten or found anew by `work`, and settles what that does to follow-ups. */
    async around(
      tx: Tx,
      touched: readonly MatchableSignal[],
      work: () => Promise<void>,
    ): Promise<void> {
      const ids = touched.map(({ id }) => id)
      const before = await concerning(tx, ids)
      await work()
      await reconsider(tx, before, 'signals')
    },

    forgetContactsOf,
  }
}

/** Gatherings that share a signal are one part; the largest first. */
function partsOf(gatherings: readonly Gathering[]): Gathering[] {
  const parts: Gathering[] = []
  for (const gathering of gatherings) {
    const touching = parts.filter((part) =>
      part.members.some(({ id }) => gathering.members.some((member) => member.id === id)),
    )
    const members = new Map(
      [gathering, ...touching].flatMap((part) => part.members.map((one) => [one.id, one] as const)),
    )
    for (const part of touching) parts.splice(parts.indexOf(part), 1)
    parts.push({
      members: [...members.values()],
      quality: (touching[0] ?? gathering).quality,
    })
  }
  return parts.sort((one, other) => other.members.length - one.members.length)
}
