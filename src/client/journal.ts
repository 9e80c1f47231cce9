import { open, readFile } from 'node:fs/promises'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { writeDurably } from '../files/durable-file.ts'
import { lockFile } from '../files/file-lock.ts'
import { fromHex, hex } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'
import { systemRandomness } from '../kernel/random.ts'
import type { EarlierKnown } from '../wire/archive.ts'
import type { Receipt } from '../wire/common.ts'
import type { SignalBody } from '../wire/signal.ts'
import type { SignalRow } from './rows.ts'

/** The gateway's final word on a signal. */
export type Answer =
  | {
      readonly id: string
      readonly caseReference: string
      readonly receipt: Receipt
      /** Of the newest tokens; see `epochOf`. */
      readonly epoch?: number
      /** Told once: kept here, so that it is not lost with a line on a screen. */
      readonly earlierKnown?: readonly EarlierKnown[]
    }
  | { readonly id: string; readonly caseReference: string; readonly refused: string }

/** The epoch of a signal's newest tokens; journals of before do not say it. */
export const epochOf = (answer: Answer): number =>
  ('receipt' in answer ? answer.epoch : undefined) ?? 1

/** What is known of one row: prepared, and then answered. `row` is its mark. */
export type JournalEntry = { readonly row: string } & ({ readonly body: SignalBody } | Answer)

export type Progress = {
  /** By mark of the row. Prepared, not answered: to be sent again exactly as they stand. */
  readonly waiting: Map<string, SignalBody>
  readonly answered: Map<string, Answer>
}

const textOf = (entries: readonly JournalEntry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')

/** Reads what a journal tells; a line cut short by a crash is passed over, and the row it was about is open. */
function progressOf(text: string): Progress {
  const progress: Progress = { waiting: new Map(), answered: new Map() }
  for (const line of text.split('\n')) {
    let entry: JournalEntry
    try {
      entry = JSON.parse(line) as JournalEntry
    } catch {
      continue
    }
    if ('body' in entry) {
      progress.waiting.set(entry.row, entry.body)
      continue
    }
    progress.waiting.delete(entry.row)
    const { row, ...answer } = entry
    progress.answered.set(row, answer)
  }
  return progress
}

async function textIn(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
}

/**
 * The gateway's answers that a journal holds, one of each signal, also while a submission is writing it.
 * A corrected signal has several rows.
 */
export const answersIn = async (file: string): Promise<readonly Answer[]> => {
  const answers = [...progressOf(await textIn(file)).answered.values()]
  return [...new Map(answers.map((answer) => [answer.id, answer])).values()]
}

/** The key of a journal's marks, in a file of its own: without it nobody can try who a mark is about. */
async function markKey(file: string, isNew: boolean): Promise<Uint8Array> {
  const kept = (await textIn(file)).trim()
  if (kept !== '') return fromHex(kept)
  if (!isNew) throw new Error(`${file} is missing: without it, rows that were sent are not known`)
  const key = systemRandomness.bytes(32)
  writeDurably(file, `${hex(key)}\n`)
  return key
}

/**
 * The journal of what an agency submits under one agreement, so that it can be interrupted anywhere and
 * run again, and a file mended and submitted again, with nothing sent twice: a signal is written down,
 * sealed as it will be sent, before it leaves. Rows are known by marks, keyed hashes of all that they say.
 * It holds tokens until it is finished, never an identity; only its owner can read it.
 * @throws Error while another process has the same journal open
 */
export async function openJournal(file: string) {
  const release = lockFile(`${file}.lock`)
  if (release === undefined) {
    throw new Error('another process is submitting under this agreement; wait until it has ended')
  }
  try {
    return await openHeld(file, release)
  } catch (error) {
    release()
    throw error
  }
}

async function openHeld(file: string, release: () => void) {
  const text = await textIn(file)
  const progress = progressOf(text)
  const key = await markKey(`${file}.key`, progress.waiting.size + progress.answered.size === 0)
  const handle = await open(file, 'a', 0o600)
  if (text !== '' && !text.endsWith('\n')) await handle.write('\n')

  return {
    ...progress,

    /** One mark per row, in their order. Rows that say the same differ by how often it was said before. */
    marksOf(rows: readonly SignalRow[]): readonly string[] {
      const times = new Map<string, number>()
      return rows.map(({ line: _, ...said }) => {
        const mark = hex(hmac(sha256, key, canonicalBytes(said)))
        const time = (times.get(mark) ?? 0) + 1
        times.set(mark, time)
        return time === 1 ? mark : `${mark}-${time}`
      })
    },

    /** Writes entries down; they are on the disk when this returns. */
    async record(entries: readonly JournalEntry[]): Promise<void> {
      await handle.write(textOf(entries))
      await handle.datasync()
    },

    /** Drops the signals' bodies, tokens with them; keeps ids, receipts and refusals. */
    async finish(): Promise<void> {
      await handle.close()
      const lasting = progressOf(await readFile(file, 'utf8')).answered
      writeDurably(file, textOf([...lasting].map(([row, answer]) => ({ row, ...answer }))))
      release()
    },

    async close(): Promise<void> {
      await handle.close()
      release()
    },
  }
}
