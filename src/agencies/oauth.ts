import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { JWK } from 'jose'
import { type Configuration, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, ClientId } from '../kernel/ids.ts'
import { type PrivateJwk, publicJwkOf, thumbprintOf } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { issuerPath, readOauthClientId, resourcePath, scopes } from '../wire/oauth.ts'
import { makeOauthAdapter } from './oauth-adapter.ts'

/** Life of an access token. A revoked client does not have it that long: see `identify`. */
export const accessTokenSeconds = 600
/** Longest life of a client assertion; it bounds what replay detection has to remember. */
const longestAssertionSeconds = 300
const longestAssertionNumber = 256

const clientAlgorithms = ['ES256', 'EdDSA', 'Ed25519'] as const

/** A client as the registry has it at this moment. */
export type RegisteredClient = { readonly key: JWK; readonly active: boolean }

export type OauthSettings = {
  readonly clock: Clock
  readonly db: Reader
  readonly logger: Logger
  /** Scheme, host and port under which callers know the gateway. */
  readonly publicUrl: string
  /** Private keys on P-256: the first signs; the others' public halves are still published. */
  readonly signingKeys: readonly PrivateJwk[]
  readonly findClient: (agency: AgencyId, client: ClientId) => Promise<RegisteredClient | undefined>
}

/**
 * The authorization server: OAuth 2.0 client credentials only, for clients that agencies declare on
 * their signed cards. A client authenticates with a signed assertion (`private_key_jwt`, RFC 7523)
 * and gets an access token (JWT, RFC 9068) bound to the key of its DPoP proof (RFC 9449).
 *
 * Times are those of the machine: the embedded server takes no other clock.
 * @throws Error unless every signing key is on P-256
 */
export async function openOauth({
  clock,
  db,
  logger,
  publicUrl,
  signingKeys,
  findClient,
}: OauthSettings) {
  const { origin } = new URL(publicUrl)
  const issuer = `${origin}${issuerPath}`
  const audience = `${origin}${resourcePath}`
  const keys = await Promise.all(signingKeys.map(withName))
  const find = async (clientId: string): Promise<RegisteredClient | undefined> => {
    const name = readOauthClientId(clientId)
    return name === undefined ? undefined : await findClient(name.agency, name.client)
  }

  const provider = new Provider(
    issuer,
    configurationOf({ issuer, audience, keys, adapter: makeOauthAdapter({ db, clock, find }) }),
  )
  // Where the public address comes from is set by `mount`, never by the caller.
  provider.proxy = true
  provider.silent = true
  provider.on('server_error', (ctx, error) => tellOutage(ctx, error, logger))

  return {
    issuer,
    audience,
    routes: oauthRoutes(provider, { issuer, origin }),

    /** Public halves of the signing keys, for the door. */
    keys: (): readonly JWK[] => keys.map(({ kid, ...key }) => ({ ...publicJwkOf(key), kid })),

    /**
     * The client that a token was given to, if it may act at this moment: its agency is active,
     * its card still names it, and with the key that asked for the token.
     */
    async identify(
      clientId: string,
      clientKey: string,
    ): Promise<{ readonly agency: AgencyId; readonly client: ClientId } | undefined> {
      const client = await find(clientId)
      if (client === undefined || !client.active) return undefined
      return (await thumbprintOf(client.key)) === clientKey
        ? readOauthClientId(clientId)
        : undefined
    },
  }
}

type NamedKey = PrivateJwk & { readonly kid: string }

async function withName(key: PrivateJwk): Promise<NamedKey> {
  if (key.kty !== 'EC' || key.crv !== 'P-256') throw new Error('access tokens are signed on P-256')
  const { kty, crv, x, y } = publicJwkOf(key)
  const own = { kty, crv, x, y, d: key.d, alg: 'ES256', use: 'sig', kid: await thumbprintOf(key) }
  return own as NamedKey
}

