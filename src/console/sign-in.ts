import { sha256 } from '@noble/hashes/sha2.js'
import type { Logger } from 'pino'
import type { Agencies } from '../agencies/agencies.ts'
import { base64url, equalBytes, utf8 } from '../kernel/bytes.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { type AgencyId, slugPattern } from '../kernel/ids.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Reader } from '../store/reader.ts'
import { officerPattern } from '../wire/common.ts'
import type { Claims, Issuer } from './issuer.ts'
import * as store from './store.ts'
import { type Officer, officerRoles, type Session } from './types.ts'

export type SignIn = ReturnType<typeof openSignIn>

/** How long somebody may take at the sign-in service. */
const signInSeconds = 600
const longestName = 100
const longestReturn = 500

const slug = new RegExp(slugPattern)
const opaque = new RegExp(officerPattern)
const returnPattern = /^\/console(?:[/?][A-Za-z0-9/_.~?&=%$+:-]*)?$/

/** A path of the console, and nothing else: what was asked for might lead elsewhere. */
export const safeReturn = (path: string | null | undefined): string =>
  path !== null && path !== undefined && path.length <= longestReturn && returnPattern.test(path)
    ? path
    : '/console'

/** What came of a sign-in that was finished. */
export type SignedIn =
  | {
      readonly is: 'officer'
      readonly officer: Officer
      readonly provedAt: Date
      readonly returnTo: string
      /** The session that was to be confirmed, if that was the purpose. */
      readonly confirms: Uint8Array | undefined
    }
  | { readonly is: 'failed' | 'refused'; readonly confirms?: Uint8Array | undefined }

/**
 * Signs officers in at their issuer. What the gateway remembers of a sign-in under way lies in the database, can be
 * taken once, for ten minutes, and only by the browser that began it.
 */
export function openSignIn({
  clock,
  random,
  db,
  logger,
  issuer,
  agencies,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly logger: Logger
  readonly issuer: Issuer
  readonly agencies: Pick<Agencies, 'find'>
}) {
  const fresh = () => base64url(random.bytes(32))
  const hashOf = (text: string): Buffer => Buffer.from(sha256(utf8(text)))

  /** Who the claims say it is; undefined unless they name an officer of an agency that takes part. */
  async function officerOf(claims: Claims): Promise<Officer | undefined> {
    const { claims: names, secondFactor, agencies: mayName } = issuer.settings
    const agency = claims[names.agency]
    const officer = claims[names.officer]
    const roles = claims[names.roles]
    const name = claims[names.name]
    if (typeof claims.acr !== 'string' || !secondFactor.includes(claims.acr)) return undefined
    if (typeof agency !== 'string' || !slug.test(agency)) return undefined
    if (mayName !== undefined && !mayName.includes(agency)) return undefined
    if (typeof officer !== 'string' || !opaque.test(officer)) return undefined
    const own = officerRoles.filter((role) => Array.isArray(roles) && roles.includes(role))
    const found = await agencies.find(agency as AgencyId)
    if (own.length === 0 || found?.active !== true) return undefined
    return {
      agency: found.id,
      officer,
      roles: own,
      name: typeof name === 'string' && name !== '' ? name.slice(0, longestName) : officer,
    }
  }

  return {
    /** Begins a sign-in, or a confirmation of `session`. @returns where to go, and what the browser has to keep */
    async begin(
      returnTo: string,
      language: string,
      session?: Session,
    ): Promise<{ readonly address: string; readonly cookie: string }> {
      const [state, nonce, verifier, cookie] = [fresh(), fresh(), fresh(), fresh()]
      const address = await issuer.address({ state, nonce, verifier, language })
      await store.putSignIn(db, {
        state_hash: hashOf(state),
        browser_hash: hashOf(cookie),
        nonce,
        verifier,
        return_to: safeReturn(returnTo),
        session_hash: session === undefined ? null : Buffer.from(session.hash),
        expires_at: shifted(clock.now(), signInSeconds),
      })
      return { address, cookie }
    },

    /** Finishes a sign-in with what the browser brought back. */
    async finish(answer: URLSearchParams, cookie: string | undefined): Promise<SignedIn> {
      const state = answer.get('state') ?? ''
      const begun = await store.takeSignIn(db, hashOf(state))
      if (begun === undefined || begun.expires_at <= clock.now()) return { is: 'failed' }
      if (!equalBytes(begun.browser_hash, hashOf(cookie ?? ''))) return { is: 'failed' }
      let claims: Claims
      try {
        claims = await issuer.claims(answer, {
          state,
          nonce: begun.nonce,
          verifier: begun.verifier,
        })
      } catch (err) {
        logger.warn({ err }, 'a sign-in at the console failed')
        return { is: 'failed' }
      }
      const confirms = begun.session_hash ?? undefined
      const officer = await officerOf(claims)
      if (officer === undefined) return { is: 'refused', confirms }
      return {
        is: 'officer',
        officer,
        provedAt: clock.now(),
        returnTo: begun.return_to,
        confirms,
      }
    },
  }
}
