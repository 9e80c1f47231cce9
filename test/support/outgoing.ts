import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Haystack } from './leak-search.ts'

const created = 'undici:request:create'
const chunkSent = 'undici:request:bodyChunkSent'
const chunkReceived = 'undici:request:bodyChunkReceived'

type Told = {
  readonly request: { readonly method: string; readonly path: string; readonly headers: unknown }
  readonly chunk?: Uint8Array | string
}

/** Writes down every request that this process sends with `fetch`: address, headers and body; and the body of its answer. */
export function listenToOutgoing(t: { readonly teardown: (work: () => void) => void }): Haystack[] {
  const sent: Haystack[] = []
  const onCreated = (message: unknown) => {
    const { method, path, headers } = (message as Told).request
    const bytes = Buffer.from(`${method} ${path}\n${JSON.stringify(headers)}`)
    sent.push({ name: `request for ${path}`, bytes, raw: false })
  }
  const onChunk = (message: unknown) => {
    const { request, chunk = '' } = message as Told
    sent.push({ name: `body for ${request.path}`, bytes: Buffer.from(chunk), raw: false })
  }
  const onAnswer = (message: unknown) => {
    const { request, chunk = '' } = message as Told
    sent.push({ name: `answer for ${request.path}`, bytes: Buffer.from(chunk), raw: false })
  }
  subscribe(chunkReceived, onAnswer)
  subscribe(created, onCreated)
  subscribe(chunkSent, onChunk)
  t.teardown(() => {
    unsubscribe(chunkReceived, onAnswer)
    unsubscribe(created, onCreated)
    unsubscribe(chunkSent, onChunk)
  })
  return sent
}
