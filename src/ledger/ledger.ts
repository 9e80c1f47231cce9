import { base64, concat } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { Randomness } from '../kernel/random.ts'
import { signCheckpoint } from '../proofs/checkpoint.ts'
import { commitmentOf, entryLeaf, payloadOf, saltLength } from '../proofs/entry.ts'
import {
  appendLeaves,
  consistencyProof,
  emptyRoot,
  frontierPositions,
  type Hash,
  inclusionProof,
  type NodePosition,
  proofsFrom,
  rootOf,
  type TreeNode,
} from '../proofs/merkle.ts'
import type { Signer } from '../proofs/note.ts'
import { hasTile, type Tile, tilePositions } from '../proofs/tiles.ts'
import type { Tx } from '../store/database.ts'
import type { Reader } from '../store/reader.ts'
import type { Action, Tracing } from '../tracing/tracing.ts'
import type { Receipt } from '../wire/common.ts'
import { checkedEntry, type LedgerEntry } from './entries.ts'
import * as store from './store.ts'
import type { TileFiles } from './tile-files.ts'

export type Ledger = ReturnType<typeof openLedger>

export type AppendedEntry = {
  readonly index: number
  readonly at: Date
  /** Discloses the entry to whoever gets it; it verifies offline. */
  readonly receipt: Receipt
}

/** Most entries in one append: what PostgreSQL and the lock on the head bear without strain. */
export const largestAppend = 1000

const outOfRange = (message: string): Fault => new Fault('ledger/out-of-range', [{ message }])

/**
 * One operator's ledger: every act that was decided, refused ones too, in that order, under
 * a Merkle tree whose checkpoints this operator signs (RFC 6962, C2SP tlog-checkpoint).
 * `origin` names the ledger for good; the signer's key bears the same name.
 * @throws RangeError when the signer's key has another name
 */
