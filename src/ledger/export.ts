import { base64 } from '../kernel/bytes.ts'
import type { TreeNode } from '../proofs/merkle.ts'
import type { Tx } from '../store/database.ts'
import * as store from './store.ts'

/**
 * The form of an export: JSON lines. The first line is the head (none while
 * nothing was appended), then every entry by index, then
 * every node by level and index. Bytes are base64, times ISO 8601.
 */
export type ExportLine =
  | { readonly form: 'raakvlak-ledger/1'; readonly head: ExportedHead }
  | { readonly entry: ExportedEntry }
  | { readonly node: { readonly level: number; readonly index: number; readonly hash: string } }

export type ExportedHead = {
  readonly size: number
  readonly root: string
  readonly frontier: string
  readonly checkpoint: string
  readonly at: string
}

export type ExportedEntry = {
  readonly index: number
  readonly kind: string
  readonly at: string
  readonly salt: string | null
  readonly payload: string | null
  readonly commitment: string
}

const pageSize = 1000
/** Below every level that the column holds: a row smuggled in below the leaves must show as well. */
const belowAll = -(2 ** 31)

/**
 * Writes out the whole ledger, line by line, each with its newline. Run it in a transaction with
 * isolation `repeatable read`: every line then tells of one moment, whatever is appended meanwhile.
 * What stands in the tables is exported as it stands; judging it is `verify.ts`'s work.
 * An export discloses every payload: it is for auditors, not for partners. With `from` it has the head, and
 * the entries and nodes that are there since the ledger had `from` entries.
 */
export async function* exportLedger(tx: Tx, from = 0): AsyncGenerator<string> {
  const head = await store.findHeadRow(tx)
  if (head !== undefined) yield line({ form: 'raakvlak-ledger/1', head: exportedHead(head) })
  // From below every number: a row smuggled in before the first must show as well.
  yield* pages(
    (last: store.EntryRow | undefined) =>
      store.entriesAfter(
        tx,
        last?.index ?? (from > 0 ? from - 1 : Number.MIN_SAFE_INTEGER),
        pageSize,
      ),
    ({ index, kind, at, salt, payload, commitment }) => ({
      entry: {
        index,
        kind,
        at: at.toISOString(),
        salt: salt && base64(salt),
        payload,
        commitment: base64(commitment),
      },
    }),
  )
  // Level by level: a page then is one range of the primary key, however long the ledger is.
  let level = await store.levelAbove(tx, belowAll)
  while (level !== undefined) {
    yield* nodesFrom(tx, level, from > 0 ? Math.floor(from / 2 ** level) : Number.MIN_SAFE_INTEGER)
    level = await store.levelAbove(tx, level)
  }
}

const nodesFrom = (tx: Tx, level: number, first: number) =>
  pages(
    (last: TreeNode | undefined) =>
      store.nodesOfLevel(tx, level, last === undefined ? first : last.index + 1, pageSize),
    ({ index, hash }) => ({ node: { level, index, hash: base64(hash) } }),
  )

const exportedHead = ({ size, frontier, root, checkpoint, at }: store.HeadRow): ExportedHead => ({
  size,
  root: base64(root),
  frontier: base64(frontier),
  checkpoint,
  at: at.toISOString(),
})

const line = (content: ExportLine): string => `${JSON.stringify(content)}\n`

async function* pages<Row>(
  next: (last: Row | undefined) => Promise<readonly Row[]>,
  content: (row: Row) => ExportLine,
): AsyncGenerator<string> {
  let rows = await next(undefined)
  while (rows.length > 0) {
    for (const row of rows) yield line(content(row))
    rows = rows.length < pageSize ? [] : await next(rows.at(-1))
  }
}
