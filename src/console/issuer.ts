import { importJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import type { PrivateJwk } from '../proofs/statement.ts'

/** Who vouches for officers, and how its claims are called. */
export type IssuerSettings = {
  readonly issuer: string
  readonly clientId: string
  /** Private key on P-256 that the gateway authenticates with there. */
  readonly key: PrivateJwk
  /** Values of `acr` that say that a second factor was proved. */
  readonly secondFactor: readonly string[]
  /** Agencies that this issuer may speak for; undefined: all. */
  readonly agencies?: readonly string[]
  readonly claims: {
    readonly agency: string
    readonly officer: string
    readonly roles: string
    readonly name: string
  }
}

export type Issuer = ReturnType<typeof openIssuer>

/** What an issuer said of somebody, its signature, audience, nonce and times checked. */
export type Claims = Readonly<Record<string, unknown>>

const timeoutMilliseconds = 10_000

/** An OpenID Connect issuer, spoken with in the authorization code flow with PKCE (S256), `state` and `nonce`. */
export function openIssuer(settings: IssuerSettings, redirectUri: string) {
  const issuer = new URL(settings.issuer)
  const client: oauth.Client = { client_id: settings.clientId }
  const options = () => ({
    signal: AbortSignal.timeout(timeoutMilliseconds),
    // Plain HTTP is for a provider on the gateway's own machine, in development.
    [oauth.allowInsecureRequests]: /^(?:127\.|localhost$|\[::1\]$)/.test(issuer.hostname),
  })
  let known: Promise<oauth.AuthorizationServer> | undefined
  const server = (): Promise<oauth.AuthorizationServer> => {
    known ??= oauth
      .discoveryRequest(issuer, options())
      .then((response) => oauth.processDiscoveryResponse(issuer, response))
      .catch((error: unknown) => {
        known = undefined
        throw error
      })
    return known
  }
  const authentication = async () => {
    const { kid } = settings.key as { readonly kid?: string }
    const key = (await importJWK({ ...settings.key }, 'ES256')) as CryptoKey
    return oauth.PrivateKeyJwt(kid === undefined ? key : { key, kid })
  }

  return {
    settings,

    /** Where a browser goes to sign in; always with a fresh proof of who it is. */
    async address({
      state,
      nonce,
      verifier,
      language,
    }: {
      readonly state: string
      readonly nonce: string
      readonly verifier: string
      readonly language: string
    }): Promise<string> {
      const { authorization_endpoint: endpoint } = await server()
      if (endpoint === undefined) throw new Error('the issuer has no authorization endpoint')
      const address = new URL(endpoint)
      const parameters = {
        client_id: settings.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid',
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        prompt: 'login',
        max_age: '0',
        acr_values: settings.secondFactor.join(' '),
        ui_locales: language,
      }
      for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
      return address.href
    },

    /** The claims behind a code, which is worth one try. @throws Error unless everything holds */
    async claims(
      answer: URLSearchParams,
      { state, nonce, verifier }: Readonly<Record<'state' | 'nonce' | 'verifier', string>>,
    ): Promise<Claims> {
      const as = await server()
      const parameters = oauth.validateAuthResponse(as, client, answer, state)
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        client,
        await authentication(),
        parameters,
        redirectUri,
        verifier,
        options(),
      )
      const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
        expectedNonce: nonce,
        maxAge: 600,
        requireIdToken: true,
      })
      await oauth.validateApplicationLevelSignature(as, response, options())
      const claims = oauth.getValidatedIdTokenClaims(tokens)
      if (claims === undefined) throw new Error('the issuer gave no ID token')
      return claims
    },
  }
}
