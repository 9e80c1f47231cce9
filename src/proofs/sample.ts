import { sha256 } from '@noble/hashes/sha2.js'
import { base64url, hex, utf8 } from '../kernel/bytes.ts'
import { extraTickets, lookKinds } from '../wire/codes/justifications.ts'

/**
 * The weekly draw of looks that have to be justified, as anybody can do it again who has the seed and the
 * entries: hashes and whole numbers only. See `docs/justifications.md`.
 */

/** An entry of an act, as far as the draw looks at it. */
export type DrawnAct = {
  readonly index: number
  readonly kind: string
  readonly outcome?: string
  readonly client: string
  readonly officer?: string
  readonly agreement?: string
  /** The signal, handle, follow-up, disclosure or emergency that it names. */
  readonly about?: string
}

/** All that one officer, or one machine, looked at of one subject in a week. */
export type Look = {
  /** Of its first entry: its name. */
  readonly index: number
  readonly acts: number
  readonly tickets: number
}

const ticketsOf = new Map<string, number>(lookKinds.map(({ code, tickets }) => [code, tickets]))

export const isLookKind = (kind: string): boolean => ticketsOf.has(kind)

export const fewestDrawn = 12
export const mostDrawn = 25

/** How many of so many looks are drawn: three of five, at least 12, at most 25, never more than there are. */
export const drawnOf = (looks: number): number =>
  Math.min(looks, mostDrawn, Math.max(fewestDrawn, Math.ceil((looks * 3) / 5)))

const digest = (lines: readonly (string | number)[]): Uint8Array =>
  sha256(utf8(lines.map((line) => `${line}\n`).join('')))

/** What the gateway puts on its ledger before the week, of a secret that it tells after it. */
export const commitmentOf = (secret: string): string =>
  base64url(digest(['raakvlak/sample-secret/1', secret]))

/** The seed: of what the gateway was bound to before the week, and of what the keyholder said after it. */
export const seedOf = ({
  week,
  secret,
  value,
  size,
  root,
}: {
  readonly week: string
  readonly secret: string
  /** The keyholder’s word. */
  readonly value: string
  readonly size: number
  readonly root: string
}): string => base64url(digest(['raakvlak/sample-seed/1', week, secret, value, size, root]))

function lookOf(acts: readonly DrawnAct[], coversMinors: (agreement: string) => boolean): Look {
  const refused = acts.some(({ outcome }) => outcome === 'refuse')
  const minors = acts.some(({ agreement }) => agreement !== undefined && coversMinors(agreement))
  return {
    index: Math.min(...acts.map(({ index }) => index)),
    acts: acts.length,
    tickets:
      Math.max(...acts.map(({ kind }) => ticketsOf.get(kind) ?? 0)) +
      (refused ? extraTickets.refused : 0) +
      (minors ? extraTickets.minors : 0),
  }
}

/** The looks among the acts of one agency, by their first entry. Other acts are left out. */
export function looksAmong(
  acts: readonly DrawnAct[],
  coversMinors: (agreement: string) => boolean,
): Look[] {
  const groups = Map.groupBy(
    acts.filter(({ kind }) => isLookKind(kind)),
    ({ client, officer, about, kind }) => JSON.stringify([client, officer ?? '', about ?? kind]),
  )
  return [...groups.values()]
    .map((group) => lookOf(group, coversMinors))
    .sort((one, other) => one.index - other.index)
}

/**
 * Draws among the looks of one agency: each has its tickets, a ticket is a hash of the seed, the agency,
 * the entry and the ticket’s number, and the looks with the lowest tickets are drawn.
 * @returns them in the order of their entries
 */
export function drawAmong(seed: string, agency: string, looks: readonly Look[]): Look[] {
  const lowest = (look: Look): string =>
    Array.from({ length: look.tickets }, (_, ticket) =>
      hex(digest(['raakvlak/sample-ticket/1', seed, agency, look.index, ticket])),
    ).reduce((least, one) => (one < least ? one : least), 'g')
  return looks
    .map((look) => ({ look, ticket: lowest(look) }))
    .sort((one, other) => (one.ticket < other.ticket ? -1 : 1))
    .slice(0, drawnOf(looks.length))
    .map(({ look }) => look)
    .sort((one, other) => one.index - other.index)
}
