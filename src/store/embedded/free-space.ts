import { statfsSync } from 'node:fs'
import type { Logger } from 'pino'

/** Below this a busy day could fill the disk: PostgreSQL alone keeps up to 1 GB of log between checkpoints. */
const wantedBytes = 2_000_000_000

export const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Warns at once and every minute while the disk is nearly full. A full disk stops the server, but loses nothing. */
export function watchFreeSpace(folder: string, logger: Logger | undefined): { stop: () => void } {
  const look = () => {
    const free = freeBytes(folder)
    if (free >= wantedBytes) return
    logger?.warn(
      { folder, freeMegabytes: Math.floor(free / 1_000_000) },
      'the disk of the database is nearly full: make room, or every change will soon be refused',
    )
  }
  look()
  const timer = setInterval(look, 60_000)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
