import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readTypedSignals, type TypedSignal, typedSignalsFile } from '../client/typed-signals.ts'

/** What was sent from the page of one agency, as the connector writes it down. */
export const openSentSignals = (folder: string) => ({
  all: (): Promise<ReadonlyMap<string, TypedSignal>> => readTypedSignals(folder),

  /** Written down before it is sent, and again with the receipt. On the disk when this returns. */
  async keep(signal: TypedSignal): Promise<void> {
    const file = typedSignalsFile(folder)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await appendFile(file, `\n${JSON.stringify(signal)}`, { mode: 0o600, flush: true })
  },
})
