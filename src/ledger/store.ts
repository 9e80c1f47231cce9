import { sql } from 'kysely'
import {
  emptyRoot,
  type Frontier,
  frontierPositions,
  type Hash,
  type NodePosition,
  type TreeNode,
} from '../proofs/merkle.ts'
import type { Tx } from '../store/database.ts'
import type { Reader } from '../store/reader.ts'

export type Head = {
  readonly frontier: Frontier
  readonly root: Hash
  /** Signed note; '' while nothing was appended. */
  readonly checkpoint: string
  readonly at: Date
}

export type EntryRow = {
  readonly index: number
  readonly kind: string
  readonly at: Date
  readonly salt: Uint8Array | null
  readonly payload: string | null
  readonly commitment: Hash
}

/** Of which action an entry is a part; ids in hexadecimal. */
export type TraceRow = {
  readonly index: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly beganAt: Date
}

const columns = ['size', 'frontier', 'root', 'checkpoint', 'at'] as const

/** The head as it is stored. */
export type HeadRow = {
  readonly size: number
  readonly frontier: Buffer
  readonly root: Buffer
  readonly checkpoint: string
  readonly at: Date
}

function headOf({ size, frontier, root, checkpoint, at }: HeadRow): Head {
  const positions = frontierPositions(size)
  if (frontier.length !== 32 * positions.length) {
    throw new Error('the head of the ledger was changed: its frontier does not fit its size')
  }
  const hashes = positions.map((_, at) => frontier.subarray(32 * at, 32 * at + 32))
  return { frontier: { size, hashes }, root, checkpoint, at }
}

export async function findHeadRow(db: Reader): Promise<HeadRow | undefined> {
  return db.selectFrom('ledger_head').select(columns).where('id', '=', 1).executeTakeFirst()
}

/** The head as it stands; undefined while nothing was ever appended. */
export async function findHead(db: Reader): Promise<Head | undefined> {
  const row = await findHeadRow(db)
  return row && headOf(row)
}

/** Takes the ledger's one lock: from here to the commit nobody else appends. */
export async function lockHead(tx: Tx): Promise<Head> {
  const locked = () =>
    tx.selectFrom('ledger_head').select(columns).where('id', '=', 1).forUpdate().executeTakeFirst()
  let row = await locked()
  if (row === undefined) {
    // The first append ever. Of two at once one inserts; the other waits for it and goes on.
    await tx
      .insertInto('ledger_head')
      .values({
        id: 1,
        size: 0,
        frontier: Buffer.alloc(0),
        root: Buffer.from(emptyRoot),
        checkpoint: '',
        at: new Date(0),
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
    row = await locked()
  }
  if (row === undefined) throw new Error('the head of the ledger vanished under its lock')
  return headOf(row)
}

/** Writes entries, with their traces, nodes and head in one statement: one round trip under the lock. */
export async function write(
  tx: Tx,
  entries: readonly EntryRow[],
  nodes: readonly TreeNode[],
  { frontier, root, checkpoint, at }: Head,
  traces: readonly TraceRow[],
): Promise<void> {
  const { numAffectedRows } = await sql`
    with entries as (
      insert into ledger_entry (index, kind, at, salt, payload, commitment)
      select * from unnest(
        ${entries.map((entry) => entry.index)}::bigint[],
        ${entries.map((entry) => entry.kind)}::text[],
        ${entries.map((entry) => entry.at.toISOString())}::timestamptz[],
        ${entries.map((entry) => entry.salt)}::bytea[],
        ${entries.map((entry) => entry.payload)}::text[],
        ${entries.map((entry) => entry.commitment)}::bytea[])
    ), nodes as (
      insert into ledger_node (level, index, hash)
      select * from unnest(
        ${nodes.map((node) => node.level)}::integer[],
        ${nodes.map((node) => node.index)}::bigint[],
        ${nodes.map((node) => node.hash)}::bytea[])
    ), traces as (
      insert into ledger_trace (ledger_index, trace_id, span_id, parent_span_id, began_at)
      select index, decode(trace, 'hex'), decode(span, 'hex'), decode(parent, 'hex'), began
      from unnest(
        ${traces.map((one) => one.index)}::bigint[],
        ${traces.map((one) => one.traceId)}::text[],
        ${traces.map((one) => one.spanId)}::text[],
        ${traces.map((one) => one.parentSpanId ?? null)}::text[],
        ${traces.map((one) => one.beganAt.toISOString())}::timestamptz[])
        as traced (index, trace, span, parent, began)
    )
    update ledger_head
    set size = ${frontier.size},
        frontier = ${Buffer.concat(frontier.hashes)},
        root = ${Buffer.from(root)},
        checkpoint = ${checkpoint},
        at = ${at}
    where id = 1`.execute(tx)
  if (numAffectedRows !== 1n) throw new Error('the head of the ledger was not updated')
}

/** The hashes of nodes in the order asked. */
export async function findNodes(db: Reader, positions: readonly NodePosition[]): Promise<Hash[]> {
  if (positions.length === 0) return []
  const { rows } = await sql<{ level: number; index: number; hash: Buffer }>`
    select level, index, hash
    from unnest(
      ${positions.map((position) => position.level)}::integer[],
      ${positions.map((position) => position.index)}::bigint[]) as asked (level, index)
    join ledger_node using (level, index)`.execute(db)
  const found = new Map(rows.map(({ level, index, hash }) => [`${level}/${index}`, hash]))
  return positions.map(({ level, index }) => {
    const hash = found.get(`${level}/${index}`)
    if (hash === undefined) throw new Error(`the ledger lost its node ${level}/${index}`)
    return hash
  })
}

export async function findEntry(db: Reader, index: number): Promise<EntryRow | undefined> {
  return db
    .selectFrom('ledger_entry')
    .select(['index', 'kind', 'at', 'salt', 'payload', 'commitment'])
    .where('index', '=', index)
    .executeTakeFirst()
}

/** Entries after `index`, in order. */
export async function entriesAfter(db: Reader, index: number, limit: number): Promise<EntryRow[]> {
  return db
    .selectFrom('ledger_entry')
    .select(['index', 'kind', 'at', 'salt', 'payload', 'commitment'])
    .where('index', '>', index)
    .orderBy('index')
    .limit(limit)
    .execute()
}

/** The lowest level above `level` that has nodes. */
export async function levelAbove(db: Reader, level: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('ledger_node')
    .select('level')
    .where('level', '>', level)
    .orderBy('level')
    .limit(1)
    .executeTakeFirst()
  return row?.level
}

/** Nodes of one level from `index` on, by index. */
export async function nodesOfLevel(
  db: Reader,
  level: number,
  index: number,
  limit: number,
): Promise<TreeNode[]> {
  return db
    .selectFrom('ledger_node')
    .select(['level', 'index', 'hash'])
    .where('level', '=', level)
    .where('index', '>=', index)
    .orderBy('index')
    .limit(limit)
    .execute()
}

/** Removes payload and salt, and what was kept of the decision and the trace; true when they were there. */
export async function erasePayload(tx: Tx, index: number): Promise<boolean> {
  await tx.deleteFrom('decision_entry').where('ledger_index', '=', String(index)).execute()
  await tx.deleteFrom('ledger_trace').where('ledger_index', '=', index).execute()
  const { numUpdatedRows } = await tx
    .updateTable('ledger_entry')
    .set({ payload: null, salt: null })
    .where('index', '=', index)
    .where('payload', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
