import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { Receipt } from '../wire/common.ts'
import type { SignalBody } from '../wire/signal.ts'

/** The gateway's final word on a signal. */
export type Answer =
  | { readonly id: string; readonly caseReference: string; readonly receipt: Receipt }
  | { readonly id: string; readonly caseReference: string; readonly refused: string }

/** What is known of one row of a submission: prepared, and then answered. */
export type JournalEntry = { readonly line: number } & ({ readonly body: SignalBody } | Answer)

export type Progress = {
  /** Prepared, not answered: to be sent again exactly as they stand. */
  readonly waiting: Map<number, SignalBody>
  readonly answered: Map<number, Answer>
}

const textOf = (entries: readonly JournalEntry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')

/** Reads what a journal tells; a line cut short by a crash ends it. */
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
      progress.waiting.set(entry.line, entry.body)
      continue
    }
    progress.waiting.delete(entry.line)
    const { line: at, ...answer } = entry
    progress.answered.set(at, answer)
  }
  return progress
}

/**
 * A journal of one submission, so that it can be interrupted anywhere and run again with nothing sent
 * twice: a signal is written down, sealed as it will be sent, before it leaves. It holds tokens until
 * it is finished, never an identity; only its owner can read it.
 */
export async function openJournal(file: string) {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const progress = progressOf(text)
  const handle = await open(file, 'a', 0o600)
  if (text !== '' && !text.endsWith('\n')) await handle.write('\n')

  return {
    ...progress,

    /** Writes entries down; they are on the disk when this returns. */
    async record(entries: readonly JournalEntry[]): Promise<void> {
      await handle.write(textOf(entries))
      await handle.datasync()
    },

    /** Drops the signals' bodies, tokens with them; keeps ids, receipts and refusals. */
    async finish(): Promise<void> {
      await handle.close()
      const lasting = progressOf(await readFile(file, 'utf8')).answered
      const entries = [...lasting].map(([line, answer]) => ({ line, ...answer }))
      const fresh = `${file}.new`
      await rm(fresh, { force: true })
      await writeFile(fresh, textOf(entries), { mode: 0o600, flush: true })
      await rename(fresh, file)
    },

    close: (): Promise<void> => handle.close(),
  }
}
