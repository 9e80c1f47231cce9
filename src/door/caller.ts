import { createPublicKey } from 'node:crypto'
import fastifyJwt from '@fastify/jwt'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { decodeProtectedHeader, type JWK } from 'jose'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Clock, secondsSinceEpoch, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, ClientId } from '../kernel/ids.ts'
import { publicJwkOf } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { officerHeader, officerPattern } from '../wire/common.ts'
import type { Scope } from '../wire/oauth.ts'
import {
  ProofError,
  proofAlgorithms,
  proofLifeSeconds,
  proofSkewSeconds,
  readProof,
} from './dpop.ts'
import type { Authenticate } from './guard.ts'
import { countHeader } from './headers.ts'
import { openReplays } from './replays.ts'

/** An authenticated client, as the registry knows it at this moment. */
export type Caller = {
  readonly agency: AgencyId
  readonly client: ClientId
  readonly scopes: readonly string[]
  /** Its own opaque name of the officer who sits at it, when it says so (`raakvlak-officer`). Not checked. */
  readonly officer?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls. Only on routes whose access is a scope; reading it elsewhere throws. */
    readonly caller: Caller
    /** The same, for code that serves every route. */
    authenticated: Caller | null
  }
}

export type CallerSettings = {
  /** Who issues access tokens, and what they must be meant for. */
  readonly issuer: string
  readonly audience: string
  /** Keys that sign access tokens at this moment (ES256, each with a `kid`). */
  readonly keys: () => readonly JWK[]
  /**
   * The client behind a token, unless it may not act any more: its agency was suspended, its card
   * no longer names it, or names another key than the one that asked for the token.
   */
  readonly identify: (
    clientId: string,
    clientKey: string,
  ) => Promise<{ readonly agency: AgencyId; readonly client: ClientId } | undefined>
  readonly db: Reader
}

/** What an access token must say (RFC 9068, RFC 9449 §6). `client_key` is our own. */
const AccessToken = Type.Object({
  iss: Type.String(),
  aud: Type.String(),
  iat: Type.Integer(),
  exp: Type.Integer(),
  jti: Type.String({ minLength: 1 }),
  client_id: Type.String({ minLength: 1, maxLength: 200 }),
  client_key: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  scope: Type.String({ minLength: 1 }),
  cnf: Type.Object({ jkt: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) }),
})
type AccessToken = Static<typeof AccessToken>
const accessTokenSchema = Compile(AccessToken)

const bound = /^DPoP ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i
const opaqueOfficer = new RegExp(officerPattern)
const headerMembers = new Set(['alg', 'typ', 'kid'])

type Refusal = 'invalid_token' | 'invalid_dpop_proof' | 'insufficient_scope'

/** Tells a client how to authenticate (RFC 9449 §7.1). */
function challenge(reply: FastifyReply, error?: Refusal, scope?: Scope): void {
  const parameters = [`algs="${proofAlgorithms.join(' ')}"`]
  if (error !== undefined) parameters.unshift(`error="${error}"`)
  if (scope !== undefined) parameters.push(`scope="${scope}"`)
  reply.header('www-authenticate', `DPoP ${parameters.join(', ')}`)
}

function refuse(reply: FastifyReply, message: string, error?: Refusal): never {
  challenge(reply, error)
  throw new Fault('door/unauthenticated', [{ message }])
}

/**
 * Authenticates clients by an access token bound to a key (JWT, RFC 9068) and a fresh proof of that
 * key (DPoP, RFC 9449). A token alone is worth nothing here, and a proof is worth one request.
 */
