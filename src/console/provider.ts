import type { FastifyReply, FastifyRequest } from 'fastify'
import { exportJWK, generateKeyPair } from 'jose'
import { type Configuration, Provider } from 'oidc-provider'
import type { Logger } from 'pino'
import { handOver } from '../agencies/oauth.ts'
import { base64url } from '../kernel/bytes.ts'
import type { Randomness } from '../kernel/random.ts'
import type { PrivateJwk } from '../proofs/statement.ts'
import type { Account, Accounts } from './accounts.ts'
import type { IssuerSettings } from './issuer.ts'

export type EmbeddedProvider = Awaited<ReturnType<typeof openProvider>>

/** Where the sign-in service of development stands under the gateway's public URL. */
export const providerPath = '/console/provider'
export const interactionPath = `${providerPath}/account`

/** What it leaves in a browser. */
export const providerCookies = ['_session', '_session.sig']

const clientId = 'console'
const passwordAndCode = 'urn:raakvlak:password-and-code'

async function freshKey(): Promise<PrivateJwk & { kid: string }> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'own' } as PrivateJwk & {
    kid: string
  }
}

/**
 * The sign-in service of development and demonstrations: OpenID Connect over the accounts of a file. Its keys and
 * sign-ins live in this process and end with it. NOT for production: there each organisation has its own.
 */
export async function openProvider({
  random,
  logger,
  publicUrl,
  redirectUri,
  accounts,
}: {
  readonly random: Randomness
  readonly logger: Logger
  readonly publicUrl: string
  readonly redirectUri: string
  readonly accounts: Accounts
}) {
  const { origin } = new URL(publicUrl)
  const issuer = `${origin}${providerPath}`
  const [signing, client] = [await freshKey(), await freshKey()]
  const { d: _secret, ...publicClientKey } = client as PrivateJwk & { readonly d: string }
  const provider = new Provider(
    issuer,
    configurationOf({
      signing,
      cookieKey: base64url(random.bytes(32)),
      client: {
        client_id: clientId,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'private_key_jwt',
        id_token_signed_response_alg: 'ES256',
        jwks: { keys: [{ ...publicClientKey }] },
      } as NonNullable<Configuration['clients']>[number],
      find: accounts.byOfficer,
    }),
  )
  provider.proxy = true
  provider.silent = true
  provider.on('server_error', (_ctx, err) => logger.error({ err }, 'console sign-in service'))

  const settings: IssuerSettings = {
    issuer,
    clientId,
    key: client,
    secondFactor: [passwordAndCode],
    claims: { agency: 'agency', officer: 'sub', roles: 'roles', name: 'name' },
  }
  return {
    settings,
    handle: handOver(provider, { origin, path: providerPath }),

    /** Whether this request belongs to a sign-in under way. */
    isUnderWay: (request: FastifyRequest, reply: FastifyReply): Promise<boolean> =>
      provider.interactionDetails(request.raw, reply.raw).then(
        () => true,
        () => false,
      ),

    /** Where somebody goes on who proved who it is. */
    finish: (request: FastifyRequest, reply: FastifyReply, { officer }: Account): Promise<string> =>
      provider.interactionResult(request.raw, reply.raw, {
        login: { accountId: officer, acr: passwordAndCode, remember: false },
      }),
  }
}

function configurationOf({
  signing,
  cookieKey,
  client,
  find,
}: {
  readonly signing: PrivateJwk
  readonly cookieKey: string
  readonly client: NonNullable<Configuration['clients']>[number]
  readonly find: (officer: string) => Promise<Account | undefined>
}): Configuration {
  return {
    clients: [client],
    jwks: { keys: [signing] as NonNullable<Configuration['jwks']>['keys'] },
    acrValues: [passwordAndCode],
    scopes: ['openid'],
    claims: { openid: ['sub', 'agency', 'roles', 'name'], acr: null },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256'],
      idTokenSigningAlgValues: ['ES256'],
    },
    clockTolerance: 5,
    cookies: { keys: [cookieKey] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 300, AccessToken: 60 },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
    },
    interactions: { url: (_ctx, { uid }) => `${interactionPath}/${uid}` },
    findAccount: async (_ctx, officer) => {
      const account = await find(officer)
      if (account === undefined) return undefined
      const { agency, roles, name } = account
      return {
        accountId: officer,
        claims: async () => ({ sub: officer, agency, roles, name }),
      }
    },
    // The console is the only client, and part of the same house: nobody is asked for consent.
    loadExistingGrant: async ({ oidc }) => {
      const accountId = oidc.result?.login?.accountId ?? oidc.session?.accountId
      const grant = new oidc.provider.Grant({
        clientId,
        ...(accountId === undefined ? {} : { accountId }),
      })
      grant.addOIDCScope('openid')
      await grant.save()
      return grant
    },
  }
}
