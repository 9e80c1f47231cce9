import { base64, concat, equalBytes, fromBase64 } from '../kernel/bytes.ts'
import { type Checkpoint, openCheckpoint, parseCheckpointText } from '../proofs/checkpoint.ts'
import { entryLeaf } from '../proofs/entry.ts'
import {
  appendLeaves,
  emptyFrontier,
  type Frontier,
  frontierPositions,
  type Hash,
  rootOf,
} from '../proofs/merkle.ts'
import { verifyReceipt } from '../proofs/receipt.ts'
import { type LedgerProblem, type ReadExport, readExport } from './export-reader.ts'
import { type HashColumn, hashColumn } from './hash-column.ts'
import { findMisplaced, range, type Tree } from './misplaced.ts'

/** How far a ledger was verified: what is to be kept by whoever verifies only what came after, the next time. */
export type VerifiedBeginning = {
  readonly size: number
  /** Roots of its complete subtrees, base64, largest first. */
  readonly frontier: readonly string[]
  /** Time of its last entry. */
  readonly at: string
}

export type LedgerReport = {
  /** True when nothing is wrong. Without a verifier key that says nothing about who made it. */
  readonly verified: boolean
  readonly size: number
  readonly erased: number
  readonly signature: 'verified' | 'wrong' | 'not checked'
  readonly problems: readonly LedgerProblem[]
  /** There when the ledger has entries and nothing is wrong. */
  readonly beginning?: VerifiedBeginning
}

export type VerifySettings = {
  /**
   * What was verified before, as this function gave it then: the export then has what came after it. What
   * happened since to entries before it, such as an erasure, is not seen.
   */
  readonly beginning?: VerifiedBeginning
  /** The pinned key of the ledger; without it nobody's signature is checked. */
  readonly verifierKey?: string
  /** Signed checkpoints that others kept. They show a rewritten history, a rollback or a fork. */
  readonly checkpoints?: readonly string[]
  /** Receipts that others kept. */
  readonly receipts?: readonly unknown[]
  readonly onLine?: (count: number) => void
}

/** @returns undefined when a leaf is missing */
function recompute(
  leaves: HashColumn | undefined,
  beginning: Frontier,
  size: number,
): Tree | undefined {
  const levels: HashColumn[] = []
  let frontier = beginning
  for (let index = beginning.size; index < size; index += 1) {
    const leaf = leaves?.get(index)
    if (leaf === undefined) return undefined
    const grown = appendLeaves(frontier, [leaf])
    frontier = grown.frontier
    for (const node of grown.completed) {
      while (levels.length <= node.level) levels.push(hashColumn())
      levels[node.level]?.put(node.index, node.hash)
    }
  }
  return { beginning, frontier, levels }
}

/** The root over the first `size` leaves, of which there have to be as many as the beginning has. */
function rootAt({ beginning, levels }: Tree, size: number): Hash {
  const given = new Map(
    frontierPositions(beginning.size).map(({ level, index }, at) => [
      `${level}/${index}`,
      beginning.hashes[at],
    ]),
  )
  const hashes = frontierPositions(size).map(
    ({ level, index }) =>
      levels[level]?.get(index) ?? given.get(`${level}/${index}`) ?? new Uint8Array(0),
  )
  return rootOf({ size, hashes })
}

function findMissing({ leaves }: ReadExport, from: number, size: number): LedgerProblem[] {
  const problems: LedgerProblem[] = []
  let next = from
  for (const index of leaves.indexes()) {
    if (index >= size) break
    if (index > next) {
      problems.push({ index: next, problem: `missing: ${range(next, index - 1)}` })
    }
    next = index + 1
  }
  if (next < size) {
    const problem = `missing: ${range(next, size - 1)}; the tail was cut off`
    problems.push({ index: next, problem })
  }
  return problems
}

function findWrongNodes({ nodes }: ReadExport, tree: Tree): LedgerProblem[] {
  const problems: LedgerProblem[] = []
  for (const [level, expected] of tree.levels.entries()) {
    for (const index of expected.indexes()) {
      const hash = nodes[level]?.get(index)
      const right = expected.get(index)
      if (hash !== undefined && right !== undefined && equalBytes(hash, right)) continue
      const first = index * 2 ** level
      const over = range(first, first + 2 ** level - 1)
      const what = hash === undefined ? 'is missing' : 'was changed'
      problems.push({ index: first, problem: `node ${level}/${index} over ${over} ${what}` })
    }
  }
  for (const [level, column] of nodes.entries()) {
    const end = tree.levels[level]?.end() ?? 0
    if (column.end() > end) {
      problems.push({ problem: `level ${level} has nodes beyond the head, from ${end} on` })
    }
  }
  return problems
}

