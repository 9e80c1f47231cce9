import type { Agreements } from '../agreements/agreements.ts'
import { agreementsInForce } from '../agreements/standing.ts'
import type { Agreement } from '../agreements/types.ts'
import { hex } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Thresholds } from '../linkage/weights.ts'
import type { Tell } from '../notification/types.ts'
import type { Overlaps } from '../overlaps/overlaps.ts'
import type { Signals } from '../signals/signals.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { NonPunishmentClause } from '../wire/clauses.ts'
import { areOpposed, opposingRoles } from './opposed.ts'
import * as store from './store.ts'
import type { Flag, OpposedPair } from './types.ts'

/** Signals looked at, flags judged anew and reminders sent in one transaction at most. */
const largestScan = 50
/** How often a reviewer that is late is told. */
const remindEverySeconds = 7 * 86_400
const secondsBeforeDue = 86_400

type UnderClause = {
  readonly agreement: Agreement
  readonly clause: NonPunishmentClause
  readonly thresholds: string
}

/**
 * Finds who is a suspect to one agency and a presumed victim to another, in one overlap, under an agreement
 * with the clause, and has the agency told that reviews. Runs by the clock and makes no entry on the ledger:
 * else its length would tell whoever just submitted a signal that it stands against another. What people do
 * with a flag is on the ledger (`flags.ts`).
 */
