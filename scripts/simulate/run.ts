import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { AlarmRules } from '../../src/alarms/rules.ts'
import type { Tables } from '../../src/store/tables.ts'
import { openTown } from '../demo-people/people.ts'
import { takePart } from './agreement.ts'
import { dayMilliseconds, dutchDayOf } from './calendar.ts'
import { planCases } from './cases.ts'
import {
  escalationDifferences,
  outcomeDifferences,
  outcomesOf,
  ownersSeen,
  yieldDifferences,
} from './comparison.ts'
import { openConnectors } from './connectors.ts'
import type { SimulationDocument } from './document.ts'
import { fieldOf, largestField } from './field.ts'
import { misuseDifferences, perAgencyMonth } from './misuse/findings.ts'
import { openMisuse } from './misuse/misuse.ts'
import type { PlantingWishes } from './misuse/plan.ts'
import { openMovedTime } from './moved-time.ts'
import { openOfficers, type Recorded, useful } from './officers.ts'
import { openOperators } from './operators.ts'
import { openReckoning } from './reckoning.ts'
import { openSealedTexts } from './sealed-texts.ts'
import { openSeed } from './seeded.ts'
import { openWatch } from './watch.ts'
import { live } from './year.ts'

/** A Monday. The first quarter begins within weeks, and with it some of the oldest signals end. */
const start = Date.UTC(2026, 11, 14)
const daysBetweenQuestions = 30

export type SimulationSettings = {
  readonly seed: number
  readonly days: number
  /** Default: all twenty. */
  readonly agencies?: number
  /** Keeps databases, logs and journals here; otherwise they are thrown away. */
  readonly keep?: string | undefined
  /** Plants misuse, and has people read as they do. */
  readonly misuse?: PlantingWishes | undefined
  /** Other rules for alarms than the published ones; for tests. */
  readonly alarmRules?: Partial<AlarmRules> | undefined
  readonly onStep?: (step: string) => void
  readonly onDay?: (day: number) => void
  /** Meddles with the gateway's database after a day; for tests. */
  readonly meddle?: (db: Kysely<Tables>, day: number) => Promise<void>
  /** Ends the simulation early, wherever it is; nothing is left running, and no folder. */
  readonly signal?: AbortSignal
}

export type Simulated = {
  readonly document: SimulationDocument
  /** What does not add up; empty when all is well. */
  readonly differences: readonly string[]
}

/**
 * A simulated year of the field on the real operators, and what it comes to.
 * Does NOT run beside anything else in its process: it moves the process's time.
 * @throws the reason of `signal` when that ended it
 */
