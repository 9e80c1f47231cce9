import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { PinnedOperators } from '../../src/client/operators.ts'
import type { ConsoleSettings, Settings } from '../../src/config.ts'
import type { OperatorName } from '../../src/oprf/types.ts'

/** Accounts of the console, in the folder of the demonstration. */
export const accountsFile = 'gateway/accounts.json'

const root = new URL('../..', import.meta.url).pathname

/** An operator in a process of its own, as it greeted on its standard output. */
export type OperatorProcess = {
  readonly url: string
  readonly rootThumbprint: string
  /** Only as long as there is no administrator. */
  readonly enrolmentCode: string | undefined
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Settings of both operators inside `folder`, each with a database and keys of its own. */
export async function writeSettings(
  folder: string,
  /** Puts something between, such as a recording proxy; for tests. */
  between: (operator: OperatorName, port: number) => Promise<string> = async (_, port) =>
    `http://127.0.0.1:${port}`,
  /** Ports of the agencies' own pages, for a console; without it there is none. */
  pages?: ReadonlyMap<string, number>,
): Promise<{ readonly file: string; readonly settings: Settings }> {
  const ports = { gateway: await freePort(), keyholder: await freePort() }
  const urls = {
    gateway: await between('gateway', ports.gateway),
    keyholder: await between('keyholder', ports.keyholder),
  }
  const common = (operator: OperatorName) => ({
    listen: { host: '127.0.0.1', port: ports[operator] },
    publicUrl: urls[operator],
    ledgerOrigin: `demonstration.example/${operator}`,
    database: { kind: 'embedded' as const, directory: `${operator}/database` },
    keyFile: `${operator}/keys/keys.json`,
    makeKeys: true,
    policies: join(root, 'config/policies'),
    library: join(root, 'config/library'),
    threads: 1,
    logLevel: 'info' as const,
    requestsPerMinute: 1_000_000,
  })
  const pin = (operator: OperatorName) => ({
    rootThumbprintFile: `${operator}/keys/root-thumbprint`,
  })
  const settings: Settings = {
    gateway: {
      ...common('gateway'),
      ...(pages === undefined ? {} : { console: consoleOf(pages) }),
      keyholder: { url: urls.keyholder, pin: pin('keyholder') },
    },
    keyholder: { ...common('keyholder'), gateway: { pin: pin('gateway') } },
  }
  await mkdir(join(folder, 'config'), { recursive: true })
  const file = join(folder, 'config', 'demonstration.json')
  await writeFile(file, JSON.stringify(settings, null, 2))
  return { file, settings }
}

const consoleOf = (pages: ReadonlyMap<string, number>): ConsoleSettings => ({
  signIn: { kind: 'embedded', accountsFile },
  connectorUrls: Object.fromEntries(
    [...pages].map(([agency, port]) => [agency, `http://127.0.0.1:${port}/`]),
  ),
})

/** Starts an operator as its own process. Its log goes to a file. */
export function startOperator(
  operator: OperatorName,
  settingsFile: string,
  folder: string,
): { readonly greeting: Promise<OperatorProcess>; readonly stop: () => Promise<void> } {
  const child = spawn(
    process.execPath,
    [join(root, 'src/main.ts'), operator, '--config', settingsFile],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node') },
    },
  )
  child.stderr.pipe(createWriteStream(join(folder, `${operator}.log`)))
  let stopping: Promise<void> | undefined
  return {
    greeting: readGreeting(operator, child, join(folder, `${operator}.log`)),
    stop: () => {
      stopping ??= stopProcess(child)
      return stopping
    },
  }
}

async function readGreeting(
  operator: OperatorName,
  child: ChildProcess,
  log: string,
): Promise<OperatorProcess> {
  if (child.stdout === null) throw new Error('no standard output')
  let url: string | undefined
  let rootThumbprint: string | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= /listens on (\S+)/.exec(line)?.[1]
    rootThumbprint ??= /thumbprint.*: (\S{43})$/.exec(line)?.[1]
    const enrolmentCode = /--code (\S+)/.exec(line)?.[1]
    const isLast = enrolmentCode !== undefined || line.includes('agency register')
    if (url && rootThumbprint && isLast) {
      child.stdout.resume()
      return { url, rootThumbprint, enrolmentCode }
    }
  }
  throw new Error(`the ${operator} did not start; see ${log}`)
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  await gone
}

export const pinsOf = (
  gateway: OperatorProcess,
  keyholder: OperatorProcess,
  { gateway: settings, keyholder: other }: Settings,
): PinnedOperators => ({
  gateway: { url: settings?.publicUrl ?? gateway.url, rootThumbprint: gateway.rootThumbprint },
  keyholder: { url: other?.publicUrl ?? keyholder.url, rootThumbprint: keyholder.rootThumbprint },
})
