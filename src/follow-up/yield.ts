import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import { outcomes } from '../wire/codes/follow-ups.ts'
import type { FollowUpYield, Measure } from '../wire/follow-up.ts'
import type { Rooms } from './rooms.ts'
import * as store from './store.ts'
import type { Asker, FollowUp } from './types.ts'

/** Of how many follow-ups with another agency something is told of it: fewer could tell of one case. */
const fewestWithAnother = 5
const dayMilliseconds = 86_400_000

/** The smallest value that so much of the sorted values does not exceed; in days, to a tenth. */
const percentile = (sorted: readonly number[], part: number): number => {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0
  return Math.round(value * 10) / 10
}

const usefulOnes: ReadonlySet<string> = new Set(
  outcomes.filter(({ useful }) => useful).map(({ code }) => code),
)

/** How these follow-ups fare. Those that went into another one count there alone. Pure. */
export function measureOf(all: readonly FollowUp[], now: Date): Measure {
  const counted = all.filter(({ state }) => state !== 'merged')
  const closed = counted.filter(({ state }) => state === 'closed')
  const acted = counted.filter(
    ({ state, agencies }) =>
      state === 'closed' || agencies.some(({ acknowledgedAt }) => acknowledgedAt !== undefined),
  )
  const useful = closed.filter(({ outcome }) => outcome !== undefined && usefulOnes.has(outcome))
  const ages = counted
    .filter(({ state }) => state === 'open')
    .map(({ begunAt }) => (now.getTime() - begunAt.getTime()) / dayMilliseconds)
    .sort((one, other) => one - other)
  const share = (some: number, of: number) => Math.round((some / of) * 1000) / 1000
  return {
    begun: counted.length,
    queue: ages.length,
    closed: closed.length,
    ...(counted.length === 0 ? {} : { followedUp: share(acted.length, counted.length) }),
    ...(closed.length === 0 ? {} : { useful: share(useful.length, closed.length) }),
    ...(ages.length === 0
      ? {}
      : { ageDays: { p50: percentile(ages, 0.5), p90: percentile(ages, 0.9) } }),
  }
}

/** Whether overlaps are followed up, and whether that helps: over what the asking agency takes part in. */
export function openYield(
  { clock, db, ledger, agreements, decisions, views }: Rooms,
  namesOf: (reader: Reader, agencies: readonly AgencyId[]) => Promise<ReadonlyMap<string, string>>,
) {
  return {
    async measure(
      asker: Asker,
      query: { readonly agreement: string; readonly purpose: string },
    ): Promise<FollowUpYield> {
      const result = await transact(db, 'follow-up/measure', async (tx) => {
        const agreement = (await agreements.hold(tx, [query.agreement])).get(query.agreement)
        const decided = decisions.on('follow-up.measure', asker.agency, query, agreement)
        const { fault, outcome, reasons } = decided
        await decisions.append(
          tx,
          ledger,
          {
            kind: 'follow-up.measure',
            outcome,
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            agreement: query.agreement as AgreementHash,
            purpose: query.purpose,
            reasons,
          },
          decided,
        )
        return { fault }
      })
      if (result.fault !== undefined) throw result.fault
      // After the commit, so that nobody's submission waits for it behind the ledger's lock.
      const own = { agency: asker.agency, agreement: query.agreement }
      const all = await store.findFollowUps(
        db,
        await store.followUpsWith(db, own, ['open', 'closed', 'ended']),
      )
      const seen = await views.seenBy(db, asker.agency, query.agreement, all)
      const now = clock.now()
      const mine = seen.map(({ one }) => one)
      const byRegion = Map.groupBy(seen, (each) => each.own.region ?? 'unknown')
      const others = Map.groupBy(
        seen.flatMap(({ one, known }) =>
          known.filter((agency) => agency !== asker.agency).map((agency) => ({ one, agency })),
        ),
        ({ agency }) => agency,
      )
      const shown = [...others].filter(([, those]) => those.length >= fewestWithAnother)
      const names = await namesOf(
        db,
        shown.map(([agency]) => agency),
      )
      return {
        agreement: query.agreement,
        purpose: query.purpose,
        at: now.toISOString(),
        total: measureOf(mine, now),
        outcomes: outcomes
          .map(({ code }) => ({
            outcome: code,
            followUps: mine.filter((one) => one.outcome === code).length,
          }))
          .filter(({ followUps }) => followUps > 0),
        regions: [...byRegion].sort().map(([region, those]) => ({
          region: region as FollowUpYield['regions'][number]['region'],
          ...measureOf(
            those.map(({ one }) => one),
            now,
          ),
        })),
        agencies: shown.map(([agency, those]) => ({
          agency,
          name: names.get(agency) ?? agency,
          ...measureOf(
            those.map(({ one }) => one),
            now,
          ),
        })),
      }
    },
  }
}
