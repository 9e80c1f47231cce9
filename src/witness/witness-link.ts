import { Compile } from 'typebox/compile'
import { parseVerifierKey } from '../proofs/note.ts'
import { payloadReader } from '../proofs/payload.ts'
import { readStatement } from '../proofs/statement.ts'
import { SampleBeacon, SampleBeaconPayload } from '../wire/justification.ts'
import { OperatorCard, OperatorKeysPayload } from '../wire/registry.ts'
import type { WitnessAnswer } from './types.ts'

const operatorCard = Compile(OperatorCard)
const sampleBeacon = Compile(SampleBeacon)
const readKeys = payloadReader(OperatorKeysPayload)
const readBeacon = payloadReader(SampleBeaconPayload)

/** What the other operator answered instead of a cosignature. */
export class WitnessRefusal extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the witness answered ${status}`)
    this.name = 'WitnessRefusal'
    this.status = status
  }
}

/** The HTTP link to the other operator as a witness. Nothing that it says is believed without its root key. */
export function openWitnessLink({
  url,
  peerThumbprint,
  traceparent,
  timeoutMilliseconds = 10_000,
}: {
  readonly url: string
  readonly peerThumbprint: () => string
  readonly traceparent: () => string
  readonly timeoutMilliseconds?: number
}) {
  const send = (path: string, type?: string, body?: string): Promise<Response> =>
    fetch(new URL(path, url), {
      headers: {
        traceparent: traceparent(),
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { method: 'POST', body }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    })

  async function introduction() {
    const card: unknown = await (await send('/v1/operator')).json()
    if (!operatorCard.Check(card)) throw new Error('the witness is not an operator')
    const statement = card.keys
    const keys = readKeys(await readStatement('operator-keys', statement, peerThumbprint()))
    parseVerifierKey(keys.witnessKey, 'cosignature')
    return { statement, witnessKey: keys.witnessKey }
  }

  return {
    /** The key of its cosignatures, as its root key signed it. */
    witnessKey: async (): Promise<string> => (await introduction()).witnessKey,

    /** Its `operator-keys`, which others can verify for themselves. */
    keys: async (): Promise<string> => (await introduction()).statement,

    /** @throws WitnessRefusal */
    async introduce(statement: string): Promise<void> {
      const body = JSON.stringify({ statement })
      const { ok, status } = await send('/v1/witness/ledgers', 'application/json', body)
      if (!ok) throw new WitnessRefusal(status)
    },

    /** @throws WitnessRefusal */
    async addCheckpoint(body: string): Promise<WitnessAnswer> {
      const response = await send('/v1/witness/add-checkpoint', 'text/plain', body)
      const text = await response.text()
      const isSize = response.headers.get('content-type')?.startsWith('text/x.tlog.size') === true
      if (response.status === 409 && isSize) return { size: Number(text) }
      if (!response.ok) throw new WitnessRefusal(response.status)
      return { cosignature: text }
    },

    /**
     * The other operator’s word for a week, as its root key signed it.
     * @throws WitnessRefusal, StatementError
     */
    async sampleBeacon(
      week: string,
    ): Promise<{ readonly statement: string; readonly payload: SampleBeaconPayload }> {
      const response = await send(
        '/v1/witness/sample-beacons',
        'application/json',
        JSON.stringify({ week }),
      )
      if (!response.ok) throw new WitnessRefusal(response.status)
      const said: unknown = await response.json()
      if (!sampleBeacon.Check(said)) throw new Error('the witness said no word for a week')
      const { statement } = said
      const payload = readBeacon(await readStatement('sample-beacon', statement, peerThumbprint()))
      if (payload.week !== week) throw new Error('the word of the witness is for another week')
      return { statement, payload }
    },
  }
}

export type WitnessLink = ReturnType<typeof openWitnessLink>
