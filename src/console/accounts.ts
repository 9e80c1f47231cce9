import { scryptSync, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Secret as OtpSecret, TOTP } from 'otpauth'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { base64url } from '../kernel/bytes.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { slugPattern } from '../kernel/ids.ts'
import type { Randomness } from '../kernel/random.ts'
import { officerPattern } from '../wire/common.ts'
import { officerRoles } from './types.ts'

const closed = { additionalProperties: false } as const

/** An account of development and demonstrations. */
export const Account = Type.Object(
  {
    account: Type.String({ pattern: slugPattern }),
    agency: Type.String({ pattern: slugPattern }),
    officer: Type.String({ pattern: officerPattern }),
    name: Type.String({ minLength: 1, maxLength: 100 }),
    roles: Type.Array(Type.Enum([...officerRoles]), { minItems: 1 }),
    salt: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
    password: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description: 'scrypt of it' }),
    totp: Type.String({ pattern: '^[A-Z2-7]{16,64}$', description: 'Secret in base32 (RFC 6238)' }),
  },
  closed,
)
export type Account = Static<typeof Account>
const accountsForm = Compile(Type.Array(Account, { maxItems: 1000 }))

const mostTries = 5
const lockSeconds = 15 * 60
const periodSeconds = 30

/** What is kept of a password. */
export const keptPassword = (password: string, salt: string): Buffer =>
  scryptSync(password.normalize('NFKC'), salt, 32, { N: 16_384, r: 8, p: 1 })

/** The code of a secret at a moment. */
export const codeAt = (totp: string, at: Date): string =>
  new TOTP({ secret: OtpSecret.fromBase32(totp), period: periodSeconds }).generate({
    timestamp: at.getTime(),
  })

/** An account with a password and a secret of its own, which are told once. */
export function makeAccount(
  of: Pick<Account, 'account' | 'agency' | 'officer' | 'name' | 'roles'>,
  random: Randomness,
): { readonly account: Account; readonly password: string } {
  const password = base64url(random.bytes(12))
  const salt = base64url(random.bytes(16))
  const secret = new OtpSecret({ buffer: new Uint8Array(random.bytes(20)).buffer })
  const kept = keptPassword(password, salt).toString('base64url')
  return { account: { ...of, salt, password: kept, totp: secret.base32 }, password }
}

export type Accounts = ReturnType<typeof openAccounts>

/**
 * Accounts in a file, for development and demonstrations: a password and a code of an authenticator. A code is taken
 * once; after five wrong tries an account rests for 15 minutes. Tries are remembered by this process only.
 */
export function openAccounts({ file, clock }: { readonly file: string; readonly clock: Clock }) {
  const tries = new Map<string, { count: number; until: Date }>()
  const usedUntil = new Map<string, number>()

  async function read(): Promise<readonly Account[]> {
    const text = await readFile(file, 'utf8').catch(() => '[]')
    const content: unknown = JSON.parse(text)
    if (!accountsForm.Check(content)) throw new Error('the file of accounts is not in its form')
    return content
  }

  /** The period of a code that fits and was not used yet. */
  function periodOf({ account, totp }: Account, code: string): number | undefined {
    const now = clock.now()
    const period = Math.floor(now.getTime() / 1000 / periodSeconds)
    const delta = new TOTP({ secret: OtpSecret.fromBase32(totp), period: periodSeconds }).validate({
      token: code.replaceAll(' ', ''),
      timestamp: now.getTime(),
      window: 1,
    })
    if (delta === null || period + delta <= (usedUntil.get(account) ?? 0)) return undefined
    return period + delta
  }

  return {
    async byOfficer(name: string): Promise<Account | undefined> {
      return (await read()).find(({ officer }) => officer === name)
    },

    /** Whether the three fit together. A wrong one counts, whichever it was. */
    async check(
      name: string,
      password: string,
      code: string,
    ): Promise<Account | 'wrong' | 'locked'> {
      const now = clock.now()
      const tried = tries.get(name)
      if (tried !== undefined && tried.count >= mostTries && tried.until > now) return 'locked'
      const found = (await read()).find(({ account }) => account === name)
      const kept = keptPassword(password, found?.salt ?? 'nobody')
      const fits =
        found !== undefined && timingSafeEqual(kept, Buffer.from(found.password, 'base64url'))
      const period = found === undefined ? undefined : periodOf(found, code)
      if (!fits || period === undefined) {
        const count = tried !== undefined && tried.until > now ? tried.count + 1 : 1
        if (tries.size < 10_000) tries.set(name, { count, until: shifted(now, lockSeconds) })
        return 'wrong'
      }
      tries.delete(name)
      usedUntil.set(name, period)
      return found
    },
  }
}
