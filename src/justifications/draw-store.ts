import { base64url, fromBase64url } from '../kernel/bytes.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { ActRow } from '../ledger/acts.ts'
import type { Crypter, Place } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { Bound, Draw, Share } from './types.ts'

const placeOf = (index: number): Place => ({
  table: 'sample_secret',
  row: String(index),
  column: 'secret',
})

/** What binds the gateway now; nothing before its first start with this room. */
export async function bound(reader: Reader, crypter: Crypter): Promise<Bound | undefined> {
  const row = await reader
    .selectFrom('sample_secret')
    .select(['ledger_index', 'secret', 'made_at'])
    .where('week', 'is', null)
    .executeTakeFirst()
  return (
    row && {
      index: row.ledger_index,
      secret: base64url(crypter.decrypt(placeOf(row.ledger_index), row.secret)),
      madeAt: row.made_at,
    }
  )
}

export async function bind(tx: Tx, crypter: Crypter, { index, secret, madeAt }: Bound) {
  await tx
    .insertInto('sample_secret')
    .values({
      ledger_index: index,
      secret: crypter.encrypt(placeOf(index), fromBase64url(secret)),
      made_at: madeAt,
      week: null,
    })
    .execute()
}

export async function unbind(tx: Tx, { index }: Bound, week: string): Promise<void> {
  await tx
    .updateTable('sample_secret')
    .set({ week })
    .where('ledger_index', '=', index)
    .where('week', 'is', null)
    .execute()
}

const drawColumns = [
  'week',
  'drawn_at',
  'from_index',
  'until_index',
  'beacon',
  'secret',
  'seed',
  'committed_index',
] as const

/** The newest first. */
export async function draws(
  reader: Reader,
  { before, most }: { readonly before?: string | undefined; readonly most: number },
): Promise<Draw[]> {
  let query = reader.selectFrom('sample_draw').select(drawColumns)
  if (before !== undefined) query = query.where('week', '<', before)
  const rows = await query.orderBy('week', 'desc').limit(most).execute()
  return rows.map((row) => ({
    week: row.week,
    drawnAt: row.drawn_at,
    from: row.from_index,
    until: row.until_index,
    beacon: row.beacon,
    secret: row.secret,
    seed: row.seed,
    committedIndex: row.committed_index,
  }))
}

export async function addDraw(tx: Tx, draw: Draw): Promise<void> {
  await tx
    .insertInto('sample_draw')
    .values({
      week: draw.week,
      drawn_at: draw.drawnAt,
      from_index: draw.from,
      until_index: draw.until,
      beacon: draw.beacon,
      secret: draw.secret,
      seed: draw.seed,
      committed_index: draw.committedIndex,
    })
    .execute()
}

export async function addShares(tx: Tx, week: string, shares: readonly Share[]): Promise<void> {
  if (shares.length === 0) return
  await tx
    .insertInto('sample_share')
    .values(
      shares.map(({ agency, looks, ledgerIndex }) => ({
        week,
        agency_id: agency,
        looks,
        ledger_index: ledgerIndex,
      })),
    )
    .execute()
}

/** The part of an agency in each of these draws. */
export async function sharesOf(
  reader: Reader,
  agency: AgencyId,
  weeks: readonly string[],
): Promise<Map<string, Share>> {
  if (weeks.length === 0) return new Map()
  const rows = await reader
    .selectFrom('sample_share')
    .select(['week', 'looks', 'ledger_index'])
    .where('agency_id', '=', agency)
    .where('week', 'in', weeks)
    .execute()
  return new Map(
    rows.map((row) => [row.week, { agency, looks: row.looks, ledgerIndex: row.ledger_index }]),
  )
}

/** Entries of these kinds that clients did, from one index on and before another, whoever’s they are. */
export async function actsBetween(
  reader: Reader,
  { from, until }: Pick<Draw, 'from' | 'until'>,
  kinds: readonly string[],
): Promise<ActRow[]> {
  const rows = await reader
    .selectFrom('ledger_entry')
    .select(['index', 'payload'])
    .where('index', '>=', from)
    .where('index', '<', until)
    .where('kind', 'in', kinds)
    .where('payload', 'is not', null)
    .orderBy('index')
    .execute()
  return rows.map(({ index, payload }) => ({ index, payload: payload ?? '{}' }))
}
