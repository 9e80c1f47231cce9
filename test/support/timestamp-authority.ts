import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { freePort } from './oauth-client.ts'

const settings = `
[ tsa ]
default_tsa = here
[ here ]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = root.pem
signer_key = tsa.key
signer_digest = sha512
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`

/** Purposes of the certificates that \`makeCertificates\` makes. */
const usages = {
  tsa: 'extendedKeyUsage=critical,timeStamping',
  lax: 'extendedKeyUsage=timeStamping',
  both: 'extendedKeyUsage=critical,timeStamping,codeSigning',
  server: 'extendedKeyUsage=critical,serverAuth',
  none: 'keyUsage=critical,digitalSignature',
} as const
export type CertificateName = keyof typeof usages

/** Whether this machine has the program that the authority of these tests is. */
export const hasOpenssl = (): boolean => {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).startsWith('OpenSSL 3')
  } catch {
    return false
  }
}

/** A root, and under it certificates for timestamps and for other things; RSA, as most authorities have. */
export function makeCertificates(folder: string): void {
  const openssl = (...words: string[]) =>
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  const key = ['-newkey', 'rsa:2048', '-nodes']
  for (const root of ['root', 'stranger']) {
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${root}.key`,
      '-out',
      `${root}.pem`,
      '-subj',
      `/CN=${root}`,
    )
  }
  for (const [name, usage] of Object.entries(usages)) {
    writeFileSync(join(folder, `${name}.ext`), `${usage}\nbasicConstraints=CA:false\n`)
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    const signed = [
      '-CA',
      'root.pem',
      '-CAkey',
      'root.key',
      '-days',
      '10',
      '-extfile',
      `${name}.ext`,
    ]
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`)
  }
  writeFileSync(join(folder, 'tsa.cnf'), settings)
  writeFileSync(join(folder, 'serial'), '01')
}

/** Stamps a request as `openssl ts` does. */
export function stamp(folder: string, request: Uint8Array): Uint8Array {
  writeFileSync(join(folder, 'request.tsq'), request)
  const words = ['-config', 'tsa.cnf', '-section', 'here', '-queryfile', 'request.tsq']
  execFileSync('openssl', ['ts', '-reply', ...words, '-out', 'answer.tsr'], {
    cwd: folder,
    stdio: 'pipe',
  })
  return readFileSync(join(folder, 'answer.tsr'))
}

type Test = { readonly teardown: (work: () => Promise<void>) => void }

/** An authority at an address of this machine; `answer` may answer in its stead. */
export async function openAuthority(t: Test, folder: string) {
  const asked: Uint8Array[] = []
  let instead: ((request: Uint8Array) => Uint8Array | number) | undefined
  const server = createServer(async (incoming, outgoing) => {
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part)
    const request = Buffer.concat(parts)
    asked.push(request)
    const answer = instead?.(request) ?? stamp(folder, request)
    if (typeof answer === 'number') return outgoing.writeHead(answer).end()
    outgoing.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(answer)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  t.teardown(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answer: (how: typeof instead): void => {
      instead = how
    },
  }
}