function findErasures({ erased, announced, leaves }: ReadExport): LedgerProblem[] {
  const problems: LedgerProblem[] = []
  for (const index of erased) {
    if (announced.has(index)) continue
    problems.push({ index, problem: 'the payload is gone and no entry says that it was erased' })
  }
  for (const index of announced) {
    if (erased.has(index) || leaves.get(index) === undefined) continue
    problems.push({ index, problem: 'an entry says that the payload was erased, yet it is there' })
  }
  return problems
}

type Told = NonNullable<ReadExport['head']>

async function openHead(
  head: Told,
  verifierKey: string | undefined,
): Promise<{ checkpoint?: Checkpoint; signature: LedgerReport['signature']; problem?: string }> {
  const note = head.checkpoint
  try {
    if (verifierKey !== undefined) {
      return { checkpoint: await openCheckpoint(note, verifierKey), signature: 'verified' }
    }
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1)
    return { checkpoint: parseCheckpointText(text), signature: 'not checked' }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unreadable'
    const signature = verifierKey === undefined ? 'not checked' : 'wrong'
    return { signature, problem: `the checkpoint of the head cannot be trusted: ${why}` }
  }
}

function findHeadFaults(head: Told, checkpoint: Checkpoint | undefined, tree: Tree): string[] {
  const { frontier } = tree
  const root = base64(rootOf(frontier))
  const frontierBytes = base64(concat(...frontier.hashes))
  const problems: string[] = []
  if (head.root !== root) problems.push('the root of the head is not that of the entries')
  if (head.frontier !== frontierBytes)
    problems.push('the frontier of the head is not that of the entries')
  if (checkpoint === undefined) return problems
  if (checkpoint.size !== head.size) {
    problems.push(`the checkpoint is for ${checkpoint.size} entries, the head for ${head.size}`)
  } else if (base64(checkpoint.root) !== root) {
    problems.push('the checkpoint is not for these entries')
  }
  return problems
}

type Held = { readonly checkpoint: Checkpoint; readonly whose: string }

/** What others kept, against the ledger as it now shows itself. */
function findContradictions(
  held: readonly Held[],
  tree: Tree,
  own: Checkpoint | undefined,
): LedgerProblem[] {
  const problems: LedgerProblem[] = []
  const sorted = [...held].sort((one, other) => one.checkpoint.size - other.checkpoint.size)
  const { size: present } = tree.frontier
  let agreed = tree.beginning.size
  for (const { checkpoint, whose } of sorted) {
    const { size, root } = checkpoint
    if (size < tree.beginning.size) {
      problems.push({ problem: `${whose} is older than what is verified here; verify the whole` })
    } else if (size > present) {
      const problem = `rollback: ${whose} is for ${size} entries, the ledger has only ${present}`
      problems.push({ index: present, problem })
    } else if (equalBytes(rootAt(tree, size), root)) {
      agreed = size
    } else if (size === own?.size) {
      problems.push({
        index: agreed,
        problem: `fork: ${whose} and the head are two signed heads for ${size} entries`,
      })
    } else {
      problems.push({
        index: agreed,
        problem: `rewritten: ${range(agreed, size - 1)} are not those of ${whose}`,
      })
    }
  }
  for (const [at, { checkpoint, whose }] of sorted.entries()) {
    const before = sorted[at - 1]
    if (before === undefined || before.checkpoint.size !== checkpoint.size) continue
    if (equalBytes(before.checkpoint.root, checkpoint.root)) continue
    const problem = `fork: ${before.whose} and ${whose} are two signed heads for ${checkpoint.size} entries`
    problems.push({ problem })
  }
  return problems
}

async function openHeld(
  { checkpoints = [], receipts = [] }: VerifySettings,
  verifierKey: string,
  tree: Tree | undefined,
  problems: LedgerProblem[],
): Promise<Held[]> {
  const held: Held[] = []
  for (const [at, note] of checkpoints.entries()) {
    const whose = `held checkpoint ${at + 1}`
    try {
      held.push({ checkpoint: await openCheckpoint(note, verifierKey), whose })
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unreadable'
      problems.push({ problem: `${whose} cannot be used: ${why}` })
    }
  }
  for (const [at, receipt] of receipts.entries()) {
    const whose = `the checkpoint of held receipt ${at + 1}`
    const verdict = await verifyReceipt(receipt, verifierKey)
    if (!verdict.valid) {
      problems.push({ problem: `held receipt ${at + 1} cannot be used: ${verdict.reason}` })
      continue
    }
    held.push({ checkpoint: verdict.checkpoint, whose })
    const leaf = tree?.levels[0]?.get(verdict.index)
    if (leaf !== undefined && !equalBytes(leaf, entryLeaf(verdict.commitment))) {
      const problem = `another entry stands here than held receipt ${at + 1} proves`
      problems.push({ index: verdict.index, problem })
    }
  }
  return held
}

