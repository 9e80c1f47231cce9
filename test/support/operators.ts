import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { writeSettings } from '../../scripts/demo/operators.ts'
import type { PinnedOperators } from '../../src/client/operators.ts'
import type { Settings } from '../../src/config.ts'
import type { OperatorName } from '../../src/oprf/types.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

type Test = { readonly teardown: (work: () => unknown) => void }
type Between = (operator: OperatorName, port: number) => Promise<string>

/** What an operator's process said when it started. */
export type Greeting = {
  readonly rootThumbprint: string
  /** Only as long as there is no administrator. */
  readonly enrolmentCode: string | undefined
}

export type OperatorProcess = Greeting & {
  readonly child: ChildProcess
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

/** Starts `src/main.ts` of the repository in `house` and waits until it listens. */
export async function launch(
  operator: OperatorName,
  settingsFile: string,
  log: string,
  house = root,
): Promise<OperatorProcess> {
  const logFile = openSync(log, 'a')
  const child = spawn(
    process.execPath,
    [join(house, 'src/main.ts'), operator, '--config', settingsFile],
    { stdio: ['ignore', 'pipe', logFile], cwd: house },
  )
  closeSync(logFile)
  if (child.stdout === null) throw new Error('no standard output')
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  )
  let rootThumbprint: string | undefined
  let enrolmentCode: string | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    rootThumbprint ??= /thumbprint.*: (\S{43})$/.exec(line)?.[1]
    enrolmentCode ??= /--code (\S+)/.exec(line)?.[1]
    const last = enrolmentCode !== undefined || line.includes('agency register')
    if (rootThumbprint !== undefined && last) {
      child.stdout.resume()
      return { child, ended, rootThumbprint, enrolmentCode }
    }
  }
  throw new Error(`the ${operator} did not start:\n${readFileSync(log, 'utf8').slice(-2_000)}`)
}

/** Both operators as processes of their own, in a folder of the test's, on ports that stay. */
export async function startOperators(t: Test, { between }: { readonly between?: Between } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'raakvlak-flow-'))
  const { file, settings } = await writeSettings(folder, between)
  const running = new Map<OperatorName, OperatorProcess>()
  const logOf = (operator: OperatorName) => join(folder, `${operator}.log`)
  const databaseOf = (operator: OperatorName) => join(folder, operator, 'database')

  async function start(operator: OperatorName): Promise<OperatorProcess> {
    const started = await launch(operator, file, logOf(operator))
    running.set(operator, started)
    return started
  }

  async function end(operator: OperatorName, signal: NodeJS.Signals) {
    const one = running.get(operator)
    running.delete(operator)
    one?.child.kill(signal)
    return one?.ended
  }

  t.teardown(async () => {
    await Promise.all([end('gateway', 'SIGTERM'), end('keyholder', 'SIGTERM')])
    rmSync(folder, { recursive: true, force: true })
  })

  const [gateway, keyholder] = await Promise.all([start('gateway'), start('keyholder')])
  return {
    folder,
    file,
    settings,
    pins: pinsOf(settings, { gateway, keyholder }),
    codes: {
      gateway: gateway.enrolmentCode ?? '',
      keyholder: keyholder.enrolmentCode ?? '',
    },
    start,
    /** Two signals, as a terminal and npm give them; resolves with the exit code. */
    stop: (operator: OperatorName) => {
      running.get(operator)?.child.kill('SIGINT')
      return end(operator, 'SIGTERM')
    },
    kill: (operator: OperatorName) => end(operator, 'SIGKILL'),
    logOf,
    databaseOf,
  }
}

export type RunningOperators = Awaited<ReturnType<typeof startOperators>>

const pinsOf = (
  settings: Settings,
  told: { readonly [name in OperatorName]: Greeting },
): PinnedOperators => ({
  gateway: {
    url: settings.gateway?.publicUrl ?? '',
    rootThumbprint: told.gateway.rootThumbprint,
  },
  keyholder: {
    url: settings.keyholder?.publicUrl ?? '',
    rootThumbprint: told.keyholder.rootThumbprint,
  },
})

/** The process number of the database server that works in an operator's data directory. */
export const postmasterOf = (database: string): number =>
  Number.parseInt(readFileSync(join(database, 'postgres', 'cluster', 'postmaster.pid'), 'utf8'), 10)
