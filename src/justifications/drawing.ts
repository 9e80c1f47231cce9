import type { Logger } from 'pino'
import type { Agreements } from '../agreements/agreements.ts'
import { partyOf } from '../agreements/lifecycle.ts'
import { addWorkingDays } from '../follow-up/working-days.ts'
import { base64, base64url } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AgencyId } from '../kernel/ids.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { lastWeekBefore, weekOf } from '../kernel/weeks.ts'
import type { ActRow } from '../ledger/acts.ts'
import { type Ledger, largestAppend } from '../ledger/ledger.ts'
import type { Tell } from '../notification/types.ts'
import { viewOf } from '../oversight/access-pages.ts'
import { commitmentOf, type DrawnAct, drawAmong, looksAmong, seedOf } from '../proofs/sample.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import { lookKinds } from '../wire/codes/justifications.ts'
import { codesOf } from '../wire/codes.ts'
import type { WitnessLink } from '../witness/witness-link.ts'
import * as drawStore from './draw-store.ts'
import * as store from './store.ts'
import type { Bound } from './types.ts'

/** Working days for the reason, and then for the judgement. */
export const termDays = 10

type Due = { readonly week: string; readonly bound: Bound; readonly from: number }
type Beacon = Awaited<ReturnType<WitnessLink['sampleBeacon']>>

/** What a client did; nothing for what no client did. */
function actOf(row: ActRow): (DrawnAct & { readonly agency: string }) | undefined {
  const { client, ...act } = viewOf('own')(row)
  return client === undefined ? undefined : { ...act, client }
}

/**
 * Draws, once a week is over, which looks have to be justified. The seed is made of a secret to which the gateway
 * was bound before the week and of a value that the keyholder says after it: neither can aim it. Which looks there are,
 * the ledger says, up to the tree that the keyholder names. Does not find what the ledger does not have.
 */
