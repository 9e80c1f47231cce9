import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'

type Test = { readonly teardown: (work: () => void | Promise<void>) => void }

export type Came = { readonly headers: IncomingHttpHeaders; readonly body: Buffer }
export type Answering = (came: Came, response: ServerResponse) => void | Promise<void>

export const receiverHost = 'receiver.example'

/**
 * A server over TLS, as the system of an agency runs one, under a certificate of its own that
 * `authoritiesFile` lets others trust. It answers as it is told at the moment.
 */
export async function openReceiver(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'raakvlak-receiver-'))
  const { private: key, cert } = await generate([{ name: 'commonName', value: receiverHost }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: receiverHost },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  const authoritiesFile = join(folder, 'authorities.pem')
  writeFileSync(authoritiesFile, cert)
  let answering: Answering = (_came, response) => void response.writeHead(200).end()
  const came: Came[] = []
  const server = createServer({ key, cert }, async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const one = { headers: request.headers, body: Buffer.concat(parts) }
    came.push(one)
    await answering(one, response)
  })
  const listen = (port = 0): Promise<void> =>
    new Promise((done) => void server.listen(port, '127.0.0.1', done))
  await listen()
  const { port } = server.address() as AddressInfo
  const stop = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  t.teardown(async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    port,
    authoritiesFile,
    /** Everything that came, in its order. */
    came,
    answer: (next: Answering): void => {
      answering = next
    },
    stop,
    start: () => listen(port),
  }
}

export type Receiver = Awaited<ReturnType<typeof openReceiver>>
