import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { socketName } from './folder.ts'
import { serverEnvironment } from './unprivileged.ts'

/**
 * Ends a server, or what a killed server left, on this cluster, so that there never are two. Its confirmed work is
 * safe: the new server recovers it from the log.
 * The process named by the pid file is touched only when it is a PostgreSQL working in this very folder.
 * @throws Error when something will not end
 */
export async function endLeftovers(
  cluster: string,
  socketFolder: string,
  logged: (pid: number) => void,
): Promise<void> {
  if (!existsSync(cluster)) return
  const folder = realpathSync(cluster)
  const master = readPid(folder)
  if (master !== undefined && isServerOn(folder, master)) {
    logged(master)
    signal(master, 'SIGINT')
    if (!(await gone(() => isServerOn(folder, master), 20_000))) signal(master, 'SIGQUIT')
    await gone(() => isServerOn(folder, master), 5_000)
  }
  // Sessions of a killed postmaster notice its death by themselves, unless they are busy.
  if (!(await gone(() => serversOn(folder).length > 0, 500))) {
    for (const pid of serversOn(folder)) signal(pid, 'SIGQUIT')
    if (!(await gone(() => serversOn(folder).length > 0, 5_000)))
      for (const pid of serversOn(folder)) signal(pid, 'SIGKILL')
    if (!(await gone(() => serversOn(folder).length > 0, 5_000)))
      throw new Error(
        `processes of an earlier PostgreSQL on ${folder} will not end: ${serversOn(folder).join(', ')}`,
      )
  }
  // The number in a stale file may belong to any other process by now, and a server killed while it wrote one left it
  // empty: PostgreSQL would refuse to start over either. No server is left here, so all of them are stale.
  const socket = join(socketFolder, socketName)
  for (const stale of [join(folder, 'postmaster.pid'), socket, `${socket}.lock`])
    rmSync(stale, { force: true })
}

/** First line of `postmaster.pid`; absent when no server was started or it ended well. */
function readPid(folder: string): number | undefined {
  const path = join(folder, 'postmaster.pid')
  if (!existsSync(path)) return undefined
  const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
  return pid > 1 ? pid : undefined
}

/** A PostgreSQL process works in the folder of its cluster; that tells it from a stranger with a recycled number. */
function isServerOn(folder: string, pid: number): boolean {
  if (process.platform !== 'linux') return commandOf(pid).includes(`postgres -D ${folder} `)
  return linkOf(pid, 'cwd') === folder && isPostgres(pid)
}

/** A process that is ending gives up its program a moment before its folder: here it still counts. */
const isPostgres = (pid: number): boolean =>
  /(^|\/)postgres( \(deleted\))?$/.test(linkOf(pid, 'exe') ?? 'postgres')

/** Undefined when there is none (any more), or when it is not ours to read. */
function linkOf(pid: number, name: 'cwd' | 'exe'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/${name}`)
  } catch {
    return undefined
  }
}

const commandOf = (pid: number): string =>
  spawnSync('ps', ['-o', 'command=', '-p', String(pid)], {
    env: serverEnvironment,
    encoding: 'utf8',
  }).stdout

/** Every PostgreSQL process on the cluster, where the system tells (Linux); elsewhere only the one in the pid file. */
function serversOn(folder: string): number[] {
  if (process.platform !== 'linux') {
    const master = readPid(folder)
    return master !== undefined && isServerOn(folder, master) ? [master] : []
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isServerOn(folder, pid))
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended in the meantime.
  }
}

async function gone(there: () => boolean, milliseconds: number): Promise<boolean> {
  const until = performance.now() + milliseconds
  while (there()) {
    if (performance.now() > until) return false
    await pause(20)
  }
  return true
}
