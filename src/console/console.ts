import type { Logger } from 'pino'
import type { Agencies } from '../agencies/agencies.ts'
import { equalBytes } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import { openAccounts } from './accounts.ts'
import { readAssets } from './assets.ts'
import { cookiesFor } from './cookies.ts'
import { type IssuerSettings, openIssuer } from './issuer.ts'
import type { MenuEntry } from './layout.ts'
import { sessionPages } from './pages/sessions.ts'
import { openProvider } from './provider.ts'
import { openSessions } from './sessions.ts'
import { openSignIn, type SignedIn } from './sign-in.ts'
import type { Answer, OfficerRole, Page, Session, Visit } from './types.ts'

export type Console = Awaited<ReturnType<typeof openConsole>>

/** How officers sign in: at an issuer elsewhere, or at the one of development, with accounts from a file. */
export type SignInChoice =
  | { readonly kind: 'external'; readonly settings: IssuerSettings }
  | { readonly kind: 'embedded'; readonly accountsFile: string }

/**
 * The console: pages for the people of agencies. It decides nothing and reads no table but its own: each page asks the
 * same rooms as the API does, as an officer of its agency, so that each act is decided and stands on the ledger.
 */
export async function openConsole({
  clock,
  random,
  db,
  logger,
  crypter,
  publicUrl,
  agencies,
  choice,
  pages: others,
  showPublicPage,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly logger: Logger
  readonly crypter: Crypter
  readonly publicUrl: string
  readonly agencies: Pick<Agencies, 'find'>
  readonly choice: SignInChoice
  readonly pages: readonly Page[]
  readonly showPublicPage: (visit: Visit) => Promise<Answer>
}) {
  const { origin } = new URL(publicUrl)
  const redirectUri = `${origin}/console/sign-in/callback`
  const cookies = cookiesFor(publicUrl)
  const sessions = openSessions({ clock, random, db, crypter })
  const embedded = choice.kind === 'embedded' ? await openEmbedded(choice.accountsFile) : undefined
  const settings = choice.kind === 'embedded' ? embedded?.provider.settings : choice.settings
  if (settings === undefined) throw new Error('there is no issuer')
  const signIn = openSignIn({
    clock,
    random,
    db,
    logger,
    issuer: openIssuer(settings, redirectUri),
    agencies,
  })
  const pages = [...others, ...sessionPages(sessions)]

  async function openEmbedded(file: string) {
    const accounts = openAccounts({ file, clock })
    const provider = await openProvider({ random, logger, publicUrl, redirectUri, accounts })
    return { accounts, provider }
  }

  return {
    clock,
    origin,
    cookies,
    sessions,
    signIn,
    pages,
    embedded,
    assets: readAssets(),
    showPublicPage,

    /** The pages in the menu of somebody in these roles. */
    menuFor: (roles: readonly OfficerRole[]): readonly MenuEntry[] =>
      pages
        .flatMap(({ menu, path, roles: own }) =>
          menu !== undefined && own.some((role) => roles.includes(role)) ? [{ ...menu, path }] : [],
        )
        .sort((one, other) => one.order - other.order),

    /** Whether the agency of a session may act at this moment. */
    mayAct: async ({ agency }: Session): Promise<boolean> =>
      (await agencies.find(agency))?.active === true,

    /**
     * Begins the session of somebody who signed in; undefined when it was to confirm another one's. Whatever session
     * the browser had ends.
     */
    async arrive(
      { officer, provedAt, confirms }: Extract<SignedIn, { is: 'officer' }>,
      former: Session | undefined,
      browser: string,
      _requestId: string,
    ): Promise<string | undefined> {
      const sameOfficer =
        former !== undefined &&
        former.agency === officer.agency &&
        former.officer === officer.officer
      if (confirms !== undefined && former !== undefined && equalBytes(confirms, former.hash)) {
        if (!sameOfficer) {
          await sessions.end(former.hash)
          return undefined
        }
        return sessions.begin(officer, browser, provedAt, former)
      }
      if (former !== undefined) await sessions.end(former.hash)
      return sessions.begin(officer, browser, provedAt)
    },

    leave: ({ hash }: Session, _requestId: string): Promise<void> => sessions.end(hash),
  }
}
