import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import type { FastifyPluginAsync } from 'fastify'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { openOauth, type RegisteredClient } from '../../src/agencies/oauth.ts'
import { openLog } from '../../src/door/request-log.ts'
import { makeServer, type ServerSettings } from '../../src/door/server.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import type { PrivateJwk } from '../../src/proofs/statement.ts'
import { type FreshDatabase, freshDatabase } from './postgres.ts'

export const makeKey = async (alg = 'ES256'): Promise<PrivateJwk> => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return (await exportJWK(privateKey)) as PrivateJwk
}

export const publicHalf = ({ d: _, ...rest }: JWK): JWK => rest

/** A port that nobody listens on: the public URL has to be known before the server is made. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

type Test = { readonly teardown: (work: () => Promise<void>) => void }

/** The door, the authorization server and two routes, on a loopback port, over a real PostgreSQL. */
export async function openDoor(
  t: Test,
  {
    database,
    routes,
    ...settings
  }: Partial<ServerSettings> & {
    readonly database?: FreshDatabase
    readonly routes?: FastifyPluginAsync
  } = {},
) {
  const { db } = await (database ?? (await freshDatabase(t, 'gateway'))).open()
  const publicUrl = `http://127.0.0.1:${await freePort()}`
  const logged: string[] = []
  const logger = openLog({
    level: 'debug',
    destination: { write: (line: string) => void logged.push(line) },
  })
  const signingKey = await makeKey()
  const clientKey = await makeKey()
  const clients = new Map<string, RegisteredClient>([
    ['politie.connector', { key: publicHalf(clientKey), active: true }],
  ])
  const oauth = await openOauth({
    clock: systemClock,
    db,
    logger,
    publicUrl,
    signingKeys: [signingKey],
    findClient: async (agency, client) => clients.get(`${agency}.${client}`),
  })
  const app = makeServer({
    clock: systemClock,
    random: systemRandomness,
    logger,
    publicUrl,
    apiVersion: '0.1.0',
    callers: { ...oauth, db },
    limits: { perAddress: 100_000, perClient: 100_000 },
    ...settings,
  })
  app.register(oauth.routes)
  app.register(async (inner) => {
    inner.get('/v1/me', { config: { access: { scope: 'read' } } }, async ({ caller }) => caller)
    inner.post('/v1/me', { config: { access: { scope: 'submit' } } }, async ({ caller }) => caller)
  })
  if (routes !== undefined) app.register(routes)
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: Number(new URL(publicUrl).port) })
  return { app, db, oauth, publicUrl, signingKey, clientKey, clients, logged }
}

export type Door = Awaited<ReturnType<typeof openDoor>>

export const now = (): number => Math.floor(Date.now() / 1000)

export const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url')

type Overrides = {
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
  readonly key?: PrivateJwk | CryptoKey | Uint8Array
}

const sign = async (
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
  key: PrivateJwk | CryptoKey | Uint8Array,
): Promise<string> =>
  new SignJWT(claims).setProtectedHeader(header as { alg: string }).sign(key as JWK)

/** A DPoP proof; `undefined` among the overrides leaves a member out. */
export const makeProof = (
  key: PrivateJwk,
  { method = 'GET', url, token }: { method?: string; url: string; token?: string },
  { header, claims, key: signer = key }: Overrides = {},
): Promise<string> =>
  sign(
    {
      typ: 'dpop+jwt',
      alg: key.kty === 'OKP' ? 'EdDSA' : 'ES256',
      jwk: publicHalf(key),
      ...header,
    },
    {
      jti: randomUUID(),
      htm: method,
      htu: url,
      iat: now(),
      ...(token === undefined ? {} : { ath: hashOf(token) }),
      ...claims,
    },
    signer,
  )

export const makeAssertion = (
  { oauth, clientKey }: Pick<Door, 'oauth' | 'clientKey'>,
  { header, claims, key = clientKey }: Overrides = {},
): Promise<string> =>
  sign(
    { alg: 'ES256', ...header },
    {
      iss: 'politie.connector',
      sub: 'politie.connector',
      aud: oauth.issuer,
      jti: randomUUID(),
      iat: now(),
      exp: now() + 60,
      ...claims,
    },
    key,
  )

export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
  readonly text: string
}

export const readAnswer = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' ? {} : JSON.parse(text),
  }
}

/** Asks for a token. Parameters and headers given as `undefined` are left out. */
export async function askToken(
  door: Door,
  bound: PrivateJwk,
  parameters: Record<string, string | undefined> = {},
  headers: Record<string, string | undefined> = {},
): Promise<Answer> {
  const url = `${door.oauth.issuer}/token`
  const all = {
    grant_type: 'client_credentials',
    resource: door.oauth.audience,
    scope: 'read',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await makeAssertion(door),
    ...parameters,
  }
  const sent = { dpop: await makeProof(bound, { method: 'POST', url }), ...headers }
  const given = <Value>(members: Record<string, Value | undefined>) =>
    Object.entries(members).filter((entry): entry is [string, Value] => entry[1] !== undefined)
  return readAnswer(
    await fetch(url, {
      method: 'POST',
      headers: given(sent),
      body: new URLSearchParams(given(all)),
    }),
  )
}