export function openCallers(
  app: FastifyInstance,
  {
    clock,
    publicUrl,
    issuer,
    audience,
    keys,
    identify,
    db,
  }: CallerSettings & { readonly clock: Clock; readonly publicUrl: string },
): Authenticate {
  const replays = openReplays({ db, clock })
  const origin = new URL(publicUrl).origin
  const pem = pemReader()

  app.register(fastifyJwt, {
    secret: async (_request: FastifyRequest, token: unknown) => {
      const kid = (token as { header?: { kid?: unknown } }).header?.kid
      const key = keys().find((known) => known.kid !== undefined && known.kid === kid)
      if (key === undefined) throw new Error('no such key')
      return pem(key)
    },
    decode: { complete: true },
    verify: {
      algorithms: ['ES256'],
      checkTyp: 'at+jwt',
      allowedIss: issuer,
      allowedAud: audience,
      // Times are checked against the injected clock, on every request: see `readToken`.
      ignoreExpiration: true,
      ignoreNotBefore: true,
      cache: 1000,
      extractToken: ({ headers }) => bound.exec(headers.authorization ?? '')?.[1],
    },
  })

  function readAuthorization(request: FastifyRequest, reply: FastifyReply): string {
    const { authorization = '' } = request.headers
    const sent = countHeader(request.raw.rawHeaders, 'authorization')
    if (sent === 0) refuse(reply, 'there is no access token')
    const token = sent === 1 ? bound.exec(authorization)?.[1] : undefined
    return (
      token ?? refuse(reply, 'send one access token, as DPoP and not as Bearer', 'invalid_token')
    )
  }

  async function readToken(
    request: FastifyRequest,
    reply: FastifyReply,
    token: string,
  ): Promise<AccessToken> {
    let claims: unknown
    try {
      claims = await request.jwtVerify()
      const members = Object.keys(decodeProtectedHeader(token))
      if (!members.every((member) => headerMembers.has(member))) throw new Error('header tricks')
    } catch {
      return refuse(reply, 'the access token does not hold', 'invalid_token')
    }
    if (!accessTokenSchema.Check(claims)) {
      return refuse(
        reply,
        'the access token lacks what a token of this server says',
        'invalid_token',
      )
    }
    const now = secondsSinceEpoch(clock.now())
    if (claims.exp <= now || claims.iat > now + proofSkewSeconds) {
      return refuse(reply, 'the access token has expired', 'invalid_token')
    }
    return claims
  }

  async function checkProof(
    request: FastifyRequest,
    reply: FastifyReply,
    accessToken: string,
    thumbprint: string,
  ): Promise<void> {
    const header = request.headers.dpop
    if (countHeader(request.raw.rawHeaders, 'dpop') !== 1 || typeof header !== 'string') {
      refuse(reply, 'send one proof in the header DPoP', 'invalid_dpop_proof')
    }
    const path = (request.raw.url ?? '/').split('?', 1)[0]
    const proof = await readProof(header, {
      method: request.method,
      url: `${origin}${path}`,
      accessToken,
      now: clock.now(),
    }).catch((error: unknown) => {
      if (error instanceof ProofError) refuse(reply, error.message, 'invalid_dpop_proof')
      throw error
    })
    if (proof.thumbprint !== thumbprint) {
      refuse(reply, 'the access token belongs to another key', 'invalid_token')
    }
    const forgetAt = shifted(proof.issuedAt, proofLifeSeconds + proofSkewSeconds)
    if (!(await replays.isFirstUse(proof.thumbprint, proof.number, forgetAt))) {
      refuse(reply, 'the proof was used before', 'invalid_dpop_proof')
    }
  }

  return async (request, reply, scope) => {
    const accessToken = readAuthorization(request, reply)
    const token = await readToken(request, reply, accessToken)
    await checkProof(request, reply, accessToken, token.cnf.jkt)
    const identity = await identify(token.client_id, token.client_key)
    if (identity === undefined) return refuse(reply, 'this client may not act', 'invalid_token')
    const scopes = token.scope.split(' ')
    if (!scopes.includes(scope)) {
      challenge(reply, 'insufficient_scope', scope)
      throw new Fault('door/forbidden', [{ message: `the access token lacks the scope ${scope}` }])
    }
    request.authenticated = { ...identity, scopes, ...readOfficer(request) }
  }
}

/** @throws Fault door/invalid-input, when the header is sent twice or is not an opaque name */
function readOfficer(request: FastifyRequest): { readonly officer?: string } {
  const times = countHeader(request.raw.rawHeaders, officerHeader)
  if (times === 0) return {}
  const officer = request.headers[officerHeader]
  if (times > 1 || typeof officer !== 'string' || !opaqueOfficer.test(officer)) {
    throw new Fault('door/invalid-input', [
      {
        at: `/headers/${officerHeader}`,
        message:
          'send one opaque name of 8 to 64 letters, digits, - and _ that only your agency can read',
      },
    ])
  }
  return { officer }
}

/** Keys in the form that the verifier takes; kept, since the same few come again. */
function pemReader(): (key: JWK) => string {
  const known = new Map<string, string>()
  return (key) => {
    const own = { ...publicJwkOf(key) }
    const name = JSON.stringify(own)
    const pem =
      known.get(name) ??
      createPublicKey({ key: own, format: 'jwk' })
        .export({ type: 'spki', format: 'pem' })
        .toString()
    known.set(name, pem)
    return pem
  }
}

/** Declares `request.caller`, also on servers that authenticate nobody. */
export function declareCaller(app: FastifyInstance): void {
  app.decorateRequest('authenticated', null)
  app.decorateRequest('caller', {
    getter(this: FastifyRequest) {
      if (this.authenticated === null) throw new Error('this route has no caller')
      return this.authenticated
    },
  })
}
