import type { Logger } from 'pino'
import { base64 } from '../kernel/bytes.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { parseCheckpointText } from '../proofs/checkpoint.ts'
import { parseNote } from '../proofs/note.ts'
import type { Reader } from '../store/reader.ts'
import { type KeptCosignatures, otherOperator } from './cosignatures.ts'
import { type WitnessLink, WitnessRefusal } from './witness-link.ts'

const everyMilliseconds = 10_000

const unknownLedger = 404
const anotherHistory = 409

/**
 * Has the other operator cosign this operator's ledger: every few seconds when it has grown. A witness
 * that does not answer holds nothing up; one that knows another history is told in the log as an error,
 * each time, until people have looked.
 */
export function openCosigning({
  db,
  ledger,
  cosignatures,
  witness,
  introduction,
  logger,
}: {
  readonly db: Reader
  readonly ledger: Ledger
  readonly cosignatures: KeptCosignatures
  readonly witness: WitnessLink
  /** This operator's `operator-keys`, by which the witness gets to know its ledger. */
  readonly introduction: string
  readonly logger: Logger
}) {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let answers = true

  async function bodyFor(note: string, old: number): Promise<string> {
    const { size } = parseCheckpointText(parseNote(note).text)
    const proof = old === 0 || old >= size ? [] : await ledger.consistencyProof(db, old, size)
    return `old ${old}\n${proof.map((hash) => `${base64(hash)}\n`).join('')}\n${note}`
  }

  /** Asks from where the witness is; when it says that it is elsewhere, once more from there. */
  async function cosignatureOf(note: string, old: number): Promise<string> {
    const first = await witness.addCheckpoint(await bodyFor(note, old))
    if ('cosignature' in first) return first.cosignature
    const second = await witness.addCheckpoint(await bodyFor(note, first.size))
    if ('cosignature' in second) return second.cosignature
    throw new WitnessRefusal(anotherHistory)
  }

  async function ask(): Promise<void> {
    const note = await ledger.checkpoint(db)
    const { size } = parseCheckpointText(parseNote(note).text)
    const last = (await cosignatures.list()).find((kept) => kept.witness === otherOperator)
    if (size === 0 || last?.size === size) return
    const witnessKey = await witness.witnessKey()
    const old = last?.size ?? 0
    const cosignature = await cosignatureOf(note, old).catch(async (error: unknown) => {
      if (!(error instanceof WitnessRefusal) || error.status !== unknownLedger) throw error
      await witness.introduce(introduction)
      return cosignatureOf(note, old)
    })
    await cosignatures.keep(`${note}${cosignature}`, { witness: otherOperator, witnessKey })
  }

  async function run(): Promise<void> {
    try {
      await ask()
      if (!answers) logger.info('the witness cosigns again')
      answers = true
    } catch (error) {
      const { message } = error instanceof Error ? error : new Error('unknown')
      if (error instanceof WitnessRefusal) {
        logger.error({ reason: message }, 'the witness refuses to cosign: is this another history?')
      } else if (answers) {
        logger.warn({ reason: message }, 'the witness cannot be asked to cosign')
      }
      answers = false
    }
  }

  return {
    run,

    begin(): void {
      timer = setInterval(() => {
        running = running.then(run)
      }, everyMilliseconds).unref()
    },

    async close(): Promise<void> {
      clearInterval(timer)
      await running
    },
  }
}