export function openRaising({
  clock,
  random,
  db,
  ledger,
  agreements,
  signals,
  overlaps,
  thresholdsOf,
  afterWorkingDays,
  tell,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Pick<Agreements, 'over'>
  readonly signals: Pick<Signals, 'withRoles' | 'withRolesAfter'>
  readonly overlaps: Pick<Overlaps, 'gatherings'>
  readonly thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>
  /** The instant so many working days after another. */
  readonly afterWorkingDays: (from: Date, days: number) => Date
  readonly tell: Tell
}) {
  async function underClauses(): Promise<UnderClause[]> {
    const found: UnderClause[] = []
    for (const agreement of await agreementsInForce(db, clock.now())) {
      const clause = agreement.content.nonPunishment
      if (clause === undefined) continue
      const thresholds = canonicalText(await thresholdsOf(db, agreement.hash))
      found.push({ agreement, clause, thresholds })
    }
    return found
  }

  /** What each of these live signals touches and stands against. */
  async function pairsOf(
    reader: Reader,
    hash: AgreementHash,
    ids: readonly SignalId[],
  ): Promise<OpposedPair[]> {
    const near = await overlaps.gatherings.touchedBy(reader, hash, ids)
    const around = await signals.withRoles(reader, [
      ...new Set([...ids, ...[...near.values()].flatMap((touched) => [...touched])]),
    ])
    const roled = new Map(around.map((signal) => [signal.id, signal]))
    return [...near].flatMap(([own, others]) =>
      [...others].flatMap((id): OpposedPair[] => {
        const [one, other] = [roled.get(own), roled.get(id)]
        return one && other && areOpposed(one, other) ? [[one, other]] : []
      }),
    )
  }

  const tellReviewer = (
    tx: Tx,
    { reviewer, agreement }: Pick<Flag, 'reviewer' | 'agreement'>,
    purpose: string,
  ): Promise<void> =>
    tell(tx, [
      {
        agency: reviewer,
        kind: 'review-due',
        about: { type: 'flags', agreement, purpose },
        agreement,
      },
    ])

  const membersOf = (flag: string, pair: OpposedPair) =>
    pair.map(({ id, agency }) => ({
      flag,
      signal: id,
      agency,
      mention: hex(random.bytes(6)),
    }))

  /**
   * Puts a pair under a flag: under one that rests on either signal and is open, or that was closed and has
   * nobody new among its agencies; else under a new one.
   */
  async function raise(tx: Tx, pair: OpposedPair, { agreement, clause }: UnderClause) {
    const [one, other] = pair
    const known = await store.flaggedAt(tx, [one.id, other.id])
    if (known.some(({ signals: those }) => those.has(one.id) && those.has(other.id))) return
    const members = await store.signalsOf(
      tx,
      known.map(({ flag }) => flag.id),
    )
    const agenciesOf = (flag: Flag) => (members.get(flag.id) ?? []).map(({ agency }) => agency)
    const joins = known.find(
      ({ flag }) =>
        flag.closedAt === undefined ||
        pair.every(({ agency }) => agenciesOf(flag).includes(agency)),
    )
    if (joins !== undefined) return store.addSignals(tx, membersOf(joins.flag.id, pair))
    const raisedAt = clock.now()
    const dueAt = afterWorkingDays(raisedAt, clause.workingDays)
    const before = shifted(dueAt, -secondsBeforeDue)
    const flag = {
      id: randomUuid(random),
      agreement: agreement.hash,
      reviewer: clause.agency as AgencyId,
      raisedAt,
      dueAt,
      remindAt: before > raisedAt ? before : dueAt,
    }
    await store.addFlag(tx, flag)
    await store.addSignals(tx, membersOf(flag.id, pair))
    await tellReviewer(tx, flag, agreement.content.purpose)
  }

  const nextAfter = (reader: Reader, hash: AgreementHash, after: number, most: number) =>
    signals.withRolesAfter(reader, hash, opposingRoles, { after, most })

  /** Looks at signals that were submitted or corrected since, at most `largestScan`. */
  async function scan(under: UnderClause): Promise<number> {
    const { hash } = under.agreement
    const after = await store.scannedTo(db, hash, under.thresholds)
    if ((await nextAfter(db, hash, after, 1)).length === 0) return 0
    return transact(db, 'non-punishment/scan', async (tx) => {
      const from = await store.holdScan(tx, hash, under.thresholds)
      const found = await nextAfter(tx, hash, from, largestScan)
      const pairs = await pairsOf(
        tx,
        hash,
        found.map(({ id }) => id),
      )
      for (const pair of pairs) await raise(tx, pair, under)
      const index = found.at(-1)?.ledgerIndex ?? from
      await store.putScan(tx, hash, { index, thresholds: under.thresholds })
      return found.length
    })
  }

  /** Open flags that rest on nothing any more: of the signals under them no two touch and stand against each other. */
  async function hollow(reader: Reader, hash: AgreementHash): Promise<string[]> {
    const open = await store.openFlags(reader, [hash])
    const members = await store.signalsOf(
      reader,
      open.map(({ id }) => id),
    )
    const live = await signals.withRoles(
      reader,
      [...members.values()].flat().map(({ signal }) => signal),
    )
    const pairs = await pairsOf(
      reader,
      hash,
      live.map(({ id }) => id),
    )
    return open
      .filter(({ id }) => {
        const own = new Set((members.get(id) ?? []).map(({ signal }) => signal))
        return !pairs.some(([one, other]) => own.has(one.id) && own.has(other.id))
      })
      .map(({ id }) => id)
  }

  async function lapse({ agreement: { hash }, thresholds }: UnderClause): Promise<number> {
    if ((await hollow(db, hash)).length === 0) return 0
    return transact(db, 'non-punishment/lapse', async (tx) => {
      await store.holdScan(tx, hash, thresholds)
      const flags = await hollow(tx, hash)
      await store.lapse(tx, flags, clock.now())
      return flags.length
    })
  }

  /** Flags under agreements that are over: their signals end, and nobody may look at them any more. */
  const leftOver = async (reader: Reader): Promise<string[]> =>
    (await store.openFlags(reader, await agreements.over(reader))).map(({ id }) => id)

  async function lapseLeftOver(): Promise<number> {
    if ((await leftOver(db)).length === 0) return 0
    return transact(db, 'non-punishment/lapse-left-over', async (tx) => {
      // Nobody closes one meanwhile.
      await ledger.hold(tx)
      const flags = await leftOver(tx)
      await store.lapse(tx, flags, clock.now())
      return flags.length
    })
  }

  /** Flags to be told again. Under a suspended agreement none: it waits, and no reminder is used up. */
  const toRemind = (reader: Reader, standing: readonly UnderClause[], most: number) =>
    store.toRemind(
      reader,
      standing.map(({ agreement: { hash } }) => hash),
      clock.now(),
      most,
    )

  /** Tells reviewers of flags that are about to be late, and that are: then it is for the escalation desk. */
  async function remind(standing: readonly UnderClause[]): Promise<number> {
    const purposes = new Map(
      standing.map(({ agreement: { hash, content } }) => [hash, content.purpose]),
    )
    if ((await toRemind(db, standing, 1)).length === 0) return 0
    return transact(db, 'non-punishment/remind', async (tx) => {
      // Of two gateways at once the second finds nothing left.
      await ledger.hold(tx)
      const now = clock.now()
      const late = await toRemind(tx, standing, largestScan)
      for (const flag of late) {
        const isLate = flag.dueAt <= now
        await store.putReminder(tx, flag.id, {
          next: isLate ? shifted(now, remindEverySeconds) : flag.dueAt,
          escalatedAt: flag.escalatedAt ?? (isLate ? now : undefined),
        })
        const purpose = purposes.get(flag.agreement)
        if (purpose !== undefined) await tellReviewer(tx, flag, purpose)
      }
      return late.length
    })
  }

  /** @returns how much it did, counted up to what one transaction can */
  async function work(): Promise<number> {
    const standing = await underClauses()
    let done = 0
    for (const under of standing) done += (await scan(under)) + (await lapse(under))
    done += await lapseLeftOver()
    await store.forgetEnded(db)
    return Math.min(done + (await remind(standing)), largestScan)
  }

  async function waiting(): Promise<number> {
    const standing = await underClauses()
    const reminders = await toRemind(db, standing, largestScan)
    let found = reminders.length + (await leftOver(db)).length
    for (const { agreement, thresholds } of standing) {
      const after = await store.scannedTo(db, agreement.hash, thresholds)
      found += (await nextAfter(db, agreement.hash, after, largestScan)).length
    }
    return found
  }

  return {
    /**
     * What is due, for the room of retention: new signals are looked at, flags lapse, reviewers are told. Safe
     * twice and in two processes at once; after a standstill all is caught up.
     */
    dueWork: { run: 'non-punishment' as const, waiting, work, most: largestScan },
  }
}
