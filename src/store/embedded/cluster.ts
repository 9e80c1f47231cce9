import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { syncFolder, writeDurably } from '../../files/durable-file.ts'
import type { Binaries } from './binaries.ts'
import type { Folder, Passwords } from './folder.ts'
import { serverEnvironment, type Wrap } from './unprivileged.ts'

export const stewardRole = 'steward'
export const applicationRole = 'raakvlak'
export const applicationDatabase = 'raakvlak'

/** Makes the files of a new cluster; a founding that was cut off is begun anew. An existing cluster is left alone. */
export async function foundCluster(
  folder: Folder,
  passwords: Passwords,
  binaries: Binaries,
  wrap: Wrap,
): Promise<void> {
  if (existsSync(folder.cluster)) {
    refuseOtherVersion(folder, binaries, wrap)
    return
  }
  const draft = `${folder.cluster}.new`
  const passwordFile = join(folder.root, 'steward-password')
  rmSync(draft, { recursive: true, force: true })
  writeDurably(passwordFile, `${passwords.steward.reveal()}\n`)
  try {
    await run(
      wrap([
        binaries.initdb,
        `--pgdata=${draft}`,
        `--username=${stewardRole}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // Sorts by code point and knows the letters of Unicode, alike on every machine.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ]),
      folder.root,
    )
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(draft, folder.cluster)
  syncFolder(folder.root)
}

/** The files of one major version of PostgreSQL cannot be used by another. */
function refuseOtherVersion(folder: Folder, binaries: Binaries, wrap: Wrap): void {
  const [program, ...rest] = wrap([binaries.postgres, '--version'])
  const told = spawnSync(program, rest, { env: serverEnvironment, encoding: 'utf8' }).stdout
  const here = /\s(\d+)/.exec(told)?.[1]
  const there = readFileSync(join(folder.cluster, 'PG_VERSION'), 'utf8').trim()
  if (here !== there)
    throw new Error(
      `${folder.cluster} was made by PostgreSQL ${there}, and PostgreSQL ${here} is installed: write a backup with the version that made it, and restore that into a new directory`,
    )
}

async function run([program, ...rest]: readonly [string, ...string[]], cwd: string): Promise<void> {
  const child = spawn(program, rest, {
    cwd,
    env: serverEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let told = ''
  const note = (part: Buffer) => {
    told = (told + part.toString()).slice(-2_000)
  }
  child.stdout.on('data', note)
  child.stderr.on('data', note)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`the database files could not be made: ${told.trim()}`)
}

/** What the server is told at every start; it wins over the files in the cluster. */
export const serverArguments = (cluster: string, socketFolder: string): string[] => {
  const settings = {
    listen_addresses: '', // no TCP port
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    max_connections: '60',
    // Containers give little shared memory, and the work here is many small queries.
    max_parallel_workers_per_gather: '0',
    // A failed statement or the key of a conflicting row may hold what no log may hold.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    log_timezone: 'UTC',
  }
  return [
    '-D',
    cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
}

/** Makes the application's role and database where they are missing. The role has no rights beyond its database. */
export async function foundDatabase(stewardUrl: string, passwords: Passwords): Promise<void> {
  const client = new pg.Client({ connectionString: stewardUrl })
  await client.connect()
  try {
    const { rows } = await client.query(
      'select (select true from pg_roles where rolname = $1) as role, (select true from pg_database where datname = $2) as database',
      [applicationRole, applicationDatabase],
    )
    const password = pg.escapeLiteral(passwords.application.reveal())
    if (rows[0].role === null)
      await client.query(
        `create role ${applicationRole} login nosuperuser nocreatedb nocreaterole nobypassrls password ${password}`,
      )
    if (rows[0].database === null) {
      await client.query(`create database ${applicationDatabase} owner ${applicationRole}`)
      await client.query(`revoke all on database ${applicationDatabase} from public`)
    }
  } finally {
    await client.end()
  }
}
