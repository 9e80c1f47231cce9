import { sha256 } from '@noble/hashes/sha2.js'
import { base64url, equalBytes, fromBase64url, utf8 } from '../kernel/bytes.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import * as store from './store.ts'
import type { Officer, OfficerRole, Session } from './types.ts'

export type Sessions = ReturnType<typeof openSessions>

/** A session ends after so long without a click, and always after so long. */
export const idleSeconds = 15 * 60
export const longestSeconds = 8 * 60 * 60
/** How long a second factor counts for acts that need one. */
export const proofSeconds = 5 * 60

const idBytes = 32
const idPattern = /^[A-Za-z0-9_-]{43}$/

const nameIn = (hash: Uint8Array) => ({
  table: 'console_session',
  row: base64url(hash),
  column: 'name',
})

/**
 * Sessions of officers, kept here: the browser holds a random number, the table its hash. A session belongs to one
 * browser, as far as what that says of itself goes, and is ended by its officer, by time, or with its agency.
 */
export function openSessions({
  clock,
  random,
  db,
  crypter,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly crypter: Crypter
}) {
  return {
    /**
     * Begins a session under a new number, never one that a browser brought. One that `confirms` another takes its
     * place: forms that are open stay good.
     */
    async begin(
      officer: Officer,
      browser: string,
      provedAt: Date,
      confirms?: Session,
    ): Promise<string> {
      const now = clock.now()
      await store.forgetEnded(db, now, shifted(now, -idleSeconds))
      const id = random.bytes(idBytes)
      const hash = sha256(id)
      await store.putSession(db, {
        id_hash: Buffer.from(hash),
        agency_id: officer.agency,
        officer: officer.officer,
        name: crypter.encrypt(nameIn(hash), utf8(officer.name)),
        roles: officer.roles.join(' '),
        csrf: Buffer.from(
          confirms === undefined ? random.bytes(idBytes) : fromBase64url(confirms.csrf),
        ),
        browser_hash: Buffer.from(sha256(utf8(browser))),
        begun_at: now,
        seen_at: now,
        proved_at: provedAt,
        ends_at: shifted(now, longestSeconds),
      })
      if (confirms !== undefined) await store.endSession(db, confirms.hash)
      return base64url(id)
    },

    /** The session of this cookie, if it stands, in the browser where it began. A look at it counts as a click. */
    async find(cookie: string | undefined, browser: string): Promise<Session | undefined> {
      if (cookie === undefined || !idPattern.test(cookie)) return undefined
      const id = fromBase64url(cookie)
      const hash = sha256(id)
      const now = clock.now()
      const row = await store.touchSession(db, hash, now, shifted(now, -idleSeconds))
      if (row === undefined || !equalBytes(row.browser_hash, sha256(utf8(browser)))) {
        return undefined
      }
      return {
        hash,
        csrf: base64url(row.csrf),
        agency: row.agency_id,
        officer: row.officer,
        name: crypter.decrypt(nameIn(hash), row.name).toString('utf8'),
        roles: row.roles.split(' ') as OfficerRole[],
        begunAt: row.begun_at,
        endsAt: row.ends_at,
        provedAt: row.proved_at,
      }
    },

    isProved: ({ provedAt }: Pick<Session, 'provedAt'>): boolean =>
      shifted(provedAt, proofSeconds) >= clock.now(),

    list: ({ agency, officer }: Pick<Session, 'agency' | 'officer'>) => {
      const now = clock.now()
      return store.sessionsOf(db, agency, officer, now, shifted(now, -idleSeconds))
    },

    end: (hash: Uint8Array): Promise<void> => store.endSession(db, hash),

    /** Ends every session of one officer of an agency. */
    endAll: (agency: AgencyId, officer: string): Promise<void> =>
      store.endSessions(db, agency, officer),
  }
}