export function openDrawing({
  clock,
  random,
  db,
  ledger,
  crypter,
  agreements,
  witness,
  cosign,
  tell,
  logger,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly crypter: Crypter
  readonly agreements: Pick<Agreements, 'hold'>
  readonly witness: Pick<WitnessLink, 'sampleBeacon'>
  /** Has the keyholder see the ledger as it is now. */
  readonly cosign: () => Promise<void>
  readonly tell: Tell
  readonly logger: Logger
}) {
  let answers = true

  const freshSecret = (): string => base64url(random.bytes(32))

  /** The week to be drawn now; none while the gateway was not bound before it. */
  async function due(reader: Reader): Promise<Due | undefined> {
    const bound = await drawStore.bound(reader, crypter)
    if (bound === undefined) return undefined
    const week = lastWeekBefore(clock.now())
    if (week < weekOf(bound.madeAt)) return undefined
    const [last] = await drawStore.draws(reader, { most: 1 })
    if (last !== undefined && week <= last.week) return undefined
    return { week, bound, from: last?.until ?? bound.index }
  }

  /** What was looked at in the week, by agency. Holds the agreements: before the ledger, as everywhere. */
  async function looksBetween(tx: Tx, between: { from: number; until: number }) {
    const rows = await drawStore.actsBetween(tx, between, codesOf(lookKinds))
    const acts = rows.map(actOf).filter((act) => act !== undefined)
    const named = [...new Set(acts.flatMap(({ agreement }) => agreement ?? []))]
    const held = await agreements.hold(tx, named)
    // Only of an agreement that the agency is a party to: of another it could not tell, and not draw again.
    const coversMinors = (agency: AgencyId) => (hash: string) => {
      const content = held.get(hash)?.content
      return content !== undefined && partyOf(content, agency) !== undefined
        ? content.ageBands.includes('minor')
        : false
    }
    return [...Map.groupBy(acts, ({ agency }) => agency)].map(([agency, own]) => ({
      agency: agency as AgencyId,
      looks: looksAmong(own, coversMinors(agency as AgencyId)),
    }))
  }

  async function appendDraw(
    tx: Tx,
    { week, bound, from, until }: Due & { readonly until: number },
    { statement, payload }: Beacon,
    candidates: Awaited<ReturnType<typeof looksBetween>>,
  ): Promise<void> {
    const { value, size, root } = payload
    const seed = seedOf({ week, secret: bound.secret, value, size, root })
    const shares = candidates.map(({ agency, looks }) => ({
      agency,
      looks,
      drawn: drawAmong(seed, agency, looks),
    }))
    const secret = freshSecret()
    const entries = await ledger.append(tx, [
      {
        kind: 'sample.seed',
        week,
        from,
        until,
        secret: bound.secret,
        value,
        seed,
        committed: commitmentOf(secret),
      },
    ])
    const [first] = entries
    if (first === undefined) throw new Error('an entry is missing')
    for (let start = 0; start < shares.length; start += largestAppend) {
      const some = shares.slice(start, start + largestAppend)
      entries.push(
        ...(await ledger.append(
          tx,
          some.map(({ agency, looks, drawn }) => ({
            kind: 'sample.draw' as const,
            agency,
            week,
            looks: looks.length,
            drawn: drawn.map(({ index }) => index),
          })),
        )),
      )
    }
    const drawnAt = clock.now()
    await drawStore.unbind(tx, bound, week)
    await drawStore.bind(tx, crypter, { index: first.index, secret, madeAt: drawnAt })
    await drawStore.addDraw(tx, {
      week,
      drawnAt,
      from,
      until,
      beacon: statement,
      secret: bound.secret,
      seed,
      committedIndex: bound.index,
    })
    await drawStore.addShares(
      tx,
      week,
      shares.map(({ agency, looks }, at) => ({
        agency,
        looks: looks.length,
        ledgerIndex: entries[at + 1]?.index ?? first.index,
      })),
    )
    const justifyBy = addWorkingDays(drawnAt, termDays)
    const reviewBy = addWorkingDays(justifyBy, termDays)
    for (const { agency, drawn } of shares) {
      await store.addSamples(
        tx,
        drawn.map(({ index, acts }) => ({
          id: randomUuid(random),
          week,
          agency,
          entry: index,
          acts,
          drawnAt,
          justifyBy,
          reviewBy,
        })),
      )
    }
    await tell(
      tx,
      shares.map(({ agency }) => ({
        agency,
        kind: 'looks-drawn' as const,
        about: { type: 'samples' as const },
      })),
    )
  }

  /** The keyholder’s word for the week, if it gives it and it is about this ledger. */
  async function askFor(week: string): Promise<Beacon | undefined> {
    try {
      await cosign()
      const beacon = await witness.sampleBeacon(week)
      const { origin, size, root } = beacon.payload
      const here = await ledger.rootAt(db, size)
      if (origin !== ledger.origin || here === undefined || base64(here) !== root) {
        throw new Error('the keyholder names a tree that this ledger never had')
      }
      answers = true
      return beacon
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      if (answers) logger.warn({ reason, week }, 'the week cannot be drawn yet')
      answers = false
      return undefined
    }
  }

  return {
    /** Binds the gateway for its first draw; once. */
    async begin(): Promise<void> {
      await transact(db, 'justifications/bind', async (tx) => {
        await ledger.hold(tx)
        if ((await drawStore.bound(tx, crypter)) !== undefined) return
        const secret = freshSecret()
        const [entry] = await ledger.append(tx, [
          { kind: 'sample.commit', committed: commitmentOf(secret) },
        ])
        if (entry === undefined) throw new Error('an entry is missing')
        await drawStore.bind(tx, crypter, { index: entry.index, secret, madeAt: entry.at })
      })
    },

    isDue: async (): Promise<boolean> => (await due(db)) !== undefined,

    /** Draws the last week that is over, if it was not. Of two gateways at once the second finds it done. */
    async draw(): Promise<boolean> {
      const before = await due(db)
      if (before === undefined) return false
      const beacon = await askFor(before.week)
      if (beacon === undefined) return false
      return transact(db, 'justifications/draw', async (tx) => {
        const { from } = before
        const until = Math.max(from, beacon.payload.size)
        const candidates = await looksBetween(tx, { from, until })
        await ledger.hold(tx)
        const now = await due(tx)
        if (now?.week !== before.week || now.from !== from) return false
        await appendDraw(tx, { ...now, until }, beacon, candidates)
        return true
      })
    },
  }
}
