import type { Html } from '../kernel/html.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { Actor } from '../ledger/actor.ts'
import type { Language, TextOf } from './texts.ts'

/** What an officer may be to the console, as the issuer that it signs in with says. */
export const officerRoles = [
  'reporter',
  'analyst',
  'coordinator',
  'privacy-officer',
  'administrator',
] as const
export type OfficerRole = (typeof officerRoles)[number]

/** An officer as the issuer vouches for it. */
export type Officer = {
  readonly agency: AgencyId
  /** The agency's own opaque name of the officer: what the ledger has. */
  readonly officer: string
  /** For the officer's own eyes, in the corner of each page. */
  readonly name: string
  readonly roles: readonly OfficerRole[]
}

export type Session = Officer & {
  /** SHA-256 of what the browser holds. */
  readonly hash: Uint8Array
  readonly csrf: string
  readonly begunAt: Date
  readonly endsAt: Date
  /** When the officer last proved its second factor. */
  readonly provedAt: Date
}

/** Who acts, as every room below takes it: an officer at the client `console`. */
export type ConsoleAsker = Actor & { readonly agency: AgencyId; readonly requestId: string }

/** What a page gets to know of a request. */
export type Visit = {
  readonly text: TextOf
  readonly language: Language
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** What a form sent; empty for a look. */
  readonly form: URLSearchParams
  readonly now: Date
}

/** A visit of somebody who is signed in, in one of the roles that the page is for. */
export type OfficersVisit = Visit & {
  readonly session: Session
  readonly asker: ConsoleAsker
  /** Whether the second factor was proved within the last five minutes. */
  readonly proved: boolean
}

/** Something to keep: it is sent as it comes. */
export type FileAnswer = {
  readonly name: string
  readonly type: string
  readonly content: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>
  /** How many rows it has, where it is a list. */
  readonly rows?: number
}

/** A page to show, a file to keep, or where to go instead. */
export type Answer =
  | {
      readonly title: string
      readonly body: Html
      readonly status?: number
      /** Says in the title and above the page that something has to be mended. */
      readonly faulty?: boolean
      /** What it is looked at for, as a printed sheet says; its title, where it does not say. */
      readonly purpose?: string
      /** A script of this page alone, by its name among the assets. */
      readonly script?: 'checkEntry'
    }
  | { readonly file: FileAnswer }
  | { readonly goTo: string }

/**
 * One page. It says whom it is for, or it cannot be mounted. With `prove`, `show` is reached only by an officer
 * who proved its second factor within five minutes; to others `prove` shows the form as it was sent, with the way
 * to do so.
 */
export type Page = {
  readonly method: 'GET' | 'POST'
  readonly path: `/console${string}`
  readonly roles: readonly OfficerRole[]
  readonly prove?: (visit: OfficersVisit) => Promise<Answer>
  /** Its place in the menu; a page without one is reached from another. */
  readonly menu?: { readonly text: Parameters<TextOf>[0]; readonly order: number }
  readonly show: (visit: OfficersVisit) => Promise<Answer>
}
