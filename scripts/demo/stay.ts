import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type HomeSettings, keepAgreement } from '../../src/client/agency-home.ts'
import type { PinnedOperators } from '../../src/client/operators.ts'
import { subjectKindOf, type UnderAgreement } from '../../src/client/signal-bodies.ts'
import { type TypedSignal, typedSignalsFile } from '../../src/client/typed-signals.ts'
import { type Bundle, makeBundle } from '../../src/connector/bundle.ts'
import { openConnector } from '../../src/connector/connector.ts'
import { addOfficer } from '../../src/connector/officers.ts'
import { makeAccount } from '../../src/console/accounts.ts'
import type { OfficerRole } from '../../src/console/types.ts'
import { base64url } from '../../src/kernel/bytes.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import type { AgencyResult } from './agencies.ts'
import { accountsFile } from './operators.ts'

/** One person who may sign in at the console, with what the terminal tells of it. */
export type DemoAccount = {
  readonly role: OfficerRole
  readonly agency: string
  readonly account: string
  readonly password: string
  /** Of the one-time codes, for an authenticator. */
  readonly secret: string
}

/** The page of one agency, and who may use it. */
export type DemoPage = {
  readonly agency: string
  readonly address: string
  readonly reporterCode: string
  readonly deciderCode: string
}

/** Where people can go on once the demonstration has told its story. */
export type Entrances = {
  readonly console: string
  readonly accounts: readonly DemoAccount[]
  /** Holds the accounts; `npm run console:account` reads it. */
  readonly accountsFile: string
  readonly pages: readonly DemoPage[]
  readonly close: () => Promise<void>
}

const consoleRoles: readonly OfficerRole[] = [
  'analyst',
  'coordinator',
  'privacy-officer',
  'administrator',
]

/** So many of its signals stand on an agency's page: those that touch others'. */
const mostOnPage = 12

/** An account for each role at one agency, in the file that the gateway's settings name. */
async function employ(folder: string, agency: string): Promise<DemoAccount[]> {
  const made = consoleRoles.map((role) => {
    const officer = base64url(systemRandomness.bytes(12))
    const of = { account: role, agency, officer, name: nameOf(role), roles: [role] }
    return makeAccount(of, systemRandomness)
  })
  const kept = made.map(({ account }) => account)
  await writeFile(join(folder, accountsFile), JSON.stringify(kept, null, 2), { mode: 0o600 })
  return made.map(({ account, password }, at) => ({
    role: consoleRoles[at] ?? 'analyst',
    agency,
    account: account.account,
    password,
    secret: account.totp,
  }))
}