function configurationOf({
  issuer,
  audience,
  keys,
  adapter,
}: {
  readonly issuer: string
  readonly audience: string
  readonly keys: readonly NamedKey[]
  readonly adapter: NonNullable<Configuration['adapter']>
}): Configuration {
  return {
    adapter,
    jwks: { keys: [...keys] },
    scopes: [],
    claims: {},
    responseTypes: [],
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: {
      grant_types: ['client_credentials'],
      response_types: [],
      token_endpoint_auth_method: 'private_key_jwt',
      id_token_signed_response_alg: 'ES256',
    },
    enabledJWA: {
      clientAuthSigningAlgValues: [...clientAlgorithms],
      dPoPSigningAlgValues: [...clientAlgorithms],
      idTokenSigningAlgValues: ['ES256'],
    },
    clockTolerance: 5,
    ttl: { ClientCredentials: accessTokenSeconds },
    routes: { token: '/token', jwks: '/jwks' },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => {
          throw new errors.InvalidTarget('ask for a token for one resource')
        },
        getResourceServerInfo: (ctx, resource) => {
          if (resource !== audience) throw new errors.InvalidTarget('there is no such resource')
          assertScopes(ctx)
          return {
            scope: scopes.join(' '),
            audience,
            accessTokenTTL: accessTokenSeconds,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          }
        },
      },
    },
    assertJwtClientAuthClaimsAndHeader: async (_ctx, claims, header) => {
      assertAssertion(issuer, claims, header)
    },
    // The token names the key that asked for it, so that a replaced key ends its tokens.
    extraTokenClaims: async (ctx) => {
      const [key] = ctx.oidc.client?.jwks?.keys ?? []
      return key === undefined ? undefined : { client_key: await thumbprintOf(key as JWK) }
    },
    renderError: (ctx, out) => {
      ctx.type = 'json'
      ctx.body = out
    },
  }
}

/** The library drops unknown scopes without a word, and grants a token for nothing. */
function assertScopes({ oidc }: KoaContextWithOIDC): void {
  const asked = [...oidc.requestParamScopes]
  if (asked.length === 0) throw new errors.InvalidScope('ask for at least one scope', '')
  const known: ReadonlySet<string> = new Set(scopes)
  if (!asked.every((scope) => known.has(scope))) {
    throw new errors.InvalidScope('there is no such scope', '')
  }
}

/**
 * Stricter than the library: the audience is the issuer alone (an assertion meant for another
 * server's token endpoint is of no use here), the life is short, and only known header members.
 */
function assertAssertion(
  issuer: string,
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
): void {
  const { aud, iat, exp, jti } = claims
  const members = Object.keys(header)
  const fits =
    members.every((member) => ['alg', 'typ', 'kid'].includes(member)) &&
    (Array.isArray(aud) ? aud.length === 1 && aud[0] === issuer : aud === issuer) &&
    typeof jti === 'string' &&
    jti.length <= longestAssertionNumber &&
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    exp - iat <= longestAssertionSeconds
  if (!fits) throw new errors.InvalidClientAuth('the client assertion is not as documented')
}

/** An outage of the database is told as such; anything else stays the server's own secret. */
function tellOutage(ctx: KoaContextWithOIDC, error: unknown, logger: Logger): void {
  logger.error({ err: error }, 'oauth')
  if (!(error instanceof Fault) || error.code !== 'door/unavailable') return
  ctx.status = error.status
  ctx.set('retry-after', String(error.retryAfterSeconds ?? 5))
  ctx.body = { error: 'temporarily_unavailable' }
}

/**
 * Only what clients need is reachable; all else that the library could serve has no route. Errors
 * of the token endpoint have the form of RFC 6749 §5.2, which its clients expect.
 */
const oauthRoutes =
  (
    provider: Provider,
    { issuer, origin }: { readonly issuer: string; readonly origin: string },
  ): FastifyPluginAsync =>
  async (app) => {
    const handle = handOver(provider, { origin, path: issuerPath })
    const config = { access: 'public' as const }
    const unreachable = async () => {
      throw new Error('the authorization server answers before the handler')
    }
    app.post(`${issuerPath}/token`, { config, onRequest: handle }, unreachable)
    app.get(`${issuerPath}/jwks`, { config, onRequest: handle }, unreachable)

    const metadata = {
      issuer,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      scopes_supported: scopes,
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: clientAlgorithms,
      dpop_signing_alg_values_supported: clientAlgorithms,
    }
    const wellKnown = '/.well-known/oauth-authorization-server'
    for (const path of [`${wellKnown}${issuerPath}`, `${issuerPath}${wellKnown}`]) {
      app.get(path, { config }, async () => metadata)
    }
  }

/** Hands a request to the library before its body is read, with the headers that every answer has. */
export function handOver(
  provider: Provider,
  { origin, path }: { readonly origin: string; readonly path: string },
) {
  const serve = provider.callback()
  const { protocol, host } = new URL(origin)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value)
    }
    const { raw } = request
    // The library derives its own address from these. They are ours to say, not the caller's.
    raw.headers.host = host
    raw.headers['x-forwarded-host'] = host
    raw.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    const url = raw.url ?? '/'
    Object.assign(raw, { originalUrl: url })
    raw.url = url.slice(path.length)
    await serve(raw, reply.raw)
  }
}