export function openLedger({
  clock,
  random,
  origin,
  signer,
  tracing,
  tileFiles,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly origin: string
  readonly signer: Signer
  /** Knows of which action an entry is a part; without it nothing is kept of that. */
  readonly tracing?: Pick<Tracing, 'of' | 'begin'>
  /** Where full tiles are kept as files, too. */
  readonly tileFiles?: TileFiles
}) {
  if (signer.name !== origin) throw new RangeError('the key of a ledger bears its origin as name')

  const receiptOf = (
    { index, salt, payload, commitment }: Omit<store.EntryRow, 'kind' | 'at'>,
    checkpoint: string,
    inclusion: readonly Hash[],
  ): Receipt => ({
    version: 1,
    origin,
    index,
    commitment: base64(commitment),
    ...(salt && payload !== null ? { salt: base64(salt), entry: payload } : {}),
    checkpoint,
    inclusion: inclusion.map(base64),
  })

  function rowOf(entry: LedgerEntry, index: number, at: Date): store.EntryRow {
    const payload = payloadOf({ ...entry, at: at.toISOString() })
    const salt = random.bytes(saltLength)
    return { index, kind: entry.kind, at, salt, payload, commitment: commitmentOf(salt, payload) }
  }

  /** What time made due together is one action, in a trace of its own. */
  function tracesOf(
    entries: readonly LedgerEntry[],
    rows: readonly store.EntryRow[],
  ): store.TraceRow[] {
    if (tracing === undefined) return []
    let own: Action | undefined
    return rows.map(({ index }, place) => {
      const { requestId } = { requestId: undefined, ...entries[place] }
      own ??= tracing.of() ?? tracing.begin()
      return { index, ...(tracing.of(requestId) ?? own) }
    })
  }

  /**
   * Appends entries inside the caller's transaction, in the order given: all of them stand when it
   * commits, none when it does not. Locks the head of the ledger until then, so append as late in
   * the transaction as the order "decide, append, work" allows. Time never goes backward: an entry
   * is dated with the clock or, when that is behind, with the entry before.
   * @throws EntryError when an entry does not fit its kind; RangeError for more than `largestAppend`
   */
  async function append(tx: Tx, entries: readonly LedgerEntry[]): Promise<AppendedEntry[]> {
    if (entries.length === 0) return []
    if (entries.length > largestAppend) throw new RangeError('too many entries for one append')
    const checked = entries.map(checkedEntry)
    const head = await store.lockHead(tx)
    const { size } = head.frontier
    const at = new Date(Math.max(clock.now().getTime(), head.at.getTime()))
    const rows = checked.map((entry, offset) => rowOf(entry, size + offset, at))
    const { frontier, completed } = appendLeaves(
      head.frontier,
      rows.map(({ commitment }) => entryLeaf(commitment)),
    )
    const root = rootOf(frontier)
    const checkpoint = await signCheckpoint({ origin, size: frontier.size, root }, signer)
    const traces = tracesOf(checked, rows)
    await store.write(tx, rows, completed, { frontier, root, checkpoint, at }, traces)

    const before: TreeNode[] = frontierPositions(size).map((position, place) => ({
      ...position,
      hash: head.frontier.hashes[place] ?? emptyRoot,
    }))
    const prove = proofsFrom([...before, ...completed])
    return rows.map((row) => ({
      index: row.index,
      at,
      receipt: receiptOf(row, checkpoint, prove(row.index, frontier.size)),
    }))
  }

  const sizeOf = async (db: Reader): Promise<number> =>
    (await store.findHead(db))?.frontier.size ?? 0

  async function tileOf(db: Reader, tile: Tile): Promise<Uint8Array> {
    if (!hasTile(await sizeOf(db), tile)) throw outOfRange('the ledger has no such tile')
    return concat(...(await store.findNodes(db, tilePositions(tile))))
  }

  return {
    origin,
    /** What partners pin to verify this ledger's receipts and checkpoints. */
    verifierKey: signer.verifierKey,

    append,

    /** Takes the head's lock before anything is read, so that nobody else's act comes in between. */
    async hold(tx: Tx): Promise<void> {
      await store.lockHead(tx)
    },

    /** The newest signed checkpoint. */
    async checkpoint(db: Reader): Promise<string> {
      const checkpoint = (await store.findHead(db))?.checkpoint
      return checkpoint || signCheckpoint({ origin, size: 0, root: emptyRoot }, signer)
    },

    /** When an entry was appended, or the last one; undefined when there is none. */
    async appendedAt(db: Reader, index?: number): Promise<Date | undefined> {
      if (index !== undefined) return (await store.findEntry(db, index))?.at
      return (await store.findHead(db))?.at
    },

    /**
     * The proof that entry `index` stands in the tree of `size` entries (RFC 6962 §2.1.1).
     * @throws Fault ledger/out-of-range
     */
    async inclusionProof(db: Reader, index: number, size: number): Promise<Hash[]> {
      if (size > (await sizeOf(db)) || index >= size) {
        throw outOfRange(`there is no entry ${index} in a ledger of ${size} entries here`)
      }
      return inclusionProof(index, size, (positions) => store.findNodes(db, positions))
    },

    /**
     * The proof that the first `from` of `to` entries are those of the ledger when it had `from`
     * entries (RFC 6962 §2.1.2).
     * @throws Fault ledger/out-of-range; also for `from` 0, which proves nothing
     */
    async consistencyProof(db: Reader, from: number, to: number): Promise<Hash[]> {
      if (from < 1 || from > to || to > (await sizeOf(db))) {
        throw outOfRange(`the ledger did not grow from ${from} to ${to} entries`)
      }
      return consistencyProof(from, to, (positions) => store.findNodes(db, positions))
    },

    /** The hashes of complete subtrees, in the order asked. */
    nodes: (db: Reader, positions: readonly NodePosition[]): Promise<Hash[]> =>
      store.findNodes(db, positions),

    /** The root that the ledger had with its first `size` entries; undefined when it has fewer. */
    async rootAt(db: Reader, size: number): Promise<Hash | undefined> {
      if (size > (await sizeOf(db))) return undefined
      return rootOf({ size, hashes: await store.findNodes(db, frontierPositions(size)) })
    },

    /**
     * The hashes of a tile, side by side (C2SP tlog-tiles). Hashes only: entries are not served.
     * @throws Fault ledger/out-of-range when the ledger has not got that far
     */
    async tile(db: Reader, tile: Tile): Promise<Uint8Array> {
      return (await tileFiles?.read(tile)) ?? tileOf(db, tile)
    },

    /** Writes full tiles as files, where that is set; those that have one already stay as they are. */
    async archiveTiles(db: Reader): Promise<void> {
      if (tileFiles === undefined) return
      const size = await sizeOf(db)
      while ((await tileFiles.write(size, (tile) => tileOf(db, tile))) > 0);
    },

    /**
     * A receipt for an entry under the newest checkpoint. The caller sees to it that it goes to the
     * agency whose act it records. Without the entry's content once that is erased.
     * @throws Fault ledger/out-of-range
     */
    async receiptFor(db: Reader, index: number): Promise<Receipt> {
      // Head first: whatever is appended in between, the nodes of this head are there.
      const head = await store.findHead(db)
      const row = await store.findEntry(db, index)
      if (head === undefined || row === undefined || index >= head.frontier.size) {
        throw outOfRange(`the ledger has no entry ${index}`)
      }
      const inclusion = await inclusionProof(index, head.frontier.size, (positions) =>
        store.findNodes(db, positions),
      )
      return receiptOf(row, head.checkpoint, inclusion)
    },

    /**
     * Erases payload and salt of an entry for good; its leaf stays, so the ledger stays verifiable.
     * The erasure is itself appended: an entry that lost its payload without that is a fault.
     * Entries about erasures stay.
     * @returns false when there was nothing to erase
     * @throws Fault ledger/out-of-range when there is no such entry
     */
    async erase(tx: Tx, index: number): Promise<boolean> {
      const row = await store.findEntry(tx, index)
      if (row === undefined) throw outOfRange(`the ledger has no entry ${index}`)
      if (row.kind === 'ledger.erase') return false
      if (!(await store.erasePayload(tx, index))) return false
      await append(tx, [{ kind: 'ledger.erase', erased: index }])
      return true
    },
  }
}
