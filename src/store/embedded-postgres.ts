import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import type { Logger } from 'pino'
import { type Randomness, systemRandomness } from '../kernel/random.ts'
import { Secret } from '../kernel/secret.ts'
import { findBinaries } from './embedded/binaries.ts'
import {
  applicationDatabase,
  applicationRole,
  foundCluster,
  foundDatabase,
  serverArguments,
  stewardRole,
} from './embedded/cluster.ts'
import {
  type Folder,
  folderOf,
  lockFolder,
  logTail,
  openFolder,
  openSocketFolder,
  passwordsOf,
  readPasswords,
  socketFolderOf,
  turnLog,
} from './embedded/folder.ts'
import { watchFreeSpace } from './embedded/free-space.ts'
import { endLeftovers } from './embedded/leftovers.ts'
import { firstAnswer } from './embedded/readiness.ts'
import { supervise } from './embedded/supervisor.ts'
import { type Command, findWrap, serverEnvironment } from './embedded/unprivileged.ts'

export type EmbeddedSettings = {
  /** The operator's data directory; the server lives in its subfolder `postgres`. */
  readonly directory: string
  readonly logger?: Logger | undefined
  readonly random?: Randomness
  /** Called once when the server ended and could not be started again. */
  readonly onLost?: ((reason: Error) => void) | undefined
}

export type EmbeddedPostgres = {
  /** For the application: its own role, without superuser rights. */
  readonly url: (database?: string) => Secret<string>
  /** For founding and for tests: a superuser. The gateway itself never uses it. */
  readonly stewardUrl: (database?: string) => Secret<string>
  /** Of the running server; undefined while it is being restarted. */
  readonly pid: () => number | undefined
  /** Ends every session, stops the server and waits until it is gone. Calling it again is harmless. */
  readonly close: () => Promise<void>
}

/**
 * Runs a real PostgreSQL on the files in `directory` as a child of this process: reachable only through a Unix socket
 * that no other user can open, restarted when it dies. What an earlier process left running on these files is ended
 * first, so that there never are two servers on them.
 * @throws Error that says what to do: folder in use, no binaries, root without a way around, no start
 */
export async function startEmbeddedPostgres(settings: EmbeddedSettings): Promise<EmbeddedPostgres> {
  const folder = openFolder(settings.directory)
  const undo: (() => unknown)[] = []
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= (async () => {
      for (const step of undo.reverse()) await step()
    })()
    return closing
  }
  try {
    undo.push(lockFolder(folder).release)
    return { ...(await start(folder, settings, undo)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Every step that must be undone at the end is put on `undo` as soon as it is done. */
async function start(
  folder: Folder,
  { logger, random = systemRandomness, onLost }: EmbeddedSettings,
  undo: (() => unknown)[],
): Promise<Omit<EmbeddedPostgres, 'close'>> {
  const binaries = findBinaries()
  const wrap = findWrap(binaries.postgres, folder.root, folder.cluster)
  const passwords = passwordsOf(folder, random)
  undo.push(watchFreeSpace(folder.root, logger).stop)
  await foundCluster(folder, passwords, binaries, wrap)
  const socket = openSocketFolder(folder)
  undo.push(socket.remove)

  const url = (database = applicationDatabase) =>
    addressOf(socket.path, applicationRole, passwords.application, database)
  const stewardUrl = (database = 'postgres') =>
    addressOf(socket.path, stewardRole, passwords.steward, database)

  const command = wrap([binaries.postgres, ...serverArguments(folder.cluster, socket.path)])
  const server = supervise({
    logger,
    onLost,
    launch: async () => {
      await endLeftovers(folder.cluster, socket.path, (pid) =>
        logger?.warn({ pid }, 'a database server of an earlier run was still there; it is ended'),
      )
      return launchServer(command, folder)
    },
    ready: (child) => firstAnswer(child, stewardUrl().reveal(), () => logTail(folder)),
  })
  undo.push(async () => {
    await server.stop()
    // After a postmaster that was killed, some of its processes may still be ending.
    await endLeftovers(folder.cluster, socket.path, () => undefined)
  })
  await server.start()
  await foundDatabase(stewardUrl().reveal(), passwords)
  return { url, stewardUrl, pid: server.pid }
}

/**
 * The address (application's role) of the server that another process runs on `directory`, for tools that work beside it.
 * Does NOT look whether it runs.
 * @throws Error when there is no database in the directory
 */
export function embeddedUrl(directory: string): Secret<string> {
  const folder = folderOf(directory)
  if (!existsSync(folder.cluster)) throw new Error(`there is no database in ${folder.root}`)
  const { application } = readPasswords(folder)
  return addressOf(socketFolderOf(folder), applicationRole, application, applicationDatabase)
}

const addressOf = (
  socketFolder: string,
  role: string,
  password: Secret<string>,
  database: string,
): Secret<string> =>
  new Secret(
    `postgresql://${role}:${password.reveal()}@localhost/${database}?host=${encodeURIComponent(socketFolder)}`,
  )

function launchServer([program, ...rest]: Command, folder: Folder): ChildProcess {
  turnLog(folder)
  const log = openSync(folder.log, 'a', 0o600)
  try {
    return spawn(program, rest, {
      cwd: folder.root,
      env: serverEnvironment,
      stdio: ['ignore', log, log],
      // Ctrl-C in a terminal is for this process, which ends the server when its own work is done.
      detached: true,
    })
  } finally {
    closeSync(log)
  }
}
