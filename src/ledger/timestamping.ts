import { readFile } from 'node:fs/promises'
import { utf8 } from '../kernel/bytes.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import { parseCheckpointText } from '../proofs/checkpoint.ts'
import { parseNote } from '../proofs/note.ts'
import type { Reader } from '../store/reader.ts'
import {
  nonceBytes,
  readCertificates,
  TimestampError,
  timestampRequest,
  verifyTimestamp,
} from '../timestamps/timestamp.ts'
import type { Ledger } from './ledger.ts'
import { addTimestamp, latestTimestamps } from './timestamp-store.ts'

export type TimestampSettings = {
  /** Address of the authority (RFC 3161 §3.4). */
  readonly url: string
  /** File with the certificates (PEM) that are trusted. */
  readonly authorityFile: string
  readonly everyMinutes?: number
}

const usualMinutes = 60
const largestAnswer = 64 * 1024
/** How far the authority's clock may be from this one. */
const mostApartSeconds = 300

async function answerOf(url: string, request: Uint8Array): Promise<Uint8Array> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/timestamp-query',
      accept: 'application/timestamp-reply',
    },
    body: new Uint8Array(request),
    redirect: 'error',
    signal: AbortSignal.timeout(20_000),
  })
  if (!response.ok) throw new TimestampError(`the authority answered ${response.status}`)
  const answer = new Uint8Array(await response.arrayBuffer())
  if (answer.length > largestAnswer) throw new TimestampError('the answer is too long')
  return answer
}

/**
 * Has an outside authority put its time under the newest checkpoint, when the ledger has grown and the last
 * timestamp is old enough. An answer that does not hold is not kept.
 */
export function openTimestamping({
  clock,
  random,
  db,
  ledger,
  settings: { url, authorityFile, everyMinutes = usualMinutes },
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Pick<Ledger, 'checkpoint'>
  readonly settings: TimestampSettings
}) {
  return {
    /** @throws TimestampError, or whatever keeps the authority from being reached */
    async run(): Promise<void> {
      const [last] = await latestTimestamps(db, 1)
      const due = last === undefined || shifted(last.stampedAt, everyMinutes * 60) <= clock.now()
      if (!due) return
      const checkpoint = await ledger.checkpoint(db)
      const { size } = parseCheckpointText(parseNote(checkpoint).text)
      if (size === 0 || size === last?.size) return
      const authority = readCertificates(await readFile(authorityFile, 'utf8'))
      const nonce = random.bytes(nonceBytes)
      const content = utf8(checkpoint)
      const response = await answerOf(url, await timestampRequest(content, nonce))
      const stampedAt = await verifyTimestamp({ content, response, authority, nonce })
      if (Math.abs(stampedAt.getTime() - clock.now().getTime()) > mostApartSeconds * 1000) {
        throw new TimestampError('the clock of the authority and the own one are far apart')
      }
      await addTimestamp(db, { size, checkpoint, stampedAt, response })
    },
  }
}
