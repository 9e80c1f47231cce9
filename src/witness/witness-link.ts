import { Compile } from 'typebox/compile'
import { parseVerifierKey } from '../proofs/note.ts'
import { payloadReader } from '../proofs/payload.ts'
import { readStatement } from '../proofs/statement.ts'
import { OperatorCard, OperatorKeysPayload } from '../wire/registry.ts'
import type { WitnessAnswer } from './types.ts'

const operatorCard = Compile(OperatorCard)
const readKeys = payloadReader(OperatorKeysPayload)

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
  timeoutMilliseconds = 10_000,
}: {
  readonly url: string
  readonly peerThumbprint: () => string
  readonly timeoutMilliseconds?: number
}) {
  const send = (path: string, type?: string, body?: string): Promise<Response> =>
    fetch(new URL(path, url), {
      ...(body === undefined || type === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': type }, body }),
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
  }
}

export type WitnessLink = ReturnType<typeof openWitnessLink>