/** The tree that the head vouches for, from the entries or else from the nodes. */
function chooseTree(read: ReadExport, beginning: Frontier, head: Told): Tree | undefined {
  const { leaves, nodes } = read
  // Sizes beyond what is there are told as a missing tail; recomputing them would never end.
  const reachable = (column: HashColumn | undefined) =>
    head.size <= Math.max(column?.end() ?? 0, beginning.size)
      ? recompute(column, beginning, head.size)
      : undefined
  const fromEntries = reachable(leaves)
  const fits = (tree: Tree | undefined) =>
    tree !== undefined && base64(rootOf(tree.frontier)) === head.root
  if (fits(fromEntries)) return fromEntries
  const fromNodes = reachable(nodes[0])
  return fits(fromNodes) ? fromNodes : (fromNodes ?? fromEntries)
}

/**
 * Verifies an export of a ledger and names what is wrong: changed, missing, copied, swapped or moved
 * entries, changed nodes, a head that does not fit, a wrong signature, a clock that went backward,
 * a payload that vanished unannounced. With checkpoints and receipts that others kept also a history
 * rewritten with right hashes and a fresh signature, a rollback and a fork; without them those three
 * cannot be seen. Does not check whether what an entry says is true.
 * @throws RangeError when checkpoints or receipts are given without the key that signed them
 */
export async function verifyLedger(
  lines: AsyncIterable<string> | Iterable<string>,
  settings: VerifySettings = {},
): Promise<LedgerReport> {
  const { verifierKey, checkpoints = [], receipts = [], onLine = () => {} } = settings
  if (verifierKey === undefined && checkpoints.length + receipts.length > 0) {
    throw new RangeError('checkpoints and receipts can only be used with the verifier key')
  }
  const problems: LedgerProblem[] = []
  const beginning = settings.beginning ? frontierOf(settings.beginning) : emptyFrontier
  const read = await readExport(lines, problems, onLine, settings.beginning)
  const { head, erased } = read
  const report = (size: number, signature: LedgerReport['signature']): LedgerReport => ({
    verified: problems.length === 0,
    size,
    erased: erased.size,
    signature,
    problems,
  })

  const tree = head && chooseTree(read, beginning, head)
  const held =
    verifierKey === undefined ? [] : await openHeld(settings, verifierKey, tree, problems)
  if (head === undefined) {
    if (read.leaves.end() > 0) problems.push({ problem: 'the head is missing' })
    if (beginning.size > 0) problems.push(rollbackFrom(beginning.size, 0))
    for (const { checkpoint, whose } of held) {
      if (checkpoint.size === 0) continue
      problems.push({
        problem: `rollback: ${whose} is for ${checkpoint.size} entries, there are none`,
      })
    }
    return report(0, 'not checked')
  }

  const { checkpoint, signature, problem } = await openHead(head, verifierKey)
  if (problem !== undefined) problems.push({ problem })
  problems.push(...findMissing(read, beginning.size, head.size), ...findErasures(read))
  if (tree === undefined) {
    problems.push({ problem: 'too much is missing to recompute the tree of the head' })
  } else {
    problems.push(
      ...findMisplaced(read, tree),
      ...findWrongNodes(read, tree),
      ...findHeadFaults(head, checkpoint, tree).map((problem) => ({ problem })),
      ...findContradictions(held, tree, signature === 'verified' ? checkpoint : undefined),
    )
  }
  if (head.size < beginning.size) problems.push(rollbackFrom(beginning.size, head.size))
  if (read.lastAt !== undefined && read.lastAt !== head.at) {
    problems.push({ problem: 'the time of the head is not that of the last entry' })
  }
  const verdict = report(head.size, signature)
  return verdict.verified && tree !== undefined
    ? { ...verdict, beginning: beginningOf(tree.frontier, head.at) }
    : verdict
}

const rollbackFrom = (before: number, now: number): LedgerProblem => ({
  problem: `rollback: ${before} entries were verified before, the ledger has ${now}`,
})

const beginningOf = ({ size, hashes }: Frontier, at: string): VerifiedBeginning => ({
  size,
  frontier: hashes.map(base64),
  at,
})

/** @throws RangeError when it is no beginning that was verified */
function frontierOf({ size, frontier }: VerifiedBeginning): Frontier {
  const hashes = frontier.map(fromBase64)
  if (hashes.length !== frontierPositions(size).length) {
    throw new RangeError('what was verified before does not fit its own size')
  }
  return { size, hashes }
}
