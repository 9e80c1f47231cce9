import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Receipt } from '../wire/common.ts'
import type { SignalBody } from '../wire/signal.ts'

/** A signal that was sent from the page. Codes and the agency's own case reference: no token, no identity, no text. */
export type SentRecord = {
  /** In the form of a submission's journal, so that the commands know these signals too. */
  readonly row: string
  readonly id: string
  readonly caseReference: string
  readonly agreement: string
  readonly subjectKind: SignalBody['subjectKind']
  readonly category: SignalBody['category']
  readonly epoch: number
  /** Opaque name of the officer who sent it. */
  readonly officer: string
  readonly sentAt: string
  /** Absent until the gateway has answered: the signal may stand there or not. */
  readonly receipt?: Receipt
}

export const sentSignalsFile = (folder: string): string =>
  join(folder, 'submissions', 'reporter-page.jsonl')

/** What was sent from the page of one agency, by id. A line cut short by a crash is passed over. */
export function openSentSignals(folder: string) {
  const file = sentSignalsFile(folder)

  async function all(): Promise<ReadonlyMap<string, SentRecord>> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const records = new Map<string, SentRecord>()
    for (const line of text.split('\n')) {
      try {
        const record = JSON.parse(line) as SentRecord
        records.set(record.id, record)
      } catch {}
    }
    return records
  }

  return {
    all,

    /** Written down before it is sent, and again with the receipt. On the disk when this returns. */
    async keep(record: SentRecord): Promise<void> {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await appendFile(file, `\n${JSON.stringify(record)}`, { mode: 0o600, flush: true })
    },
  }
}
