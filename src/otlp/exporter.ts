import type { Logger } from 'pino'
import { type DecisionRecords, decidedKinds } from '../decision-log/decision-log.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import type { LogEntries } from '../processing-log/processing-log.ts'
import { controllerOf, type Records } from '../processing-log/records.ts'
import type { TracedEntry } from '../processing-log/types.ts'
import type { Reader } from '../store/reader.ts'
import type { ExportedLog } from '../store/tables/exports.ts'
import { logsOf, spansOf } from './mapping.ts'
import * as store from './store.ts'

export type OtlpExporter = ReturnType<typeof openOtlpExporter>

export type OtlpSettings = {
  /** Base address of the collector; `/v1/traces` and `/v1/logs` are appended. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly everySeconds: number
}

const entriesAtOnce = 200
const longestPauseSeconds = 900
const timeoutMilliseconds = 10_000
const signalPaths = { processing: 'v1/traces', decision: 'v1/logs' } as const satisfies Record<
  ExportedLog,
  string
>
const logs: readonly ExportedLog[] = ['processing', 'decision']

/** The collector did not take what was sent. Says nothing of what that was. */
class NotTaken extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NotTaken'
  }
}

/**
 * Pushes the logs of all agencies to the operator's collector: each record at least once and in the order of the ledger, from
 * where it stopped, also after a crash. What the collector may get twice has the same trace and span. A collector that does
 * not answer is asked again after longer and longer pauses; no act waits for it. What a collector says that it rejected
 * (`partialSuccess`) is told in the operator's log and not sent again.
 */
export function openOtlpExporter({
  clock,
  db,
  logger,
  entries,
  records,
  decisionRecords,
  settings,
  send = fetch,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly logger: Logger
  readonly entries: LogEntries
  readonly records: Records
  readonly decisionRecords: DecisionRecords
  readonly settings: OtlpSettings
  readonly send?: typeof fetch
}) {
  const { headers, everySeconds } = settings
  const base = settings.url.endsWith('/') ? settings.url : `${settings.url}/`
  const ending = new AbortController()
  const failures = new Map<ExportedLog, { readonly count: number; readonly notBefore: Date }>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  async function bodyOf(log: ExportedLog, some: readonly TracedEntry[]): Promise<object> {
    const agencyOf = ({ act }: TracedEntry) => controllerOf(act)
    if (log === 'processing') {
      return spansOf(
        records.resource,
        some.map((entry) => ({
          agency: agencyOf(entry),
          record: records.processing(entry, agencyOf(entry)),
        })),
      )
    }
    const decided = some.filter(({ act }) => decidedKinds.includes(act.kind))
    const made = await decisionRecords.of(decided, agencyOf)
    return logsOf(
      records.resource,
      made.flatMap((record, at) => {
        const entry = decided[at]
        return entry === undefined ? [] : [{ agency: agencyOf(entry), record }]
      }),
    )
  }

  async function post(log: ExportedLog, body: object): Promise<void> {
    const response = await send(new URL(signalPaths[log], base), {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(timeoutMilliseconds)]),
    }).catch(() => {
      throw new NotTaken('it does not answer')
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw new NotTaken(`it answered ${response.status}`)
    }
    const answer: unknown = await response.json().catch(() => undefined)
    const { partialSuccess } = (answer ?? {}) as { readonly partialSuccess?: object }
    if (partialSuccess !== undefined && Object.keys(partialSuccess).length > 0) {
      logger.error({ export: log }, 'the collector rejected records for good')
    }
  }

  /** Pushes until nothing is left. */
  async function push(log: ExportedLog): Promise<void> {
    while (!ending.signal.aborted) {
      const next = await store.nextIndexOf(db, log)
      const span = { after: next - 1, before: Number.MAX_SAFE_INTEGER, limit: entriesAtOnce }
      const some = await entries.ofAll(span)
      const last = some.at(-1)
      if (last === undefined) return
      await post(log, await bodyOf(log, some))
      await store.moveTo(db, log, last.index + 1, clock.now())
      if (some.length < entriesAtOnce) return
    }
  }

  async function attempt(log: ExportedLog): Promise<void> {
    const failed = failures.get(log)
    if (failed !== undefined && clock.now() < failed.notBefore) return
    try {
      await push(log)
      if (failures.delete(log)) logger.info({ export: log }, 'the collector takes records again')
    } catch (error) {
      if (ending.signal.aborted) return
      const count = (failed?.count ?? 0) + 1
      const pause = Math.min(everySeconds * 2 ** count, longestPauseSeconds)
      failures.set(log, { count, notBefore: shifted(clock.now(), pause) })
      const reason = error instanceof NotTaken ? error.message : 'the ledger cannot be read'
      if (failed === undefined) logger.warn({ export: log, reason }, 'records cannot be pushed')
    }
  }

  function run(): Promise<void> {
    running = running.then(async () => {
      for (const log of logs) await attempt(log)
    })
    return running
  }

  return {
    run,

    begin(): void {
      timer = setInterval(run, everySeconds * 1_000).unref()
    },

    async close(): Promise<void> {
      clearInterval(timer)
      ending.abort()
      await running
    },
  }
}

/** Headers for the collector, `name: value` a line, as its operator gave them. @throws Error without the value */
export function readHeaders(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line, at) => {
      const [, name, value] = /^([A-Za-z0-9-]+):\s*(\S.*?)\s*$/.exec(line) ?? []
      if (name === undefined || value === undefined) {
        throw new Error(`line ${at + 1} of the headers for the collector is not "name: value"`)
      }
      return [name.toLowerCase(), value]
    }),
  )
}
