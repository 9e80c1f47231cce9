import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Reader } from '../store/reader.ts'
import type { Ledger } from './ledger.ts'
import { openTimestamping, type TimestampSettings } from './timestamping.ts'

/** Something that is done for a ledger beside the acts, again and again. */
export type UpkeepWork = { readonly name: string; readonly run: () => Promise<void> }

export type Upkeep = ReturnType<typeof openUpkeep>

const everyMilliseconds = 10_000

/**
 * Looks every few seconds after what a ledger needs beside its entries. What fails holds no act up: it is told in
 * the log when it begins to fail and when it works again, and tried again.
 */
export function openUpkeep({
  works,
  logger,
}: {
  readonly works: readonly UpkeepWork[]
  readonly logger: Logger
}) {
  const failing = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  async function once({ name, run }: UpkeepWork): Promise<void> {
    try {
      await run()
      if (failing.delete(name))
        logger.info({ upkeep: name }, 'the upkeep of the ledger works again')
    } catch (error) {
      if (failing.has(name)) return
      failing.add(name)
      const reason = error instanceof Error ? error.message : 'unknown'
      logger.error({ upkeep: name, reason }, 'the upkeep of the ledger fails')
    }
  }

  async function run(): Promise<void> {
    running = running.then(async () => {
      for (const work of works) await once(work)
    })
    await running
  }

  return {
    run,

    begin(): void {
      if (works.length > 0) timer = setInterval(run, everyMilliseconds).unref()
    },

    async close(): Promise<void> {
      clearInterval(timer)
      await running
    },
  }
}

/** What the ledger of an operator needs by its settings: tiles as files, timestamps of an authority. */
export function openLedgerUpkeep({
  logger,
  path,
  timestamps,
  ...rooms
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly logger: Logger
  /** Resolves a path of the settings file. */
  readonly path: (relative: string) => string
  readonly timestamps: TimestampSettings | undefined
}): Upkeep {
  const works: UpkeepWork[] = [{ name: 'tiles', run: () => rooms.ledger.archiveTiles(rooms.db) }]
  if (timestamps !== undefined) {
    const settings = { ...timestamps, authorityFile: path(timestamps.authorityFile) }
    works.push({ name: 'timestamps', run: openTimestamping({ ...rooms, settings }).run })
  }
  return openUpkeep({ works, logger })
}
