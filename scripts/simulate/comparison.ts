import type { FollowUpYield } from '../../src/wire/follow-up.ts'
import type { Party } from './agreement.ts'
import { type Recorded, useful } from './officers.ts'
import type { Breach, Followed, Lapse, Reckoning } from './reckoning.ts'
import type { Watch } from './watch.ts'

const mostNamed = 5

const share = (some: number, of: number): number => Math.round((some / of) * 1000) / 1000

/** Who left is told of what was settled by then, and of nothing that came later. */
const isStillTold = ({ present, leftAt, settledAt }: Followed, agency: string): boolean =>
  present.has(agency) || settledAt <= (leftAt.get(agency) ?? Number.POSITIVE_INFINITY)

/** How an agency's overlaps fare by what happened: those that it may know of. */
function measured(all: readonly Followed[], agency: string) {
  const own = all
    .filter(
      ({ state, everConcerned, present }) =>
        state !== 'merged' &&
        everConcerned.has(agency) &&
        (state !== 'open' || present.has(agency)),
    )
    .filter((one) => isStillTold(one, agency))
  const closed = own.filter(({ state }) => state === 'closed')
  const helped = closed.filter(({ outcome = '' }) => useful.has(outcome))
  const acted = own.filter(({ state, acknowledged }) => state === 'closed' || acknowledged.size > 0)
  return {
    begun: own.length,
    queue: own.filter(({ state }) => state === 'open').length,
    closed: closed.length,
    followedUp: own.length === 0 ? undefined : share(acted.length, own.length),
    useful: closed.length === 0 ? undefined : share(helped.length, closed.length),
    outcomes: outcomesOf(closed),
  }
}

export function outcomesOf(all: readonly Followed[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { state, outcome } of all) {
    if (state === 'closed' && outcome !== undefined) counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  return Object.fromEntries(Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1)))
}

const reported = ({ total, outcomes }: FollowUpYield) => ({
  begun: total.begun,
  queue: total.queue,
  closed: total.closed,
  followedUp: total.followedUp,
  useful: total.useful,
  outcomes: Object.fromEntries(
    outcomes
      .map(({ outcome, followUps }) => [outcome, followUps] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  ),
})

/** What the yield that the API tells each agency has otherwise than the simulation counted. */
export async function yieldDifferences(
  parties: readonly Party[],
  { followed }: Reckoning,
): Promise<string[]> {
  const all = [...followed.values()]
  const differences: string[] = []
  for (const { id, partner, under, submitsOnly } of parties) {
    if (submitsOnly) continue
    const told = reported(await partner.followUps.measure(under))
    const own = measured(all, id)
    for (const part of ['begun', 'queue', 'closed', 'followedUp', 'useful', 'outcomes'] as const) {
      const [theirs, ours] = [JSON.stringify(told[part]), JSON.stringify(own[part])]
      if (theirs !== ours) differences.push(`yield of ${id}: ${part} is ${theirs}, counted ${ours}`)
    }
  }
  return differences
}

type OnLedger = Awaited<ReturnType<Watch['onLedger']>>

const nameOf = ({ about, term, at }: Breach | Lapse): string =>
  `${term} of ${about} at ${new Date(at).toISOString()}`

/** What one of two lists has that the other does not, each as often as it comes. */
function unmatched(one: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const name of other) left.set(name, (left.get(name) ?? 0) + 1)
  return one.filter((name) => {
    const count = left.get(name) ?? 0
    left.set(name, count - 1)
    return count <= 0
  })
}

const told = (names: readonly string[], what: string): string[] => [
  ...names.slice(0, mostNamed).map((name) => `${what}: ${name}`),
  ...(names.length > mostNamed ? [`${what}: ${names.length - mostNamed} more`] : []),
]

/**
 * Holds what time did by the ledger against what it should have done. Each breach is matched with an entry about the same
 * term, made at the first moment at which the gateway could see it.
 */
export function escalationDifferences(
  onLedger: OnLedger,
  { breaches, lapses }: Reckoning,
  ofHandle: ReadonlyMap<string, string>,
): { readonly escalated: number; readonly differences: readonly string[] } {
  const named = (kind: string, isOwn: (one: OnLedger[number]) => boolean): string[] =>
    onLedger.flatMap((one) => {
      if (one.kind !== kind || !isOwn(one)) return []
      const about = ofHandle.get(one.followUp ?? '') ?? one.followUp ?? ''
      return [nameOf({ about, term: one.term, at: one.at } as Breach)]
    })
  const owed = ['acknowledge', 'close', 'disclosure']
  const made = named(
    'escalate',
    ({ level, term = '' }) => level === 'deputy' && owed.includes(term),
  )
  const due = breaches.map(nameOf)
  const missing = unmatched(due, made)
  const lapsed = named('lapse', () => true)
  const lapsing = lapses.map(nameOf)
  return {
    escalated: due.length - missing.length,
    differences: [
      ...told(missing, 'let pass and not escalated'),
      ...told(unmatched(made, due), 'escalated and not let pass'),
      ...told(unmatched(lapsing, lapsed), 'not answered and not lapsed'),
      ...told(unmatched(lapsed, lapsing), 'lapsed and answered'),
    ],
  }
}

/** Outcomes that officers recorded, those that happened, and those on the ledger are the same. */
export function outcomeDifferences(recorded: readonly Recorded[], onLedger: OnLedger): string[] {
  const made = recorded.map(({ outcome }) => outcome)
  const kept = onLedger.flatMap(({ kind, outcome, result }) =>
    kind === 'record-outcome' && outcome === 'permit' && result !== undefined ? [result] : [],
  )
  return [
    ...told(unmatched(made, kept), 'recorded and not on the ledger'),
    ...told(unmatched(kept, made), 'on the ledger and not recorded'),
  ]
}

/** What agencies can see of overlaps, asked of the API: each with another agency is in a follow-up that has a lead. */
export async function ownersSeen(parties: readonly Party[]): Promise<string[]> {
  const unowned: string[] = []
  for (const { id, partner, under, submitsOnly } of parties) {
    if (submitsOnly) continue
    const owned = new Set<string>()
    for (const state of ['open', 'over'] as const) {
      for (const one of await partner.followUps.list(under, state)) {
        if (one.state !== 'open' && one.state !== 'closed') continue
        if (one.lead.agency === '') continue
        for (const signal of one.signals)
          for (const { agency, left } of one.agencies)
            if (!left) owned.add(`${signal.id} ${agency}`)
      }
    }
    for (const { signal, others } of await partner.overlaps(under)) {
      for (const { agency } of others) {
        if (!owned.has(`${signal.id} ${agency}`))
          unowned.push(`${id} sees ${agency} at ${signal.id}`)
      }
    }
  }
  return unowned
}
