import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { type Clock, secondsSinceEpoch } from '../../src/kernel/clock.ts'
import type { PrivateJwk } from '../../src/proofs/statement.ts'
import { scopes as allScopes, issuerPath, resourcePath, type Scope } from '../../src/wire/oauth.ts'
import { makeKey, makeProof } from './oauth-client.ts'

/** An answer as it came; of one with a JSON text a line, the body is the list of them. Its body has the form that the test says; nothing checks that here. */
export type RawAnswer<Body = Record<string, unknown>> = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Body
  /** Stable code of a problem. */
  readonly code: string | undefined
}

export type CallOptions = {
  readonly scopes?: readonly Scope[]
  readonly headers?: Readonly<Record<string, string>>
  /** Sent in place of the client's own token; the proof is made for it. */
  readonly token?: string
}

/** Any request in the name of one client, its token and proof as they should be. */
export type Call = {
  <Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<RawAnswer<Body>>
  readonly token: (scopes?: readonly Scope[]) => Promise<string>
}

export async function readRaw<Body>(response: Response): Promise<RawAnswer<Body>> {
  const text = await response.text()
  const isLines = response.headers.get('content-type')?.startsWith('application/x-ndjson') === true
  const lines = () => text.split('\n').filter((line) => line !== '')
  const body = isLines
    ? lines().map((line) => JSON.parse(line))
    : JSON.parse(text === '' ? '{}' : text)
  const { type } = body as { type?: unknown }
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    code: typeof type === 'string' ? type.split('/problems/').at(-1) : undefined,
  }
}

export function openCalls({
  gatewayUrl,
  clientId,
  key,
  clock,
}: {
  readonly gatewayUrl: string
  readonly clientId: string
  readonly key: PrivateJwk
  readonly clock: Clock
}): Call {
  const issuer = `${gatewayUrl}${issuerPath}`
  let own: Promise<PrivateJwk> | undefined
  const bound = () => {
    own ??= makeKey()
    return own
  }
  const tokens = new Map<string, Promise<string>>()
  const iat = () => ({ claims: { iat: secondsSinceEpoch(clock.now()) } })

  async function fetchToken(scope: string): Promise<string> {
    const at = secondsSinceEpoch(clock.now())
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(issuer)
      .setIssuedAt(at)
      .setExpirationTime(at + 60)
      .sign(key)
    const url = `${issuer}/token`
    const answer = await readRaw<{ access_token?: string }>(
      await fetch(url, {
        method: 'POST',
        headers: { dpop: await makeProof(await bound(), { method: 'POST', url }, iat()) },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          resource: `${gatewayUrl}${resourcePath}`,
          scope,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        }),
      }),
    )
    if (answer.status !== 200) throw new Error(`no token for ${clientId}: ${answer.text}`)
    return String(answer.body.access_token)
  }

  const token = (scopes: readonly Scope[] = allScopes): Promise<string> => {
    const scope = scopes.join(' ')
    const known = tokens.get(scope) ?? fetchToken(scope)
    tokens.set(scope, known)
    known.catch(() => tokens.delete(scope))
    return known
  }

  const call = async <Body>(
    method: string,
    path: string,
    body?: unknown,
    { scopes, headers = {}, token: other }: CallOptions = {},
  ): Promise<RawAnswer<Body>> => {
    const accessToken = other ?? (await token(scopes))
    const url = `${gatewayUrl}${path}`
    const proof = await makeProof(await bound(), { method, url, token: accessToken }, iat())
    return readRaw(
      await fetch(url, {
        method,
        headers: {
          authorization: `DPoP ${accessToken}`,
          dpop: proof,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  }
  return Object.assign(call, { token })
}

/** An answer without what differs between any two requests, to compare what two callers learn. */
export const learned = ({ status, headers, body }: RawAnswer): object => {
  const { instance: _, ...rest } = body
  const own = ['content-type', 'www-authenticate', 'retry-after', 'allow', 'cache-control']
  return { status, body: rest, headers: own.map((name) => headers.get(name)) }
}
