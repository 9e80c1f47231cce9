import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { equalBytes, fromBase64 } from '../kernel/bytes.ts'
import { commitmentOf, type Entry, entryLeaf, parsePayload } from '../proofs/entry.ts'
import { type HashColumn, hashColumn } from './hash-column.ts'

/** Something that is wrong, at an entry where it can be told. */
export type LedgerProblem = { readonly index?: number; readonly problem: string }

/** What an export says, after each of its entries was checked by itself. */
export type ReadExport = {
  readonly head: Head | undefined
  /** Leaf hashes, computed from the commitments of the entries. */
  readonly leaves: HashColumn
  /** Nodes by level, as exported. */
  readonly nodes: readonly HashColumn[]
  readonly erased: ReadonlySet<number>
  /** Entries that some `ledger.erase` names. */
  readonly announced: ReadonlySet<number>
  /** Time of the entry with the highest index, as written beside its payload. */
  readonly lastAt: string | undefined
}

const Bytes = Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$', maxLength: 4096 })
const Whole = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER })

const Head = Type.Object({
  size: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  root: Bytes,
  frontier: Bytes,
  checkpoint: Type.String(),
  at: Type.String(),
})
type Head = Static<typeof Head>

const EntryLine = Type.Object({
  index: Whole,
  kind: Type.String(),
  at: Type.String(),
  salt: Type.Union([Bytes, Type.Null()]),
  payload: Type.Union([Type.String(), Type.Null()]),
  commitment: Bytes,
})
type EntryLine = Static<typeof EntryLine>

const isHeadLine = Compile(Type.Object({ form: Type.Literal('raakvlak-ledger/1'), head: Head }))
const isEntryLine = Compile(Type.Object({ entry: EntryLine }))
const isNodeLine = Compile(
  Type.Object({
    node: Type.Object({
      level: Type.Integer({ minimum: 0, maximum: 53 }),
      index: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
      hash: Bytes,
    }),
  }),
)

type Tell = (problem: string, index?: number) => void

/** The payload of an entry, if it opens its commitment and agrees with what stands beside it. */
function openEntry(line: EntryLine, commitment: Uint8Array, tell: Tell): Entry | undefined {
  const { index, salt, payload } = line
  if (salt === null || payload === null) {
    if (salt !== payload) tell('salt and payload are not erased together', index)
    return undefined
  }
  const saltBytes = fromBase64(salt)
  if (saltBytes.length !== 32 || !equalBytes(commitmentOf(saltBytes, payload), commitment)) {
    tell('the payload or its salt was changed: it is not what was committed to', index)
  }
  try {
    const entry = parsePayload(payload)
    if (entry.kind !== line.kind || entry.at !== line.at) {
      tell('the kind or time beside the payload is not that of the payload', index)
    }
    return entry
  } catch (error) {
    tell(error instanceof Error ? error.message : 'the payload is unreadable', index)
    return undefined
  }
}

/**
 * Reads an export and checks every entry by itself; what is wrong goes to `problems`. `after` is what was
 * verified before, when the export has only what came then.
 */
export async function readExport(
  lines: AsyncIterable<string> | Iterable<string>,
  problems: LedgerProblem[],
  onLine: (count: number) => void,
  after?: { readonly size: number; readonly at: string },
): Promise<ReadExport> {
  const tell: Tell = (problem, index) =>
    problems.push(index === undefined ? { problem } : { index, problem })
  const leaves = hashColumn()
  const nodes: HashColumn[] = []
  const erased = new Set<number>()
  const announced = new Set<number>()
  let head: Head | undefined
  let previous: Pick<EntryLine, 'index' | 'at'> | undefined =
    after === undefined || after.size === 0 ? undefined : { index: after.size - 1, at: after.at }
  let count = 0

  function takeEntry(line: EntryLine): void {
    const { index } = line
    if (index < (after?.size ?? 0)) {
      tell('an entry stands before the first', index)
      return
    }
    const commitment = fromBase64(line.commitment)
    if (!leaves.put(index, entryLeaf(commitment))) {
      tell('the entry is there twice', index)
      return
    }
    if (previous !== undefined && index < previous.index) tell('the line is out of order', index)
    if (previous !== undefined && index > previous.index && line.at < previous.at) {
      tell('the clock went backward', index)
    }
    if (previous === undefined || index > previous.index) previous = line
    const entry = openEntry(line, commitment, tell)
    if (line.payload === null) erased.add(index)
    if (entry?.kind === 'ledger.erase' && typeof entry.erased === 'number') {
      announced.add(entry.erased)
    }
  }

  function takeNode(level: number, index: number, hash: Uint8Array): void {
    while (nodes.length <= level) nodes.push(hashColumn())
    if (nodes[level]?.put(index, hash) !== true) tell(`node ${level}/${index} is there twice`)
  }

  function take(text: string): void {
    const line: unknown = JSON.parse(text)
    if (isEntryLine.Check(line)) takeEntry(line.entry)
    else if (isNodeLine.Check(line)) {
      takeNode(line.node.level, line.node.index, fromBase64(line.node.hash))
    } else if (isHeadLine.Check(line)) {
      if (head !== undefined) tell('the export has two heads')
      head ??= line.head
    } else throw new TypeError('unknown kind of line')
  }

  for await (const text of lines) {
    count += 1
    onLine(count)
    if (text.trim() === '') continue
    try {
      take(text)
    } catch {
      tell(`line ${count} of the export cannot be read`)
    }
  }
  return { head, leaves, nodes, erased, announced, lastAt: previous?.at }
}