const nameOf = (role: OfficerRole): string => {
  const words = role.replace('-', ' ')
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)} of the demonstration`
}

/** What the page lists: signals of the file that touch those of others, as if they had been sent from it. */
function listedOn({ agency, report, overlaps }: AgencyResult, under: UnderAgreement) {
  const lineOf = new Map([...report.signalIds].map(([line, id]) => [id, line]))
  const rowAt = new Map(agency.rows.map((row) => [row.line, row]))
  const receiptOf = new Map(
    [...report.signalIds.values()].map((id, at) => [id, report.receipts[at]]),
  )
  return overlaps.slice(0, mostOnPage).flatMap(({ signal }): TypedSignal[] => {
    const row = rowAt.get(lineOf.get(signal.id) ?? -1)
    const receipt = receiptOf.get(signal.id)
    if (row === undefined || receipt === undefined) return []
    return [
      {
        row: `page-${signal.id}`,
        id: signal.id,
        caseReference: signal.caseReference,
        agreement: under.hash,
        subjectKind: subjectKindOf(row),
        category: row.category,
        epoch: 1,
        officer: 'demonstration',
        sentAt: systemClock.now().toISOString(),
        receipt,
      },
    ]
  })
}

/** Gives an agency of the demonstration its folder, as `agency create` and `submit` would have left it. */
async function furnish(
  folder: string,
  result: AgencyResult,
  under: UnderAgreement,
  pins: PinnedOperators,
): Promise<string> {
  const { partner, name, contactDesk, keys } = result.agency
  const home = join(folder, 'agencies', partner.agency)
  const settings: HomeSettings = {
    agency: partner.agency,
    name: name.slice(0, 100),
    client: 'connector',
    contactDesk,
    cardVersion: 1,
    ...pins,
  }
  for (const place of ['agreements', 'submissions']) {
    await mkdir(join(home, place), { recursive: true, mode: 0o700 })
  }
  await writeFile(join(home, 'agency.json'), JSON.stringify(settings), { mode: 0o600 })
  await writeFile(join(home, 'keys.json'), JSON.stringify(keys), { mode: 0o600 })
  await keepAgreement(home, under)
  const journal = join(folder, 'journals', `${partner.agency}.jsonl`)
  await cp(journal, join(home, 'submissions', `${under.hash}.jsonl`))
  const listed = listedOn(result, under).map((signal) => JSON.stringify(signal))
  await writeFile(typedSignalsFile(home), `${listed.join('\n')}\n`, { mode: 0o600 })
  return home
}

async function openPage(home: string, agency: string, port: number, bundle: Bundle) {
  const clock = systemClock
  const random = systemRandomness
  const reporterCode = await addOfficer(home, { name: 'Roos', role: 'reporter' }, random)
  const deciderCode = await addOfficer(home, { name: 'Daan', role: 'decider' }, random)
  const settings = { folder: home, host: '127.0.0.1', port, clock, random, bundle }
  const { listen, close } = await openConnector(settings)
  return { page: { agency, address: await listen(), reporterCode, deciderCode }, close }
}

/**
 * Leaves something to go on with, while both operators run: accounts for the console, one per role, at the first
 * agency, and each agency's own page.
 */
export async function openEntrances({
  folder,
  results,
  under,
  pins,
  ports,
}: {
  readonly folder: string
  readonly results: readonly AgencyResult[]
  readonly under: UnderAgreement
  readonly pins: PinnedOperators
  /** Of the pages, by agency; the gateway's settings name them too. */
  readonly ports: ReadonlyMap<string, number>
}): Promise<Entrances> {
  const bundle = await makeBundle()
  const accounts = await employ(folder, results[0]?.agency.partner.agency ?? '')
  const pages: DemoPage[] = []
  const closes: (() => Promise<void>)[] = []
  const close = async () => {
    await Promise.allSettled(closes.map((one) => one()))
  }
  try {
    for (const result of results) {
      const { agency } = result.agency.partner
      const home = await furnish(folder, result, under, pins)
      const opened = await openPage(home, agency, ports.get(agency) ?? 0, bundle)
      closes.push(opened.close)
      pages.push(opened.page)
    }
  } catch (error) {
    await close()
    throw error
  }
  const console = `${new URL(pins.gateway.url).origin}/console`
  return { console, accounts, accountsFile: join(folder, accountsFile), pages, close }
}

/** What the terminal says of them. */
export function entrancesText({ console, accounts, accountsFile: file, pages }: Entrances): string {
  return [
    '',
    'Everything is left running on these data; Ctrl-C stops and removes it.',
    '',
    `The console, with one account for each role at ${accounts[0]?.agency}: ${console}`,
    ...accounts.flatMap(({ role, account, password, secret }) => [
      `  ${role.padEnd(16)}account ${account.padEnd(16)} password ${password}   secret of its codes ${secret}`,
    ]),
    '  The code of this half minute, as an authenticator would tell it; each is taken once:',
    ...accounts.map(
      ({ account }) => `    npm run --silent console:account -- code ${account} --file ${file}`,
    ),
    '',
    'The page of each agency at its own connector, where names are typed; they stay in the browser:',
    ...pages.flatMap(({ agency, address, reporterCode, deciderCode }) => [
      `  ${agency.padEnd(16)}${address}`,
      `    reporter   access code ${reporterCode}`,
      `    decider    access code ${deciderCode}   grants, refuses and opens what was granted`,
    ]),
    '',
    '',
  ].join('\n')
}
