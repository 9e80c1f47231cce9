import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Receipt } from '../wire/common.ts'
import type { SignalBody } from '../wire/signal.ts'

/** A signal that was sent from the page. Codes and the agency's own case reference: no token, no identity, no text. */
export type TypedSignal = {
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

export const typedSignalsFile = (folder: string): string =>
  join(folder, 'submissions', 'reporter-page.jsonl')

/** All signals that were sent from the page of one agency, in their order. A line cut short by a crash is passed over. */
export async function readTypedSignals(folder: string): Promise<ReadonlyMap<string, TypedSignal>> {
  const text = await readFile(typedSignalsFile(folder), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    },
  )
  const signals = new Map<string, TypedSignal>()
  for (const line of text.split('\n')) {
    try {
      const signal = JSON.parse(line) as TypedSignal
      signals.set(signal.id, signal)
    } catch {}
  }
  return signals
}

/** Those under one agreement to which the gateway has answered. */
export const typedSignals = async (folder: string, agreement: string): Promise<TypedSignal[]> =>
  [...(await readTypedSignals(folder)).values()].filter(
    (signal) => signal.agreement === agreement && signal.receipt !== undefined,
  )
