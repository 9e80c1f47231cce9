import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { writeDurably } from '../../files/durable-file.ts'
import { lockFile } from '../../files/file-lock.ts'
import { base64url } from '../../kernel/bytes.ts'
import type { Randomness } from '../../kernel/random.ts'
import { Secret } from '../../kernel/secret.ts'

/** Where the parts of an embedded server lie, all in `<directory>/postgres`, which only its owner may enter. */
export type Folder = {
  readonly root: string
  readonly cluster: string
  readonly log: string
}

export const folderOf = (directory: string): Folder => {
  const root = join(resolve(directory), 'postgres')
  return { root, cluster: join(root, 'cluster'), log: join(root, 'postgres.log') }
}

export function openFolder(directory: string): Folder {
  const folder = folderOf(directory)
  const { root } = folder
  mkdirSync(root, { recursive: true, mode: 0o700 })
  if ((statSync(root).mode & 0o077) !== 0)
    throw new Error(`${root} is open to other users: make it private (chmod 700)`)
  return folder
}

/**
 * Holds the folder for this process.
 * @throws Error when another process holds the folder
 */
export function lockFolder(folder: Folder): { release: () => void } {
  const release = lockFile(join(folder.root, 'lock'))
  if (release === undefined)
    throw new Error(
      `another process is using the database in ${folder.root}: stop it first, or give this one a data directory of its own`,
    )
  return { release }
}

export type Passwords = {
  /** Of the role `steward`: superuser, for founding and for tests only. */
  readonly steward: Secret<string>
  /** Of the role `raakvlak`: owns its database and nothing else. */
  readonly application: Secret<string>
}

/**
 * The passwords of both roles, made at the first start. The folder keeps other users out already; the passwords
 * hold where a volume or a careless `chmod` does not.
 */
export function passwordsOf(folder: Folder, random: Randomness): Passwords {
  const path = passwordFile(folder)
  if (!existsSync(path)) {
    if (existsSync(folder.cluster))
      throw new Error(`${path} is missing: restore it beside the cluster that it belongs to`)
    const password = () => base64url(random.bytes(24))
    writeDurably(path, JSON.stringify({ steward: password(), application: password() }))
  }
  return readPasswords(folder)
}

const passwordFile = ({ root }: Folder): string => join(root, 'passwords.json')

export function readPasswords(folder: Folder): Passwords {
  const path = passwordFile(folder)
  const { steward, application } = JSON.parse(readFileSync(path, 'utf8'))
  if (typeof steward !== 'string' || typeof application !== 'string')
    throw new Error(`${path} does not hold the two passwords`)
  return { steward: new Secret(steward), application: new Secret(application) }
}

// sockaddr_un has room for 108 bytes on Linux and 104 on macOS, with the closing zero.
const longestSocketPath = process.platform === 'linux' ? 107 : 103
export const socketName = '.s.PGSQL.5432'
const fits = (folder: string): boolean =>
  Buffer.byteLength(join(folder, socketName)) <= longestSocketPath

/**
 * The folder for the server's socket: the data folder itself, or where that path is too long for a socket a private
 * folder below the system's temporary one, which the file `socket-folder` names.
 */
export function openSocketFolder(folder: Folder): { path: string; remove: () => void } {
  const pointer = socketPointer(folder)
  if (fits(folder.root)) {
    rmSync(pointer, { force: true })
    return { path: folder.root, remove: () => undefined }
  }
  const remembered = rememberedFolder(folder)
  const path =
    remembered !== undefined && isPrivate(remembered)
      ? remembered
      : mkdtempSync(join(temporaryFolder(), 'raakvlak-'))
  if (path !== remembered) writeDurably(pointer, path)
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true })
      rmSync(pointer, { force: true })
    },
  }
}

/** Where a running server has its socket. */
export const socketFolderOf = (folder: Folder): string => rememberedFolder(folder) ?? folder.root

const socketPointer = ({ root }: Folder): string => join(root, 'socket-folder')

const rememberedFolder = (folder: Folder): string | undefined =>
  existsSync(socketPointer(folder)) ? readFileSync(socketPointer(folder), 'utf8') : undefined

const temporaryFolder = (): string => (fits(join(tmpdir(), 'raakvlak-XXXXXX')) ? tmpdir() : '/tmp')

/** Nobody else can have put a folder there: it is no link, is ours, and admits no other user. */
function isPrivate(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return (
    found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0
  )
}

const largestLog = 10_000_000

/** Keeps one older log file, so that a server that is never looked at cannot fill the disk with it. */
export function turnLog({ log }: Folder): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  if (size > largestLog) renameSync(log, `${log}.1`)
}

export const logTail = ({ log }: Folder): string =>
  existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-6).join('\n').trim() : ''
