import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'

export type Supervised = {
  /** Starts a new process; called again for every restart. */
  readonly launch: () => Promise<ChildProcess>
  /** Settles when the process serves; rejects when it ends before. */
  readonly ready: (child: ChildProcess) => Promise<void>
  readonly logger: Logger | undefined
  /** Called once when the process ended and could not be started again. */
  readonly onLost: ((reason: Error) => void) | undefined
}

export type Supervisor = {
  readonly start: () => Promise<void>
  /** Ends the process, or the attempt to restart it, and waits until it is gone. */
  readonly stop: () => Promise<void>
  /** Undefined while it is being restarted. */
  readonly pid: () => number | undefined
}

/** A process that needs this many restarts within the window will not be healed by one more. */
const restartsAllowed = 5
const windowMilliseconds = 600_000
const firstPauseMilliseconds = 100

export const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined

/** Keeps a child process running: when it dies unasked, it is started again, a limited number of times. */
export function supervise({ launch, ready, logger, onLost }: Supervised): Supervisor {
  let child: ChildProcess | undefined
  let stopping = false
  let restarting: Promise<void> | undefined
  let restarts: number[] = []

  const start = async () => {
    const started = await launch()
    started.on('error', (error) =>
      logger?.error({ err: error }, 'the database server did not start'),
    )
    try {
      await ready(started)
    } catch (error) {
      await end(started)
      throw error
    }
    started.once('exit', (code, signal) => {
      if (!stopping) restarting = restart(`it ended with ${signal ?? code}`)
    })
    child = started
    // It may have ended between its first answer and the listener above.
    if (hasEnded(started) && !stopping) restarting ??= restart('it ended at once')
  }

  const restart = async (reason: string): Promise<void> => {
    child = undefined
    while (!stopping) {
      const now = performance.now()
      restarts = [...restarts.filter((at) => now - at < windowMilliseconds), now]
      if (restarts.length > restartsAllowed) {
        const lost = new Error(`the database server cannot be kept running: ${reason}`)
        logger?.fatal({ err: lost }, 'giving up')
        onLost?.(lost)
        return
      }
      logger?.error({ reason, attempt: restarts.length }, 'the database server is restarted')
      try {
        await start()
        return
      } catch (error) {
        logger?.error({ err: error }, 'the restart failed')
        await pause(firstPauseMilliseconds * 2 ** restarts.length)
      }
    }
  }

  return {
    start,
    pid: () => child?.pid,
    stop: async () => {
      stopping = true
      await restarting
      if (child !== undefined) await end(child)
      child = undefined
    },
  }
}

/** Fast shutdown first (sessions end, everything is written), then harder; the log heals what was cut off. */
async function end(child: ChildProcess): Promise<void> {
  for (const [signal, milliseconds] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (hasEnded(child)) return
    child.kill(signal)
    await Promise.race([once(child, 'exit'), pause(milliseconds, undefined, { ref: false })])
  }
}
