import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { syncFolder } from '../files/durable-file.ts'
import { messageOf } from '../files/file-fault.ts'
import type { OperatorName } from '../oprf/types.ts'

/** First line of a backup. */
export type BackupHeader = {
  readonly operator: OperatorName
  /** Names of the applied migrations, in order. */
  readonly schema: readonly string[]
  readonly takenAt: string
}

export type BackupSeal = { readonly rows: number; readonly sha256: string }

/** A backup's lines after the header: a table begins, or a row of it as a JSON object of texts in PostgreSQL's own words. */
export type BackupLine =
  | { readonly kind: 'table'; readonly name: string }
  | { readonly kind: 'row'; readonly json: string }

const formatName = 'raakvlak-backup/1'

export type BackupWriter = {
  readonly table: (name: string) => Promise<void>
  readonly rows: (json: readonly string[]) => Promise<void>
  /** Puts the file in its place; until then nothing stands at `path`. */
  readonly seal: () => Promise<BackupSeal>
  readonly discard: () => Promise<void>
}

/**
 * Writes a backup for its owner only (0600). Markers are JSON arrays, rows JSON objects, one per line; the last line holds
 * the SHA-256 of everything before it.
 * @throws Error when something stands at `path` already
 */
export async function beginBackup(path: string, header: BackupHeader): Promise<BackupWriter> {
  const draft = `${path}.partial`
  await refuseExisting(path)
  const file = await open(draft, 'w', 0o600)
  const hash = createHash('sha256')
  let count = 0
  const put = async (text: string) => {
    hash.update(text)
    await file.writeFile(text)
  }
  await put(`${JSON.stringify([formatName, header])}\n`)
  return {
    table: (name) => put(`${JSON.stringify(['table', name])}\n`),
    rows: async (json) => {
      count += json.length
      if (json.length > 0) await put(`${json.join('\n')}\n`)
    },
    seal: async () => {
      const sha256 = hash.digest('hex')
      await file.writeFile(`${JSON.stringify(['end', { rows: count, sha256 }])}\n`)
      await file.sync()
      await file.close()
      await rename(draft, path)
      syncFolder(dirname(path))
      return { rows: count, sha256 }
    },
    discard: () => discard(file, draft),
  }
}

async function discard(file: FileHandle, draft: string): Promise<void> {
  await file.close()
  await rm(draft, { force: true })
}

async function refuseExisting(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw new Error(`no backup is written: ${messageOf(error)}`, { cause: error })
  })
  await file.close()
  await rm(path)
}

/**
 * Reads the whole file once and compares its SHA-256: tells damage and truncation. It does NOT tell forgery, because the
 * sum is in the file itself; compare it with the sum that was noted when the backup was made.
 * @throws Error when the file is not a whole backup
 */
export async function verifyBackup(path: string): Promise<BackupHeader & BackupSeal> {
  const hash = createHash('sha256')
  let header: BackupHeader | undefined
  let held: string | undefined
  let rows = 0
  for await (const line of linesOf(path)) {
    if (held !== undefined) {
      header ??= readHeader(held)
      hash.update(`${held}\n`)
      if (held.startsWith('{')) rows += 1
    }
    held = line
  }
  const seal = held === undefined ? undefined : readSeal(held)
  const sha256 = hash.digest('hex')
  if (header === undefined || seal?.sha256 !== sha256 || seal.rows !== rows)
    throw new Error(`${path} is damaged or cut off: its checksum does not fit`)
  return { ...header, rows, sha256 }
}

/** The tables and rows of a backup that was verified. */
export async function* readBackup(path: string): AsyncGenerator<BackupLine> {
  for await (const line of linesOf(path)) {
    if (line.startsWith('{')) yield { kind: 'row', json: line }
    const name = tableOf(line)
    if (name !== undefined) yield { kind: 'table', name }
  }
}

const linesOf = (path: string) =>
  createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function readHeader(line: string): BackupHeader {
  const marker = parse(line)
  if (!Array.isArray(marker) || marker[0] !== formatName)
    throw new Error('this is not a backup that this version of Raakvlak can read')
  return marker[1]
}

function readSeal(line: string): BackupSeal | undefined {
  const marker = parse(line)
  return Array.isArray(marker) && marker[0] === 'end' ? marker[1] : undefined
}

function tableOf(line: string): string | undefined {
  if (!line.startsWith('["table",')) return undefined
  const marker = parse(line)
  return Array.isArray(marker) && typeof marker[1] === 'string' ? marker[1] : undefined
}
