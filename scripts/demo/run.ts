import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OperatorName } from '../../src/oprf/types.ts'
import { lookAfterwards } from './afterwards.ts'
import { admit, agenciesOf, agree, openAgencies, readInput, submitAll } from './agencies.ts'
import { letTimePass } from './clock.ts'
import { discloseSome } from './disclosures.ts'
import { followUpSome } from './follow-ups.ts'
import { freePort, pinsOf, startOperator, writeSettings } from './operators.ts'
import { compareWithTruth, type DemoReport, reportOf } from './report.ts'
import { type Entrances, openEntrances } from './stay.ts'

export type DemoSettings = {
  /** A folder with one CSV file per agency. */
  readonly input: string
  /** Keeps databases, logs and journals here; otherwise they are thrown away. */
  readonly keep?: string | undefined
  /** Lets so many days go by at the end. */
  readonly days?: number | undefined
  readonly onStep?: (step: string) => void
  readonly onProgress?: (agency: string, done: number, total: number) => void
  /** Puts something between the parties; for tests that listen in. */
  readonly between?: (operator: OperatorName, port: number) => Promise<string>
  /** Ends the demonstration early, wherever it is; nothing is left running, and no folder. */
  readonly signal?: AbortSignal
  /**
   * Has both operators started once more, with a console, and the agencies' pages: for as long as this takes, or until
   * `signal` ends it. Not after days that went by: the data would lie in the future.
   */
  readonly stay?: (told: Told, entrances: Entrances) => Promise<void>
}

export type Told = { readonly report: DemoReport; readonly truth: readonly string[] }

/**
 * Plays all parties: both operators as processes of their own, and one connector per agency.
 * @throws the reason of `signal` when that ended it
 */
export async function runDemo({
  input,
  keep,
  days,
  onStep = () => {},
  onProgress = () => {},
  between,
  signal = new AbortController().signal,
  stay,
}: DemoSettings): Promise<Told> {
  const began = performance.now()
  const files = await readInput(input)
  const folder = keep ?? (await mkdtemp(join(tmpdir(), 'raakvlak-demo-')))
  const stops: (() => Promise<void>)[] = []
  const stopAll = () => Promise.allSettled(stops.map((stop) => stop()))
  signal.addEventListener('abort', stopAll)
  const step = (text: string) => {
    signal.throwIfAborted()
    onStep(text)
  }
  try {
    step('The gateway and the keyholder start, each with its own key, database and ledger')
    const ports = new Map<string, number>()
    if (stay !== undefined) {
      for (const agency of agenciesOf(files)) ports.set(agency, await freePort())
    }
    const pages = stay === undefined ? undefined : ports
    const { file, settings } = await writeSettings(folder, between, pages)
    signal.throwIfAborted()
    const starting = (operator: OperatorName) => {
      const { greeting, stop } = startOperator(operator, file, folder)
      stops.push(stop)
      return greeting
    }
    const [gateway, keyholder] = await Promise.all([starting('gateway'), starting('keyholder')])
    const pins = pinsOf(gateway, keyholder, settings)

    step(`${files.length} agencies are admitted under their root keys, and all sign one agreement`)
    const agencies = await openAgencies(files, pins)
    await admit(agencies, pins, {
      gateway: gateway.enrolmentCode ?? '',
      keyholder: keyholder.enrolmentCode ?? '',
    })
    const under = await agree(agencies, pins)

    step('Each agency’s connector blinds, checks both operators’ proofs, seals and submits')
    const results = await submitAll(agencies, under, folder, onProgress)
    const [first] = agencies
    if (first === undefined) throw new Error('there is no agency')
    const { ledgerKeys } = await first.partner.domainKeys(under.content.domain)

    step('Agencies ask for each other’s narratives; owners decide, and both operators release')
    const disclosures = await discloseSome(results, under)

    step('Whoever has the lead records outcomes; everybody hears what became of its signals')
    const feedback = await followUpSome(results, under)

    step('Both operators stop; their ledgers are exported and recomputed')
    await stopAll()
    signal.throwIfAborted()
    if (days !== undefined) step(`The gateway's clock is moved ${days} days on`)
    const passed = days === undefined ? [] : await letTimePass(folder, settings, days)
    const receipts = results.flatMap(({ report }) => report.receipts)
    const { ledgers, groups } = await lookAfterwards(folder, settings, ledgerKeys, receipts)
    const report = reportOf({
      results,
      disclosures,
      feedback,
      passed,
      groups,
      ledgers,
      seconds: Math.round((performance.now() - began) / 100) / 10,
    })
    const told = { report, truth: await compareWithTruth(input, results, groups) }
    if (stay === undefined || days !== undefined) return told

    step('Both operators start again, now with a console; each agency opens its own page')
    await Promise.all([starting('gateway'), starting('keyholder')])
    const entrances = await openEntrances({ folder, results, under, pins, ports })
    stops.push(entrances.close)
    signal.throwIfAborted()
    await stay(told, entrances)
    return told
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    await stopAll()
    signal.removeEventListener('abort', stopAll)
    if (keep === undefined) await rm(folder, { recursive: true, force: true })
  }
}
