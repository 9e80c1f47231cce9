import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '@noble/hashes/sha2.js'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { HomeError } from '../client/agency-home.ts'
import { type OfficerRole, officerRoles } from '../client/local-api.ts'
import { writeDurably } from '../files/durable-file.ts'
import { base64url, equalBytes, fromBase64url, utf8 } from '../kernel/bytes.ts'
import type { Randomness } from '../kernel/random.ts'
import { closed, Line, OfficerText, OneOf } from '../wire/common.ts'

/** The people who may use the connector of one agency, in a file of its folder. */
const Officer = Type.Object(
  {
    name: Line(60),
    role: OneOf(officerRoles),
    /** The opaque name that goes with this person's acts, for the ledger. */
    officer: OfficerText,
    codeHash: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  },
  closed,
)
const OfficerFile = Type.Object({ officers: Type.Array(Officer, { maxItems: 1_000 }) }, closed)
export type Officer = Static<typeof Officer>

const officerFile = Compile(OfficerFile)
const fileIn = (folder: string): string => join(folder, 'officers.json')

/** Letters and digits that nobody takes for one another. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const codeGroups = 4
const groupLength = 6

/** 120 random bits, in groups that can be read aloud. */
function makeCode(random: Randomness): string {
  const signs = [...random.bytes(codeGroups * groupLength)].map((byte) => alphabet[byte % 32] ?? '')
  return Array.from({ length: codeGroups }, (_, group) =>
    signs.slice(group * groupLength, (group + 1) * groupLength).join(''),
  ).join('-')
}

/** Codes have 120 random bits: a plain hash is as good as a slow one. Case and signs between do not count. */
const hashOfCode = (code: string): Uint8Array =>
  sha256(utf8(`raakvlak/access-code/1\n${code.toUpperCase().replace(/[^A-Z0-9]/g, '')}`))

/** @throws HomeError when the file cannot be read */
export async function readOfficers(folder: string): Promise<readonly Officer[]> {
  const file = fileIn(folder)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"officers":[]}'
    throw new HomeError(`${file} cannot be read`)
  })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new HomeError(`${file} cannot be read as JSON`)
  }
  if (!officerFile.Check(content)) throw new HomeError(`${file} is not a list of officers`)
  return content.officers
}

const keep = (folder: string, officers: readonly Officer[]): void =>
  writeDurably(fileIn(folder), `${JSON.stringify({ officers }, null, 2)}\n`)

/**
 * Lets a person use the connector. @returns the access code, which is kept nowhere
 * @throws HomeError for a name that is there already, or that cannot be one
 */
export async function addOfficer(
  folder: string,
  { name, role }: { readonly name: string; readonly role: OfficerRole },
  random: Randomness,
): Promise<string> {
  const officers = await readOfficers(folder)
  if (officers.some((one) => one.name === name))
    throw new HomeError('somebody has this name already')
  const code = makeCode(random)
  const added = {
    name,
    role,
    officer: base64url(random.bytes(12)),
    codeHash: base64url(hashOfCode(code)),
  }
  const all = [...officers, added]
  if (!officerFile.Check({ officers: all })) {
    throw new HomeError('a name has one line of at most 60 characters')
  }
  keep(folder, all)
  return code
}

/** Ends a person's access; sessions end within the minute. @throws HomeError when nobody has the name */
export async function removeOfficer(folder: string, name: string): Promise<void> {
  const officers = await readOfficers(folder)
  const others = officers.filter((one) => one.name !== name)
  if (others.length === officers.length) throw new HomeError('nobody has this name')
  keep(folder, others)
}

/** Whose code this is. Looks at all of them, whichever fits. */
export function officerWithCode(officers: readonly Officer[], code: string): Officer | undefined {
  const hash = hashOfCode(code)
  const fitting = officers.filter(({ codeHash }) => equalBytes(fromBase64url(codeHash), hash))
  return fitting[0]
}
