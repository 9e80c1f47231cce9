import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { OperatorName } from '../../src/oprf/types.ts'

/** What the keeper of the test server tells the test files. */
export type TestServer = {
  readonly keeper: number
  /** May create and drop databases. */
  readonly stewardUrl: string
  /** The application's role; the database in it is to be replaced. */
  readonly url: string
  readonly role: string
  readonly prefix: string
  readonly templates: { readonly [name in OperatorName]: string }
}

const folders = fileURLToPath(new URL('../../.tap/', import.meta.url))

/** One server for all files of one tap run, known by the process number of its runner. */
export const stateFolder = (owner: number): string => `${folders}postgres-${owner}`
export const stateFile = (owner: number): string => `${stateFolder(owner)}/server.json`
export const failureFile = (owner: number): string => `${stateFolder(owner)}/failure.txt`

// Asked at the start: the parent's number changes when the parent is killed.
const owner = process.env.TAP === '1' ? process.ppid : process.pid

/**
 * The server of this run, started by whoever asks first. It ends with its owner: the tap runner, or this very process
 * when a file runs alone; also when the owner was killed.
 */
export async function testServer(): Promise<TestServer> {
  mkdirSync(folders, { recursive: true })
  removeStale()
  try {
    mkdirSync(stateFolder(owner))
    startKeeper()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const until = performance.now() + 60_000
  while (!existsSync(stateFile(owner))) {
    if (existsSync(failureFile(owner))) throw new Error(readFileSync(failureFile(owner), 'utf8'))
    if (performance.now() > until) throw new Error('the test server did not start within a minute')
    await pause(20)
  }
  return JSON.parse(readFileSync(stateFile(owner), 'utf8'))
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** What a killed keeper left, under a process number that is in use again. */
function removeStale(): void {
  if (!existsSync(stateFile(owner))) return
  const { keeper }: TestServer = JSON.parse(readFileSync(stateFile(owner), 'utf8'))
  if (!isAlive(keeper)) rmSync(stateFolder(owner), { recursive: true, force: true })
}

function startKeeper(): void {
  const program = fileURLToPath(new URL('./keep-postgres.ts', import.meta.url))
  const env = { ...process.env }
  // The keeper is no test: neither coverage nor its output belong to the file that happened to start it.
  for (const name of Object.keys(env))
    if (/^(_?TAP|NODE_OPTIONS|NODE_V8_COVERAGE)/.test(name)) delete env[name]
  spawn(process.execPath, [program, String(owner)], {
    detached: true,
    stdio: 'ignore',
    env,
  }).unref()
}
