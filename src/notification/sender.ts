import { type RequestOptions, request } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { rootCertificates } from 'node:tls'
import { concat } from '../kernel/bytes.ts'
import type { AttemptResult } from '../wire/webhook.ts'
import type { Destination, Destinations } from './destination.ts'

export type Sender = ReturnType<typeof openSender>

/** How a receiver answered; its body only where it accepted, and not more than fits. */
export type Answer = {
  readonly result: AttemptResult
  readonly status?: number
  readonly body?: Uint8Array
}

export type SenderLimits = {
  /** Until the connection stands, TLS included. */
  readonly connectMilliseconds: number
  /** Until the whole answer is there. */
  readonly wholeMilliseconds: number
}

const usualLimits: SenderLimits = { connectMilliseconds: 5_000, wholeMilliseconds: 15_000 }
const largestAnswer = 16_384

const certificateFault = /^(?:ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_SSL_)/

function resultOf(error: unknown): AttemptResult {
  const { code = '', name = '' } = error as { readonly code?: string; readonly name?: string }
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout'
  if (certificateFault.test(code)) return 'untrusted-certificate'
  return 'unreachable'
}

/**
 * Sends a request to a webhook: over TLS, to the address that was checked and to no other, without
 * following where it points, within limits of time and size. What went wrong is told in one word.
 */
export function openSender({
  destinations,
  authorities,
  traceparent,
  limits = usualLimits,
}: {
  readonly destinations: Pick<Destinations, 'find'>
  /** Certificates (PEM) that are trusted beside the usual ones. */
  readonly authorities: readonly string[]
  /** Of a trace that says nothing of what a notice came from. */
  readonly traceparent: () => string
  readonly limits?: SenderLimits
}) {
  const ca = [...rootCertificates, ...authorities]

  const optionsFor = ({ url, address, family }: Destination): RequestOptions => ({
    method: 'POST',
    agent: false,
    ca,
    minVersion: 'TLSv1.2',
    maxHeaderSize: 16_384,
    signal: AbortSignal.timeout(limits.wholeMilliseconds),
    // A name has an address of its own here: nobody is asked a second time.
    lookup: (_host, { all }, answer) =>
      all ? answer(null, [{ address, family }]) : answer(null, address, family),
    ...(isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? { servername: url.hostname } : {}),
  })

  const send = (
    destination: Destination,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
  ): Promise<Answer> =>
    new Promise((resolve) => {
      let parts: Uint8Array[] = []
      let size = 0
      const fail = (error: unknown): void => resolve({ result: resultOf(error) })
      const sent = request(destination.url, optionsFor(destination), (response) => {
        const { statusCode: status = 0 } = response
        const accepted = status >= 200 && status < 300
        const redirected = status >= 300 && status < 400
        if (!accepted) {
          sent.destroy()
          return resolve({ result: redirected ? 'redirected' : 'refused', status })
        }
        response.on('data', (part: Uint8Array) => {
          size += part.length
          if (size > largestAnswer) {
            parts = []
            sent.destroy()
            resolve({ result: 'wrong-answer', status })
          } else parts.push(part)
        })
        response.on('error', fail)
        response.on('end', () => resolve({ result: 'accepted', status, body: concat(...parts) }))
      })
      sent.on('error', fail)
      // Whatever ended it first has said so already; an end without a word is none that accepts.
      sent.on('close', () => resolve({ result: 'unreachable' }))
      sent.on('socket', (socket: Socket) => limitConnecting(socket, limits.connectMilliseconds))
      sent.setHeaders(new Map(Object.entries(headers)))
      sent.end(body)
    })

  return {
    /** Sends to where a webhook stands now. Its address is looked up and checked every time. */
    async post(
      url: string,
      headers: Readonly<Record<string, string>>,
      body: Uint8Array,
    ): Promise<Answer> {
      const destination = await destinations.find(url)
      if (destination === 'forbidden') return { result: 'forbidden-address' }
      if (destination === 'unknown') return { result: 'unreachable' }
      const own = { traceparent: traceparent(), 'content-length': String(body.length) }
      return send(destination, { ...headers, ...own }, body)
    },
  }
}

function limitConnecting(socket: Socket, milliseconds: number): void {
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('no connection in time'), { name: 'TimeoutError' }))
  }, milliseconds)
  const settle = () => clearTimeout(timer)
  socket.once('secureConnect', settle)
  socket.once('close', settle)
}
