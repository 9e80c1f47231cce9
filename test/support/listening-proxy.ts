import { createServer, type IncomingHttpHeaders, request as send } from 'node:http'
import { freePort } from './oauth-client.ts'

/** One request and its answer, as they passed. */
export type Exchange = {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly status: number
  readonly answerHeaders: IncomingHttpHeaders
  readonly answer: Buffer
}

/** May answer in the server's stead, or change what the server answered. Undefined: leave it. */
export type Meddling = {
  readonly before?: (exchange: Pick<Exchange, 'method' | 'url' | 'body'>) => Promise<void>
  readonly answer?: (exchange: Exchange) => Promise<unknown>
}

export type ListeningProxy = {
  readonly url: string
  readonly exchanges: Exchange[]
  /** What happens to whatever passes from now on. */
  meddle: (how: Meddling | undefined) => void
  readonly close: () => Promise<void>
}

const bodyOf = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

/** Stands before the server on `target` (a port of this machine) and writes down all that passes. */
export async function openListeningProxy(target: number): Promise<ListeningProxy> {
  const exchanges: Exchange[] = []
  let meddling: Meddling = {}

  const pass = (method: string, url: string, headers: IncomingHttpHeaders, body: Buffer) =>
    new Promise<Exchange>((resolve, reject) => {
      const { 'transfer-encoding': _, ...passed } = headers
      const outgoing = send(
        { host: '127.0.0.1', port: target, method, path: url, headers: passed, agent: false },
        async (incoming) => {
          try {
            resolve({
              method,
              url,
              headers,
              body,
              status: incoming.statusCode ?? 0,
              answerHeaders: incoming.headers,
              answer: await bodyOf(incoming),
            })
          } catch (error) {
            reject(error)
          }
        },
      )
      outgoing.once('error', reject)
      outgoing.end(body)
    })

  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming
    try {
      const body = await bodyOf(incoming)
      await meddling.before?.({ method, url, body })
      const exchange = await pass(method, url, headers, body)
      exchanges.push(exchange)
      const other = await meddling.answer?.(exchange)
      const answer = other === undefined ? exchange.answer : Buffer.from(JSON.stringify(other))
      const { 'content-length': _, 'transfer-encoding': __, ...answered } = exchange.answerHeaders
      outgoing.writeHead(exchange.status, { ...answered, 'content-length': answer.length })
      outgoing.end(answer)
    } catch {
      // The server is away, or broke off: so does this.
      outgoing.destroy()
    }
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    meddle: (how) => {
      meddling = how ?? {}
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
