import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { slugOf } from '../kernel/ids.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import { type PrivateJwk, publicJwkOf } from '../proofs/statement.ts'
import { AgreementContent } from '../wire/agreement.ts'
import { AgencyIdText, ContactDesk, closed, PublicKey, Thumbprint } from '../wire/common.ts'
import { type AgencyKeys, makeAgencyKeys, rootThumbprintOf } from './agency-keys.ts'
import type { PublicAgency } from './agreement-draft.ts'
import type { BatchCases } from './case-commitment.ts'
import type { UnderAgreement } from './signal-bodies.ts'

/** The folder in which an agency keeps its settings, keys, agreements, journals and receipts. */
const HomeSettings = Type.Object(
  {
    agency: AgencyIdText,
    name: Type.String({ minLength: 1, maxLength: 100 }),
    client: AgencyIdText,
    contactDesk: ContactDesk,
    cardVersion: Type.Integer({ minimum: 1 }),
    signatories: Type.Optional(
      Type.Array(Type.Object({ name: AgencyIdText, key: PublicKey }, closed)),
    ),
    machines: Type.Optional(
      Type.Array(Type.Object({ client: AgencyIdText, key: PublicKey }, closed)),
    ),
    gateway: Type.Object({ url: Type.String(), rootThumbprint: Thumbprint }, closed),
    keyholder: Type.Object({ url: Type.String(), rootThumbprint: Thumbprint }, closed),
  },
  closed,
)
export type HomeSettings = Static<typeof HomeSettings>

const homeSettings = Compile(HomeSettings)
const agreementContent = Compile(AgreementContent)

/** What is wrong with the settings of an agency, by the names that they have there. */
const faultsOf = (settings: unknown): string[] =>
  homeSettings
    .Errors(settings)
    .map(({ instancePath, schemaPath }) =>
      schemaPath.includes('hash') || instancePath.endsWith('/rootThumbprint')
        ? `${instancePath.slice(1)}: a thumbprint has 43 letters, digits, - and _, as the operator printed it`
        : `${instancePath.slice(1)}: is not of the right form`,
    )

/** Something about the agency's folder or a file in it that a person has to mend. */
export class HomeError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'HomeError'
  }
}

/** A name stands for a folder under `var/agencies`; anything with a slash is a folder itself. */
export const homeFolder = (nameOrFolder: string): string =>
  nameOrFolder.includes('/') ? nameOrFolder : join('var', 'agencies', nameOrFolder)

const writePrivate = (file: string, content: unknown): Promise<void> =>
  writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' })

export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new HomeError(
      missing
        ? `${file} does not exist${file.endsWith('agency.json') ? '; "agency create" makes the folder of an agency' : ''}`
        : `${file} cannot be read as JSON`,
    )
  }
}

/** Makes the folder of a new agency with fresh keys. Never replaces one that exists. */
export async function createHome(
  folder: string,
  settings: Omit<HomeSettings, 'agency' | 'client' | 'cardVersion'>,
): Promise<PublicAgency> {
  const keys = await makeAgencyKeys()
  const own: HomeSettings = {
    ...settings,
    agency: slugOf(settings.name),
    client: 'connector',
    cardVersion: 1,
  }
  const told: PublicAgency = {
    agency: own.agency,
    name: own.name,
    rootThumbprint: await rootThumbprintOf(keys),
    contactDesk: own.contactDesk,
  }
  if (!homeSettings.Check(own)) {
    throw new HomeError(`no folder is made, because of ${faultsOf(own).join('; ')}`)
  }
  await mkdir(join(folder, 'agreements'), { recursive: true, mode: 0o700 })
  await mkdir(join(folder, 'submissions'), { recursive: true, mode: 0o700 })
  try {
    await writePrivate(join(folder, 'keys.json'), keys)
    await writePrivate(join(folder, 'agency.json'), own)
    await writePrivate(join(folder, 'public.json'), told)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new HomeError(`${folder} is the folder of an agency already`)
  }
  return told
}

export async function readHome(
  folder: string,
): Promise<{ readonly settings: HomeSettings; readonly keys: AgencyKeys }> {
  const settings = await readJson(join(folder, 'agency.json'))
  if (!homeSettings.Check(settings))
    throw new HomeError(
      `${join(folder, 'agency.json')} is not valid: ${faultsOf(settings).join('; ')}`,
    )
  return { settings, keys: (await readJson(join(folder, 'keys.json'))) as AgencyKeys }
}

const batchCasesFile = (folder: string): string => join(folder, 'batches.jsonl')

/** Writes down for which cases a batch is evaluated, so that the agency can account for it later. */
export const keepBatchCases = (folder: string, cases: BatchCases): Promise<void> =>
  appendFile(batchCasesFile(folder), `${JSON.stringify(cases)}\n`, { mode: 0o600, flush: true })