export async function simulate({
  seed: number,
  days,
  agencies = largestField,
  keep,
  misuse: wishes,
  alarmRules,
  onStep = () => {},
  onDay = () => {},
  meddle = async () => {},
  signal = new AbortController().signal,
}: SimulationSettings): Promise<Simulated> {
  const folder = keep ?? (await mkdtemp(join(tmpdir(), 'raakvlak-simulation-')))
  const seed = openSeed(number)
  const time = openMovedTime(new Date(start))
  const undo: (() => unknown)[] = [time.release]
  try {
    onStep('The gateway and the keyholder start, each with its own key, database and ledger')
    const operators = await openOperators(folder, time.clock, seed, alarmRules)
    undo.push(operators.close)
    signal.throwIfAborted()

    onStep(`${agencies} agencies are admitted under their root keys, and all sign one agreement`)
    const field = fieldOf(agencies, { chance: seed.chance('field'), start, days })
    const { clock } = time
    const parties = await takePart(field, { ...operators, clock, seed, days })
    const connectors = await openConnectors(parties, folder, clock)
    undo.push(connectors.close)
    const content = parties[0]?.under.content
    if (content === undefined) throw new Error('there is no agency')

    const receivers = parties.filter(({ submitsOnly }) => !submitsOnly).map(({ id }) => id)
    const watch = openWatch(operators.db, receivers)
    const reckoning = openReckoning(content)
    const recorded: Recorded[] = []
    const silent = new Set<string>()
    const sealedTexts = openSealedTexts({
      parties,
      reckoning,
      now: () => {
        const at = clock.now().getTime()
        return { at, day: dutchDayOf(at) - start / dayMilliseconds }
      },
    })
    const officers = openOfficers({
      parties,
      sent: connectors.sent,
      watch,
      recorded,
      feedbackMissing: (one) => void silent.add(one),
      askForTexts: sealedTexts.ask,
    })
    let unowned = 0
    const ownerless: string[] = []

    onStep('They signal, follow up, hand over, disclose and forget, day after day')
    const chance = seed.chance('cases')
    const town = openTown(chance)
    const plan = planCases(field, {
      chance,
      town,
      start,
      days,
      elsewhere: wishes === undefined ? 0 : 0.06,
    })
    const { pins } = operators
    const around = { parties, pins, clock, seed, town, connectors, start, days }
    const misuse = wishes === undefined ? undefined : await openMisuse(wishes, around)
    await live({
      ...(misuse ?? {}),
      start,
      days,
      seed,
      time,
      parties,
      plan,
      connectors,
      officers,
      sealedTexts,
      reckoning,
      watch,
      runDueWork: operators.runDueWork,
      onUnowned: (found) => {
        unowned += found.length
        for (const one of found) ownerless.push(`${one.agency} with ${one.other} at ${one.signal}`)
      },
      onDay: async (day) => {
        await meddle(operators.db, day)
        onDay(day)
        if (day % daysBetweenQuestions === 0) ownerless.push(...(await ownersSeen(parties)))
      },
      signal,
    })

    onStep('What everybody is told is compared with what happened; the ledgers are recomputed')
    const findings = await misuse?.findings()
    const unseen = await ownersSeen(parties)
    const byYield = await yieldDifferences(parties, reckoning)
    const onLedger = await watch.onLedger()
    const { escalated, differences } = escalationDifferences(onLedger, reckoning, watch.ofHandle)
    const size = await watch.ledgerSize()
    const ledgers = await operators.verifyLedgers(connectors.receipts)
    const verified = ledgers.gateway.verified && ledgers.keyholder.verified
    const all = [...reckoning.followed.values()].filter(({ state }) => state !== 'merged')
    const outcomes = outcomesOf(all)
    const closed = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
    const helped = Object.entries(outcomes).reduce(
      (sum, [code, count]) => sum + (useful.has(code) ? count : 0),
      0,
    )
    const owners = [...new Set([...ownerless, ...unseen])]
    return {
      document: {
        seed: number,
        days,
        agencies,
        signals: connectors.accepted(),
        overlaps: all.length,
        unowned: unowned + unseen.length,
        breaches: reckoning.breaches.length,
        escalated,
        disclosures: { ...sealedTexts.counted },
        outcomes,
        feedbackMissing: silent.size,
        yield: closed === 0 ? 0 : Math.round((helped / closed) * 1000) / 1000,
        ledger: { size, verified },
        ...(findings === undefined
          ? {}
          : {
              ...findings,
              falseAlarmsPerAgencyMonth: perAgencyMonth(findings, parties.length, days),
            }),
      },
      differences: [
        ...owners.slice(0, 5).map((one) => `without an owner: ${one}`),
        ...differences,
        ...(await watch.unvouched()),
        ...outcomeDifferences(recorded, onLedger),
        ...byYield,
        ...[...silent].slice(0, 5).map((one) => `without feedback: ${one}`),
        ...(verified ? [] : ['the ledgers do not hold']),
        ...(findings === undefined ? [] : misuseDifferences(findings)),
      ],
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    for (const step of undo.reverse()) await step()
    if (keep === undefined) await rm(folder, { recursive: true, force: true })
  }
}
