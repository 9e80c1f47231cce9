/** Keeps the PostgreSQL server of one test run for as long as its owner lives: `node keep-postgres.ts <owner's pid>`. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../../src/kernel/clock.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { OperatorName, operatorNames } from '../../src/oprf/types.ts'
import { openDatabase } from '../../src/store/database.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { failureFile, isAlive, stateFile, stateFolder, type TestServer } from './postgres-server.ts'
import { onDatabase, query } from './postgres-steward.ts'

type Host = Pick<TestServer, 'stewardUrl' | 'url' | 'role'> & {
  readonly close: () => Promise<void>
}

const prefix = `raakvlak_test_${randomBytes(4).toString('hex')}`

async function ownHost(): Promise<Host> {
  const directory = mkdtempSync(join(tmpdir(), 'raakvlak-test-'))
  const server = await startEmbeddedPostgres({ directory })
  return {
    stewardUrl: server.stewardUrl().reveal(),
    url: server.url().reveal(),
    role: 'raakvlak',
    close: async () => {
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A superuser makes a role for the application; a role that may only create databases is used itself. */
async function externalHost(stewardUrl: string): Promise<Host> {
  const [steward] = await query(
    stewardUrl,
    'select rolsuper as superuser, rolname as name from pg_roles where rolname = current_user',
  )
  const own = steward?.superuser === true
  const password = randomBytes(16).toString('hex')
  const role = own ? `${prefix}_role` : String(steward?.name)
  if (own) await query(stewardUrl, `create role ${role} login password '${password}'`)
  const url = new URL(stewardUrl)
  if (own) {
    url.username = role
    url.password = password
  }
  return {
    stewardUrl,
    url: url.href,
    role,
    close: async () => {
      const left = await query(
        stewardUrl,
        `select datname as name from pg_database where datname like '${prefix.replaceAll('_', '\\_')}%'`,
      )
      for (const { name } of left) await query(stewardUrl, `drop database "${name}" with (force)`)
      if (own) await query(stewardUrl, `drop role ${role}`)
    },
  }
}

async function makeTemplate(host: Host, operator: OperatorName): Promise<string> {
  const name = `${prefix}_${operator}`
  await query(host.stewardUrl, `create database ${name} owner "${host.role}"`)
  const { close } = await openDatabase({
    connection: { kind: 'external', url: new Secret(onDatabase(host.url, name)) },
    operator,
    clock: systemClock,
    poolSize: 1,
  })
  await close()
  return name
}

async function keep(owner: number): Promise<void> {
  let asked = false
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      asked = true
    })
  const external = process.env.RAAKVLAK_TEST_POSTGRES_URL
  const host = await (external === undefined ? ownHost() : externalHost(external))
  try {
    const { stewardUrl, url, role } = host
    const templates = {
      gateway: await makeTemplate(host, 'gateway'),
      keyholder: await makeTemplate(host, 'keyholder'),
    } satisfies { [name in (typeof operatorNames)[number]]: string }
    const told: TestServer = { keeper: process.pid, stewardUrl, url, role, prefix, templates }
    writeFileSync(`${stateFile(owner)}.new`, JSON.stringify(told), { mode: 0o600 })
    renameSync(`${stateFile(owner)}.new`, stateFile(owner))
    while (!asked && isAlive(owner)) await pause(100)
  } finally {
    await host.close()
  }
}

const owner = Number(process.argv[2])
try {
  await keep(owner)
  rmSync(stateFolder(owner), { recursive: true, force: true })
} catch (error) {
  writeFileSync(failureFile(owner), `the test server did not start: ${error}`)
  while (isAlive(owner)) await pause(100)
  rmSync(stateFolder(owner), { recursive: true, force: true })
}
