import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kysely } from 'kysely'
import { alarmRuleTable } from '../../src/alarms/rules.ts'
import { type AgencyKeys, makeAgencyKeys, rootThumbprintOf } from '../../src/client/agency-keys.ts'
import { draftAgreement } from '../../src/client/agreement-draft.ts'
import { enrolAdministrator, type PinnedOperators, pinAgency } from '../../src/client/operators.ts'
import { openPartner, type Partner } from '../../src/client/partner.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import type { GatewaySettings, KeyholderSettings } from '../../src/config.ts'
import { openLog } from '../../src/door/request-log.ts'
import { openGateway } from '../../src/gateway.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { randomUuid } from '../../src/kernel/random.ts'
import { openKeyholder } from '../../src/keyholder.ts'
import type { RunningOperator, Surroundings } from '../../src/operator.ts'
import { type OperatorName, operatorNames, type PerOperator } from '../../src/oprf/types.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import type { PrivateJwk } from '../../src/proofs/statement.ts'
import { embeddedUrl } from '../../src/store/embedded-postgres.ts'
import type { Tables } from '../../src/store/tables.ts'
import type { AgreementContent, AgreementParty, PartyRole } from '../../src/wire/agreement.ts'
import { type Call, openCalls, type RawAnswer, readRaw } from './calls.ts'
import { openTestClock, type TestClock } from './clock.ts'
import { legalBasesOfTests } from './legal-bases.ts'
import { freePort } from './oauth-client.ts'
import { freshDatabase } from './postgres.ts'
import { type SeededRandomness, seededRandomness } from './random.ts'

type Test = {
  readonly teardown: (work: () => void | Promise<void>) => void
  readonly passing: () => boolean
  readonly comment: (text: string) => void
}

/** An agency of a test: its keys, its partner system, and a way to say anything in its name. */
export type HouseAgency = {
  readonly id: string
  readonly name: string
  readonly contactDesk: string
  readonly rootThumbprint: string
  readonly keys: AgencyKeys
  readonly partner: Partner
  readonly call: Call
}

export type PartyRoles = Readonly<Record<string, readonly ('submit' | 'receive')[]>>

export type House = {
  readonly clock: TestClock
  readonly random: SeededRandomness
  readonly folder: string
  readonly logged: readonly string[]
  readonly pins: PinnedOperators
  /** Key of the administrator of each operator. */
  readonly administrators: PerOperator<PrivateJwk>
  readonly codes: PerOperator<string>
  /** Straight into each operator's database, as no caller can. */
  readonly db: PerOperator<Kysely<Tables>>
  readonly operator: (name: OperatorName) => RunningOperator
  readonly settings: {
    readonly gateway: GatewaySettings
    readonly keyholder: KeyholderSettings
  }
  readonly stop: (name: OperatorName) => Promise<void>
  readonly start: (name: OperatorName) => Promise<void>
  /** An agency with keys and a card that nobody has admitted yet. */
  readonly makeAgency: (id: string) => Promise<HouseAgency>
  readonly pin: (
    name: OperatorName,
    agency: HouseAgency,
    change?: Partial<Parameters<typeof pinAgency>[2]>,
  ) => Promise<void>
  /** Makes an agency, admits it at both operators and presents its card. */
  readonly admit: (id: string) => Promise<HouseAgency>
  readonly draft: (
    parties: readonly HouseAgency[],
    change?: Partial<AgreementContent>,
    roles?: PartyRoles,
  ) => AgreementContent
  /** An agreement in force: every party accepts at both operators. */
  readonly agree: (
    parties: readonly HouseAgency[],
    change?: Partial<AgreementContent>,
    roles?: PartyRoles,
  ) => Promise<UnderAgreement>
  /** Sends a statement to either operator, without a token. */
  readonly post: (name: OperatorName, path: string, body: unknown) => Promise<RawAnswer>
  readonly ledgerSize: (name: OperatorName) => Promise<number>
  /** What was appended to a ledger from `since` on. */
  readonly entries: (name: OperatorName, since?: number) => Promise<LedgerLine[]>
}

/** A party that takes these roles, and no legal basis for any other. */
export const withRoles = (
  party: AgreementParty,
  roles: readonly PartyRole[] = party.roles,
): AgreementParty => ({
  ...party,
  roles: [...roles],
  legalBases: party.legalBases.map((one) => ({
    ...one,
    roles: one.roles.filter((role) => roles.includes(role)),
  })),
})

export type LedgerLine = { readonly kind: string; readonly [field: string]: unknown }

/** Tests run at any hour, and the clock of most of them is the real one. */
const { night: _, ...rulesAtAnyHour } = alarmRuleTable

const policies = fileURLToPath(new URL('../../config/policies', import.meta.url))
const library = fileURLToPath(new URL('../../config/library', import.meta.url))

