import { sha256 } from '@noble/hashes/sha2.js'
import { base64url, utf8 } from '../kernel/bytes.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import { LocalFault } from './faults.ts'
import { type Officer, officerWithCode } from './officers.ts'

export const idleMinutes = 30
const longestHours = 10
/** After so many wrong codes within a minute, whoever tries, the connector takes none for a minute. */
const mostTries = 10
const triesSeconds = 60

export type SessionHolder = Pick<Officer, 'name' | 'role' | 'officer'>
type Held = { readonly holder: SessionHolder; readonly begun: Date; until: Date }

/**
 * Who is signed in, in memory: a restart ends every session. The token travels in a header that only the page's
 * own script sets, never in a cookie, so that no other page and no other program on a port of this machine has it.
 */
export function openLocalSessions({
  clock,
  random,
  officers,
}: {
  readonly clock: Clock
  readonly random: Randomness
  /** As they stand now. */
  readonly officers: () => Promise<readonly Officer[]>
}) {
  /** By hash of the token. */
  const held = new Map<string, Held>()
  let wrong: Date[] = []

  const keyOf = (token: string): string => base64url(sha256(utf8(token)))

  function assertFewTries(): void {
    const since = shifted(clock.now(), -triesSeconds)
    wrong = wrong.filter((at) => at > since)
    if (wrong.length >= mostTries) throw new LocalFault('too-many-tries')
  }

  /** @throws LocalFault for a code of nobody */
  async function withCode(code: string): Promise<Officer> {
    assertFewTries()
    const found = officerWithCode(await officers(), code)
    if (found !== undefined) return found
    wrong.push(clock.now())
    throw new LocalFault('wrong-code')
  }

  return {
    async begin(code: string): Promise<{ readonly token: string; readonly holder: SessionHolder }> {
      const holder = await withCode(code)
      const token = base64url(random.bytes(32))
      const begun = clock.now()
      held.set(keyOf(token), { holder, begun, until: shifted(begun, idleMinutes * 60) })
      return { token, holder }
    },

    /** @throws LocalFault when the token is of no session, or its holder has no access any more */
    async holderOf(token: string): Promise<SessionHolder> {
      const session = held.get(keyOf(token))
      const now = clock.now()
      if (session === undefined || session.until <= now) {
        held.delete(keyOf(token))
        throw new LocalFault('signed-out')
      }
      const { officer } = session.holder
      const holder = (await officers()).find((one) => one.officer === officer)
      if (holder === undefined) {
        held.delete(keyOf(token))
        throw new LocalFault('signed-out')
      }
      const idle = shifted(now, idleMinutes * 60)
      const last = shifted(session.begun, longestHours * 3600)
      session.until = idle < last ? idle : last
      return holder
    },

    end(token: string): void {
      held.delete(keyOf(token))
    },

    /** Before something that cannot be taken back: the same person, with the code in hand. */
    async stepUp(holder: SessionHolder, code: string): Promise<void> {
      const found = await withCode(code)
      if (found.officer === holder.officer) return
      wrong.push(clock.now())
      throw new LocalFault('wrong-code')
    },
  }
}
