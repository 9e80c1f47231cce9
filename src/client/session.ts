import { importJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { Compile } from 'typebox/compile'
import { base64url } from '../kernel/bytes.ts'
import { type Clock, secondsSinceEpoch, shifted } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import { type PrivateJwk, publicJwkOf } from '../proofs/statement.ts'
import { officerHeader } from '../wire/common.ts'
import { scopes as allScopes, issuerPath, resourcePath, type Scope } from '../wire/oauth.ts'
import { Problem } from '../wire/problem.ts'
import { AccessRefused, GatewayProblem, GatewayUnreachable } from './errors.ts'
import { assertPrivate } from './operators.ts'

export type SessionSettings = {
  /** Scheme, host and port of the gateway. Plain http is accepted for this machine only. */
  readonly gatewayUrl: string
  /** The client's name at the authorization server; see `oauthClientIdOf`. */
  readonly clientId: string
  /** The machine's private key, Ed25519 or P-256, as its agency's card declares it. */
  readonly key: PrivateJwk | CryptoKeyPair
  readonly clock: Clock
  readonly random: Randomness
  readonly scopes?: readonly Scope[]
  /** The agency’s own opaque name of the officer who works with it; 8 to 64 of `A-Za-z0-9_-`. */
  readonly officer?: string
  readonly fetch?: typeof fetch
  readonly wait?: (milliseconds: number) => Promise<void>
}

export type RequestOptions = {
  readonly headers?: Readonly<Record<string, string>>
  /** That sending it twice does no harm. Only then is it sent again after a failure. */
  readonly idempotent?: boolean
}

/** Something large that is coming in. */
export type Download = { readonly headers: Headers; readonly body: AsyncIterable<Uint8Array> }

export type Session = ReturnType<typeof openSession>

/** A token is renewed this long before it ends. */
const renewSeconds = 60
const mostAttempts = 4
const firstPauseMilliseconds = 250
/** A longer `Retry-After` is told to the caller instead of waited for. */
const longestPauseMilliseconds = 20_000
const timeoutMilliseconds = 30_000
/** Until the last byte of something large is there. */
const downloadMilliseconds = 15 * 60_000

const problemForm = Compile(Problem)

type AccessToken = { readonly text: string; readonly until: Date }

/**
 * A client's session with the gateway: gets and renews access tokens with the machine's key, and
 * proves on each request that it holds the key to which the token is bound. That key is made for
 * the session and dies with it. No error of this file holds a token, a key or a body.
 */
export function openSession({
  gatewayUrl,
  clientId,
  key,
  clock,
  random,
  scopes = allScopes,
  officer,
  fetch: send = fetch,
  wait = pause,
}: SessionSettings) {
  const gateway = new URL(gatewayUrl)
  assertPrivate(gateway)
  const issuer = `${gateway.origin}${issuerPath}`
  const server: oauth.AuthorizationServer = { issuer, token_endpoint: `${issuer}/token` }
  const client: oauth.Client = { client_id: clientId }
  const options = (milliseconds = timeoutMilliseconds) => ({
    [oauth.customFetch]: send as never,
    [oauth.allowInsecureRequests]: gateway.protocol === 'http:',
    signal: AbortSignal.timeout(milliseconds),
  })
  const stamp = (claims: Record<string, unknown>): void => {
    Object.assign(claims, {
      iat: secondsSinceEpoch(clock.now()),
      jti: base64url(random.bytes(24)),
    })
  }

  let identity: Promise<{ proof: oauth.DPoPHandle; auth: oauth.ClientAuth }> | undefined
  let token: Promise<AccessToken> | undefined

  async function identify() {
    const signer = 'privateKey' in key ? key.privateKey : await importSigner(key)
    const bound = await oauth.generateKeyPair('ES256')
    return {
      proof: oauth.DPoP(client, bound, {
        [oauth.modifyAssertion]: (_header, claims) => stamp(claims),
      }),
      auth: oauth.PrivateKeyJwt(signer, {
        [oauth.modifyAssertion]: (_header, claims) => {
          stamp(claims)
          const { iat } = claims as { iat: number }
          Object.assign(claims, { aud: issuer, nbf: iat, exp: iat + 60 })
        },
      }),
    }
  }

  async function fetchToken(): Promise<AccessToken> {
    identity ??= identify()
    const { proof, auth } = await identity
    const asked = clock.now()
    const response = await reach(() =>
      oauth.clientCredentialsGrantRequest(
        server,
        client,
        auth,
        { resource: `${gateway.origin}${resourcePath}`, scope: scopes.join(' ') },
        { ...options(), DPoP: proof },
      ),
    )
    if (!response.ok) throw await refusalOf(response)
    const grant = await oauth
      .processClientCredentialsResponse(server, client, response)
      .catch(() => {
        throw new GatewayUnreachable('the token endpoint answered in another form')
      })
    return { text: grant.access_token, until: shifted(asked, grant.expires_in ?? 0) }
  }

  function renewToken(): Promise<AccessToken> {
    const fresh = fetchToken()
    token = fresh
    fresh.catch(() => {
      if (token === fresh) token = undefined
    })
    return fresh
  }

  /** One token for all requests that need one at the same time. */
  async function currentToken(): Promise<string> {
    const held = token ?? renewToken()
    const { text, until } = await held
    if (clock.now() < shifted(until, -renewSeconds)) return text
    const newer = token === held ? renewToken() : (token ?? renewToken())
    return (await newer).text
  }

  async function sendOnce(
    method: string,
    url: URL,
    body: string | undefined,
    headers: Readonly<Record<string, string>>,
    milliseconds?: number,
  ): Promise<Response> {
    const accessToken = await currentToken()
    identity ??= identify()
    const { proof } = await identity
    const own = new Headers({ accept: 'application/json', ...headers })
    if (officer !== undefined) own.set(officerHeader, officer)
    if (body !== undefined) own.set('content-type', 'application/json')
    return reach(async () => {
      try {
        return await oauth.protectedResourceRequest(accessToken, method, url, own, body ?? null, {
          ...options(milliseconds),
          DPoP: proof,
        })
      } catch (error) {
        // The library throws a 401 that names a challenge; its problem says more.
        if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response
        throw error
      }
    })
  }

  /** The answer to a request, once it is a good one; its body is not read yet. */
  async function answerTo(
    method: string,
    path: string,
    body: unknown,
    { headers = {}, idempotent = method === 'GET' || method === 'HEAD' }: RequestOptions,
    milliseconds?: number,
  ): Promise<Response> {
    const url = new URL(path, gateway)
    if (url.origin !== gateway.origin) throw new Error('the path leads away from the gateway')
    const text = body === undefined ? undefined : JSON.stringify(body)
    let renewed = false
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await sendOnce(method, url, text, headers, milliseconds).catch(asUnreachable)
      if (outcome instanceof Response && outcome.ok) return outcome
      // Refused at the door before anything was done: the token may have ended early.
      if (outcome instanceof Response && outcome.status === 401 && !renewed) {
        await outcome.body?.cancel()
        renewed = true
        token = undefined
        continue
      }
      const delay = idempotent ? delayBefore(outcome, attempt) : undefined
      if (delay === undefined || attempt === mostAttempts) {
        throw outcome instanceof Response ? await refusalOf(outcome) : outcome
      }
      if (outcome instanceof Response) await outcome.body?.cancel()
      await wait(delay)
    }
  }

  return {
    /**
     * Sends a request in the client's name and returns the answer's JSON (undefined for none).
     * @throws GatewayProblem when the gateway explains why not
     * @throws AccessRefused when the authorization server gives this client no token
     * @throws GatewayUnreachable when there is no usable answer; what was sent may have been done
     */
    request: async (
      method: string,
      path: string,
      body?: unknown,
      settings: RequestOptions = {},
    ): Promise<unknown> => readAnswer(await answerTo(method, path, body, settings)),

    /**
     * Gets something large, to be read as it comes; reading throws when it breaks off. Each try is an act of its own.
     * @throws as `request` does
     */
    async download(path: string, accept: string): Promise<Download> {
      const settings = { headers: { accept } }
      const { headers, body } = await answerTo(
        'GET',
        path,
        undefined,
        settings,
        downloadMilliseconds,
      )
      if (body === null) throw new GatewayUnreachable('the answer is empty')
      return { headers, body }
    },
  }

  /** Milliseconds until it makes sense to try again; undefined when it does not. */
  function delayBefore(outcome: Response | GatewayUnreachable, attempt: number) {
    const spread = 1 + (random.bytes(1)[0] ?? 0) / 255
    const own = firstPauseMilliseconds * 2 ** (attempt - 1) * spread
    if (!(outcome instanceof Response)) return own
    if (outcome.status !== 503 && outcome.status !== 429) return undefined
    const asked = Number(outcome.headers.get('retry-after') ?? 0) * 1000
    if (!(asked <= longestPauseMilliseconds)) return undefined
    return Math.max(asked, own)
  }
}

async function importSigner(key: PrivateJwk): Promise<CryptoKey> {
  const algorithm = key.kty === 'OKP' ? 'EdDSA' : 'ES256'
  const { d } = key
  return (await importJWK({ ...publicJwkOf(key), d }, algorithm)) as CryptoKey
}

async function reach(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    throw new GatewayUnreachable(
      late
        ? 'it did not answer in time'
        : 'it does not answer; is it running, and is the address right?',
    )
  }
}

function asUnreachable(error: unknown): GatewayUnreachable {
  if (error instanceof GatewayUnreachable) return error
  throw error
}

async function readAnswer(response: Response): Promise<unknown> {
  try {
    const text = await response.text()
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    throw new GatewayUnreachable('the answer broke off or is not JSON')
  }
}

async function refusalOf(response: Response): Promise<Error> {
  const { status } = response
  const answer: unknown = await response.json().catch(() => undefined)
  if (problemForm.Check(answer)) return new GatewayProblem(answer)
  if (status === 429 || status >= 500) return new GatewayUnreachable(`it answered ${status}`)
  // RFC 6749 §5.2, from the token endpoint.
  const { error } = (answer ?? {}) as { error?: unknown }
  const why = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : String(status)
  return new AccessRefused(why)
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
