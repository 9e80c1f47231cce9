import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { makeAgencyKeys, rootThumbprintOf } from '../../src/client/agency-keys.ts'
import { openPartner } from '../../src/client/partner.ts'
import { base64url } from '../../src/kernel/bytes.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { randomUuid, systemRandomness } from '../../src/kernel/random.ts'
import type { OperatorName } from '../../src/oprf/types.ts'
import { compositeTypes } from '../../src/wire/codes.ts'
import type { SignalBody } from '../../src/wire/signal.ts'
import { admit, agree, type DemoAgency } from '../demo/agencies.ts'
import { pinsOf, startOperator, writeSettings } from '../demo/operators.ts'
import type { Measurement } from './evaluation.ts'

/** Requests in flight at once, for the gateway and for the baseline alike. */
const connections = 16
const rounds = 3
const perRound = { single: 300, bulk: 12, bare: 600 }
const signalsPerBulk = 100

type Ready = {
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** Sends ready-made requests over kept connections; seconds that all of them took. */
async function drive(
  origin: string,
  requests: readonly Ready[],
  expected: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const send = ({ path, headers, body }: Ready) =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request(
        new URL(path, origin),
        {
          method: 'POST',
          agent,
          headers: {
            ...headers,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          },
        },
        (answer) => {
          let text = ''
          answer.on('data', (chunk) => {
            text += chunk
          })
          answer.on('end', () =>
            answer.statusCode === expected
              ? resolve()
              : reject(new Error(`${answer.statusCode} ${text.slice(0, 300)}`)),
          )
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let at = next++; at < requests.length; at = next++) {
        const ready = requests[at]
        if (ready !== undefined) await send(ready)
      }
    }),
  )
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  return seconds
}

/** A signal about nobody in particular: random tokens, as many as a person usually has. */
const signalWith = (agreement: string, purpose: string): SignalBody => ({
  id: randomUuid(systemRandomness),
  agreement,
  purpose,
  domain: `${purpose}-persons`,
  epoch: 1,
  subjectKind: 'person',
  tokens: (['bsn', 'phone', ...compositeTypes] as const).map((type) => ({
    type,
    token: base64url(systemRandomness.bytes(64)),
  })),
  category: 'labour-exploitation',
  indicators: [],
  observedOn: '2026-01-01',
  role: 'unknown',
  caseReference: 'BENCH',
  ageBand: 'adult',
  retainUntil: '2028-01-01',
  leadRoute: 'general',
  sealed: [],
})

/** Signs access: a token once, and a fresh proof for each request, made before the clock runs. */
async function openProofs(origin: string, clientId: string, clientKey: JWK) {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const proof = (path: string, token?: string) =>
    new SignJWT({
      htm: 'POST',
      htu: new URL(path, origin).href,
      jti: randomUuid(systemRandomness),
      ...(token === undefined
        ? {}
        : { ath: createHash('sha256').update(token).digest('base64url') }),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(privateKey)
  const assertion = await new SignJWT({ jti: randomUuid(systemRandomness) })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(`${origin}/oauth`)
    .setIssuedAt()
    .setExpirationTime('2m')
    .sign(clientKey as never)
  const answer = await fetch(`${origin}/oauth/token`, {
    method: 'POST',
    headers: { dpop: await proof('/oauth/token') },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      resource: `${origin}/v1`,
      scope: 'submit',
    }),
  })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return async (path: string, body: object): Promise<Ready> => ({
    path,
    headers: { authorization: `DPoP ${token}`, dpop: await proof(path, token) },
    body: JSON.stringify(body),
  })
}

async function startBare(
  folder: string,
): Promise<{ readonly origin: string; readonly child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    [new URL('./bare-server.ts', import.meta.url).pathname, '--directory', join(folder, 'bare')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  for await (const line of createInterface({ input: child.stdout })) return { origin: line, child }
  throw new Error('the bare server did not start')
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0

/**
 * Signals per second through the whole gateway, one and one hundred per request, against rows per
 * second of a bare insert behind Fastify; interleaved in one run, on PostgreSQL that really syncs.
 */
export async function benchSubmission(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'raakvlak-bench-'))
  const stops: (() => Promise<unknown>)[] = []
  try {
    const bare = await startBare(folder)
    stops.push(async () => {
      const gone = new Promise((resolve) => bare.child.once('exit', resolve))
      bare.child.kill('SIGTERM')
      await gone
    })
    const { file, settings } = await writeSettings(folder)
    const starting = (operator: OperatorName) => {
      const { greeting, stop } = startOperator(operator, file, folder)
      stops.push(stop)
      return greeting
    }
    const gateway = await starting('gateway')
    const keyholder = await starting('keyholder')
    const pins = pinsOf(gateway, keyholder, settings)
    const parties = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const keys = await makeAgencyKeys()
        const agency = `bench-${name}`
        const partner = openPartner({
          agency,
          client: 'connector',
          keys,
          pins,
          clock: systemClock,
          random: systemRandomness,
        })
        const demo: DemoAgency = {
          name: agency,
          file: agency,
          rows: [],
          rejected: [],
          contactDesk: agency,
          partner,
          keys,
          rootThumbprint: await rootThumbprintOf(keys),
        }
        return { demo, keys }
      }),
    )
    const agencies = parties.map(({ demo }) => demo)
    await admit(agencies, pins, {
      gateway: gateway.enrolmentCode ?? '',
      keyholder: keyholder.enrolmentCode ?? '',
    })
    const { hash, content } = await agree(agencies, pins)
    const clientKey = parties[0]?.keys.client
    if (clientKey === undefined) throw new Error('no agency')
    const origin = pins.gateway.url
    const ready = await openProofs(origin, 'bench-one.connector', clientKey)
    const signal = () => signalWith(hash, content.purpose)

    const found = { bare: [] as number[], single: [] as number[], bulk: [] as number[] }
    for (let round = -1; round < rounds; round += 1) {
      const bares = Array.from({ length: perRound.bare }, () => ({
        path: '/rows',
        headers: {},
        body: JSON.stringify({ id: randomUuid(systemRandomness), body: 'x'.repeat(1000) }),
      }))
      const singles = await Promise.all(
        Array.from({ length: perRound.single }, () => ready('/v1/signals', signal())),
      )
      const rates = {
        bare: perRound.bare / (await drive(bare.origin, bares, 201)),
        single: perRound.single / (await drive(origin, singles, 201)),
        bulk: 0,
      }
      const bulks = await Promise.all(
        Array.from({ length: perRound.bulk }, () =>
          ready('/v1/signals/_bulk', { signals: Array.from({ length: signalsPerBulk }, signal) }),
        ),
      )
      rates.bulk = (perRound.bulk * signalsPerBulk) / (await drive(origin, bulks, 200))
      // The first round only warms up.
      if (round >= 0)
        for (const name of ['bare', 'single', 'bulk'] as const) found[name].push(rates[name])
    }
    const result = (name: 'single' | 'bulk'): Measurement => {
      const ratio = median(found[name].map((rate, at) => rate / (found.bare[at] ?? 1)))
      return {
        name: `submission/${name}`,
        value: median(found[name]),
        unit: 'signals/s',
        baseline: median(found.bare),
        ratio,
      }
    }
    return [result('single'), result('bulk')]
  } finally {
    for (const stop of stops) await stop()
    await rm(folder, { recursive: true, force: true })
  }
}