/** Purposes that only tests know, beside those of `config/library`. */
const testPurposes = [
  'another-purpose',
  'a-small-purpose',
  'an-ending',
  'one-way',
  'many',
  'a-shared-phone',
  'squat',
  'future',
  ...['a-tombstone', 'an-end', 'the-same', 'revoked', 'past', 'arrears', 'a-crash', 'periods'],
  ...['a-halt', 'a-renewal', 'a-former-form', 'second', 'ending', 'one-year'],
  ...['one', 'two', 'three', 'four'].map((word) => `purpose-${word}`),
]

/** The library of `config/`, with the purposes of tests. */
async function writeLibrary(folder: string): Promise<void> {
  await cp(library, folder, { recursive: true })
  const file = join(folder, 'purposes.json')
  const known = JSON.parse(await readFile(file, 'utf8'))
  const added = testPurposes.map((code) => ({ code, article: 'none', en: code, nl: code }))
  await writeFile(file, JSON.stringify([...known, ...added]))
}

/**
 * Both operators in this process, made as production makes them: real databases, keys and
 * cryptography, on loopback ports, each with an administrator. Everything ends with the test `t`.
 */
export async function openHouse(
  t: Test,
  {
    webhooks,
    resolve: resolveName,
    embedded = false,
    console: consoleSettings,
  }: Pick<GatewaySettings, 'webhooks' | 'console'> &
    Pick<Surroundings, 'resolve'> & {
      /** The gateway has a server of its own, that can be stopped; others share one. */
      readonly embedded?: boolean
    } = {},
): Promise<House> {
  const random = seededRandomness(t)
  const clock = openTestClock()
  const folder = await mkdtemp(join(tmpdir(), 'raakvlak-house-'))
  const running = new Map<OperatorName, RunningOperator>()
  const logged: string[] = []
  const logger = openLog({
    level: 'debug',
    destination: { write: (line: string) => void logged.push(line) },
  })
  // Ends before the databases do: what is registered last is torn down first.
  const databases = {
    gateway: await freshDatabase(t, 'gateway'),
    keyholder: await freshDatabase(t, 'keyholder'),
  }
  t.teardown(async () => {
    await Promise.all([...running.values()].map(({ close }) => close()))
    await rm(folder, { recursive: true, force: true })
  })
  const settings = await writeSettings(folder, {
    gateway: databases.gateway.url,
    keyholder: databases.keyholder.url,
  })
  if (webhooks !== undefined) settings.gateway.webhooks = webhooks
  if (consoleSettings !== undefined) settings.gateway.console = consoleSettings
  const embeddedFolder = join(folder, 'gateway-database')
  if (embedded) settings.gateway.database = { kind: 'embedded', directory: embeddedFolder }

  async function start(name: OperatorName): Promise<void> {
    const surroundings = {
      clock,
      random,
      logger,
      alarmRules: rulesAtAnyHour,
      path: (one: string) => resolve(folder, one),
      ...(resolveName === undefined ? {} : { resolve: resolveName }),
    }
    const opened = await (name === 'gateway'
      ? openGateway(settings.gateway, surroundings)
      : openKeyholder(settings.keyholder, surroundings))
    running.set(name, opened)
    await opened.server.listen(settings[name].listen)
  }
  async function stop(name: OperatorName): Promise<void> {
    await running.get(name)?.close()
    running.delete(name)
  }
  const operator = (name: OperatorName): RunningOperator => {
    const found = running.get(name)
    if (found === undefined) throw new Error(`the ${name} is stopped`)
    return found
  }

  await Promise.all(operatorNames.map(start))
  const pinOf = (name: OperatorName) => ({
    url: settings[name].publicUrl,
    rootThumbprint: operator(name).rootThumbprint,
  })
  const pins = { gateway: pinOf('gateway'), keyholder: pinOf('keyholder') }
  const codes = {
    gateway: operator('gateway').enrolmentCode ?? '',
    keyholder: operator('keyholder').enrolmentCode ?? '',
  }
  const administrators = {
    gateway: (await makeAgencyKeys()).root,
    keyholder: (await makeAgencyKeys()).root,
  }
  for (const name of operatorNames) {
    await enrolAdministrator(pins[name], administrators[name], codes[name], clock.now())
  }
  const gatewayDatabase = await databases.gateway.open({
    poolSize: 2,
    ...(embedded
      ? { connection: { kind: 'external', url: embeddedUrl(embeddedFolder) } as const }
      : {}),
  })
  const db = {
    gateway: gatewayDatabase.db,
    keyholder: (await databases.keyholder.open({ poolSize: 2 })).db,
  }

  const makeAgency: House['makeAgency'] = async (id) => {
    const keys = await makeAgencyKeys()
    return {
      id,
      name: `Agency ${id}`,
      contactDesk: `Desk of ${id}`,
      rootThumbprint: await rootThumbprintOf(keys),
      keys,
      partner: openPartner({ agency: id, client: 'connector', keys, pins, clock, random }),
      call: openCalls({
        gatewayUrl: pins.gateway.url,
        clientId: `${id}.connector`,
        key: keys.client,
        clock,
      }),
    }
  }
  let lastPin = 0
  const pin: House['pin'] = async (name, { id, name: display, rootThumbprint }, change = {}) => {
    // Two pins within one millisecond would be of one age.
    lastPin = Math.max(lastPin + 1, clock.now().getTime())
    await pinAgency(pins[name], administrators[name], {
      agency: id,
      name: display,
      rootThumbprint,
      active: true,
      number: randomUuid(random),
      at: new Date(lastPin),
      ...change,
    })
  }
  const admit: House['admit'] = async (id) => {
    const agency = await makeAgency(id)
    for (const name of operatorNames) await pin(name, agency)
    await agency.partner.presentCard(agency.contactDesk, 1)
    return agency
  }

  // A domain belongs to those who agreed on it first; others get one of their own.
  const holders = new Map<string, ReadonlySet<string>>()
  const freeDomain = (usual: string, parties: readonly HouseAgency[]): string => {
    const names = [usual, ...[...holders.keys()].filter((name) => name.startsWith(`${usual}-`))]
    return (
      names.find((name) => {
        const held = holders.get(name)
        return held === undefined || parties.every(({ id }) => held.has(id))
      }) ?? `${usual}-${names.length}`
    )
  }
  const draft: House['draft'] = (parties, change = {}, roles = {}) => {
    const at = clock.now()
    const content = draftAgreement({
      title: 'A test',
      purpose: 'protecting-victims',
      parties: parties.map(({ id, ...one }) => ({ ...one, agency: id, ...legalBasesOfTests })),
      dpiaReference: 'DPIA-TEST',
      pins,
      random,
      at,
      until: shifted(at, 86_400),
    })
    const lead = parties.find(({ id }) => roles[id]?.includes('receive') ?? true)?.id ?? ''
    return {
      ...content,
      domain: freeDomain(content.domain, parties),
      lead: { minor: lead, organised: lead, general: lead },
      parties: content.parties.map((one) => withRoles(one, roles[one.agency])),
      ...change,
    }
  }
  const agree: House['agree'] = async (parties, change, roles) => {
    const content = draft(parties, change, roles)
    if (!holders.has(content.domain)) {
      holders.set(content.domain, new Set(parties.map(({ id }) => id)))
    }
    for (const { partner } of parties) await partner.acceptAgreement(content)
    return { content, hash: agreementHashOf(content) }
  }

  const entries: House['entries'] = async (name, since = 0) => {
    const rows = await db[name]
      .selectFrom('ledger_entry')
      .select('payload')
      .where('index', '>=', since)
      .orderBy('index')
      .execute()
    return rows.map(({ payload }) => JSON.parse(payload ?? '{}'))
  }

  return {
    clock,
    random,
    folder,
    logged,
    pins,
    administrators,
    codes,
    db,
    operator,
    settings,
    start,
    stop,
    makeAgency,
    pin,
    admit,
    draft,
    agree,
    post: async (name, path, body) =>
      readRaw(
        await fetch(`${pins[name].url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    ledgerSize: async (name) => (await entries(name)).length,
    entries,
  }
}

async function writeSettings(
  folder: string,
  urls: PerOperator<string>,
): Promise<House['settings']> {
  const ports = { gateway: await freePort(), keyholder: await freePort() }
  for (const name of operatorNames) await writeFile(join(folder, `${name}-url`), urls[name])
  await writeLibrary(join(folder, 'library'))
  const common = (name: OperatorName) => ({
    listen: { host: '127.0.0.1', port: ports[name] },
    publicUrl: `http://127.0.0.1:${ports[name]}`,
    ledgerOrigin: `test.example/${name}`,
    database: { kind: 'external' as const, urlFile: `${name}-url` },
    keyFile: `${name}/keys.json`,
    makeKeys: true,
    policies,
    library: 'library',
    threads: 1,
    logLevel: 'debug' as const,
    requestsPerMinute: 1_000_000,
  })
  const pin = (name: OperatorName) => ({ rootThumbprintFile: `${name}/root-thumbprint` })
  return {
    gateway: {
      ...common('gateway'),
      keyholder: { url: `http://127.0.0.1:${ports.keyholder}`, pin: pin('keyholder') },
    },
    keyholder: { ...common('keyholder'), gateway: { pin: pin('gateway') } },
  }
}