/** @throws HomeError when no batch of this number was evaluated from this folder */
export async function batchCasesOf(folder: string, number: string): Promise<BatchCases> {
  const text = await readFile(batchCasesFile(folder), 'utf8').catch(() => '')
  const line = text.split('\n').find((one) => one.includes(`"${number}"`))
  if (line === undefined) throw new HomeError(`no batch ${number} was evaluated from ${folder}`)
  return JSON.parse(line) as BatchCases
}

/**
 * Makes the key of a person who may sign agreements for the agency, in a file to be given to that
 * person, and puts its public half on the agency's next card.
 */
export async function addSignatory(folder: string, name: string, file: string): Promise<void> {
  const { settings } = await readHome(folder)
  const { signatories = [] } = settings
  if (signatories.some((one) => one.name === name)) {
    throw new HomeError(`${name} is a signatory of this agency already`)
  }
  const { root: key } = await makeAgencyKeys()
  const next: HomeSettings = {
    ...settings,
    cardVersion: settings.cardVersion + 1,
    signatories: [...signatories, { name, key: publicJwkOf(key) as PublicKey }],
  }
  if (!homeSettings.Check(next)) throw new HomeError('a signatory’s name is a short name: a-b-c')
  await writePrivate(file, key)
  await writeFile(join(folder, 'agency.json'), `${JSON.stringify(next, null, 2)}\n`)
}

/**
 * Makes the key of a further machine of the agency, such as that of its privacy officer, in a file to be given
 * to it, and puts its public half on the agency's next card.
 */
export async function addMachine(folder: string, client: string, file: string): Promise<void> {
  const { settings } = await readHome(folder)
  const { machines = [] } = settings
  if ([settings.client, ...machines.map((one) => one.client)].includes(client)) {
    throw new HomeError(`${client} is a machine of this agency already`)
  }
  const { client: key } = await makeAgencyKeys()
  const next: HomeSettings = {
    ...settings,
    cardVersion: settings.cardVersion + 1,
    machines: [...machines, { client, key: publicJwkOf(key) as PublicKey }],
  }
  if (!homeSettings.Check(next)) throw new HomeError('a machine’s name is a short name: a-b-c')
  await writePrivate(file, { client, key })
  await writeFile(join(folder, 'agency.json'), `${JSON.stringify(next, null, 2)}\n`)
}

/** The key of a further machine, as `addMachine` wrote it. */
export async function readMachine(
  file: string,
): Promise<{ readonly client: string; readonly key: PrivateJwk }> {
  const { client, key } = (await readJson(file)) as { client?: unknown; key?: unknown }
  if (typeof client !== 'string' || typeof key !== 'object' || key === null) {
    throw new HomeError(`${file} holds no key of a machine`)
  }
  return { client, key: key as PrivateJwk }
}

export const readSignatoryKey = async (file: string): Promise<PrivateJwk> =>
  (await readJson(file)) as PrivateJwk

/** What an agency tells of itself: its `public.json`, or the one in its folder. */
export async function readPublicAgency(fileOrName: string): Promise<PublicAgency> {
  const file = fileOrName.endsWith('.json')
    ? fileOrName
    : join(homeFolder(fileOrName), 'public.json')
  return (await readJson(file)) as PublicAgency
}

export async function readAgreement(file: string): Promise<UnderAgreement> {
  const content = await readJson(file)
  if (!agreementContent.Check(content)) {
    const faults = agreementContent
      .Errors(content)
      .map(({ instancePath, message }) => `${instancePath || '/'} ${message}`)
    throw new HomeError(`${file} is not an agreement:\n  ${faults.slice(0, 20).join('\n  ')}`)
  }
  return { content, hash: agreementHashOf(content) }
}

/** Keeps an accepted agreement in the agency's folder. */
export async function keepAgreement(folder: string, { content }: UnderAgreement): Promise<void> {
  const file = join(folder, 'agreements', `${content.purpose}-${content.id}.json`)
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
}

/** The agreement in the file, or the only one that the agency has accepted. */
export async function chooseAgreement(
  folder: string,
  file: string | undefined,
): Promise<UnderAgreement> {
  if (file !== undefined) return readAgreement(file)
  const kept = (await readdir(join(folder, 'agreements'))).filter((name) => name.endsWith('.json'))
  const [only] = kept
  if (only === undefined)
    throw new HomeError('sign an agreement first: agreement sign FILE --agency NAME')
  if (kept.length > 1) {
    throw new HomeError(
      `say which agreement with --agreement FILE; there are ${kept.length} in ${folder}/agreements`,
    )
  }
  return readAgreement(join(folder, 'agreements', only))
}
