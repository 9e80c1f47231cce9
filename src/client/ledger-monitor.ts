import { Compile } from 'typebox/compile'
import { base64, equalBytes, fromBase64 } from '../kernel/bytes.ts'
import { type OperatorName, operatorNames } from '../oprf/types.ts'
import { type Checkpoint, openCheckpoint } from '../proofs/checkpoint.ts'
import { openCosignature } from '../proofs/cosignature.ts'
import { entryLeaf } from '../proofs/entry.ts'
import {
  appendLeaves,
  emptyFrontier,
  type Frontier,
  type Hash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../proofs/merkle.ts'
import { tilePath, tilesFrom, tileWidth } from '../proofs/tiles.ts'
import type { Receipt } from '../wire/common.ts'
import { ConsistencyAnswer, InclusionAnswer, WitnessedCheckpoints } from '../wire/ledger.ts'
import { type PinnedOperators, readOperatorKeys, readPublic } from './operators.ts'

/** How far a ledger was followed: enough to go on from there without believing anybody. */
export type FollowedLedger = {
  readonly origin: string
  readonly ledgerKey: string
  readonly size: number
  /** Roots of the complete subtrees of what was followed, base64, largest first. */
  readonly frontier: readonly string[]
  /** The checkpoint as its ledger signed it. */
  readonly checkpoint: string
  /** Entries that the other operator had cosigned. */
  readonly cosigned: number
}

export type MonitorReport = {
  readonly operator: OperatorName
  readonly origin: string
  readonly size: number
  /** Entries that are new since the last time. */
  readonly grown: number
  /** Receipts of the agency’s own acts that were held against the ledger. */
  readonly receipts: number
  /** Entries that the other operator has cosigned; undefined when it has cosigned none. */
  readonly cosigned: number | undefined
}

/** A ledger that contradicts what it said before. What proves it is in `evidence`. */
export class LedgerAlarm extends Error {
  readonly evidence: Readonly<Record<string, unknown>>

  constructor(message: string, evidence: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'LedgerAlarm'
    this.evidence = evidence
  }
}

/** A cosignature older than this, of a ledger that has grown since, says that somebody is kept apart. */
export const longestWithoutCosignature = 3_600_000

const consistencyAnswer = Compile(ConsistencyAnswer)
const inclusionAnswer = Compile(InclusionAnswer)
const witnessed = Compile(WitnessedCheckpoints)

const frontierOf = ({ size, frontier }: FollowedLedger): Frontier => ({
  size,
  hashes: frontier.map(fromBase64),
})

/** Turns what does not prove into an alarm that says what was asked. */
async function orAlarm<Value>(
  what: string,
  evidence: Readonly<Record<string, unknown>>,
  work: () => Value | Promise<Value>,
): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read'
    throw new LedgerAlarm(`${what}: ${why}`, evidence)
  }
}

async function hashesAt(
  url: string,
  path: string,
  form: { readonly Check: (value: unknown) => value is { readonly hashes: readonly string[] } },
): Promise<Hash[]> {
  const answer: unknown = await (await readPublic(url, path)).json()
  if (!form.Check(answer)) throw new LedgerAlarm('a proof came in another form', { answer })
  return answer.hashes.map(fromBase64)
}

/** The leaf hashes from entry `from` on, tile by tile; nothing vouches for them yet. */
async function* leavesFrom(url: string, from: number, size: number): AsyncGenerator<Hash> {
  for (const tile of tilesFrom(from, size)) {
    const response = await readPublic(url, `/v1/ledger/tile/${tilePath(tile)}`)
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (bytes.length !== 32 * tile.width) {
      throw new LedgerAlarm(`tile ${tilePath(tile)} has ${bytes.length} bytes`)
    }
    const first = tile.index * tileWidth
    for (let at = Math.max(0, from - first); at < tile.width; at += 1) {
      yield bytes.slice(32 * at, 32 * at + 32)
    }
  }
}

/**
 * Follows the ledger of an operator from where it was left: the key is vouched for by the pinned root, the
 * checkpoint is signed by it, every leaf since the last time is added to what was there, and the root that comes out
 * is that of the checkpoint. So nothing that was seen once was changed, taken out or moved. Receipts of
 * own acts stand at their index. The other operator cosigned a beginning of this very history.
 * Does not see what entries say: their leaves are salted commitments.
 * @throws LedgerAlarm with evidence, when any of this fails
 */
export async function followLedger({
  operator,
  pins,
  before,
  receipts = [],
  now,
  onLeaf = () => {},
}: {
  readonly operator: OperatorName
  readonly pins: Partial<PinnedOperators>
  readonly before: FollowedLedger | undefined
  readonly receipts?: readonly Receipt[]
  readonly now: Date
  readonly onLeaf?: (done: number, all: number) => void
}): Promise<{ readonly followed: FollowedLedger; readonly report: MonitorReport }> {
  const pinned = pins[operator]
  if (pinned === undefined) throw new RangeError(`no ${operator} is pinned`)
  const { url } = pinned
  const { ledgerKey } = await readOperatorKeys(pinned)
  if (before !== undefined && before.ledgerKey !== ledgerKey) {
    throw new LedgerAlarm('the ledger has another key than before', { before, ledgerKey })
  }
  // What is cosigned first: it is part of every checkpoint from now on.
  const last = await witnessedBy(pins, operator, ledgerKey)
  const note = await (await readPublic(url, '/v1/ledger/checkpoint')).text()
  const evidence = { before: before?.checkpoint, now: note }
  const checkpoint = await orAlarm('the checkpoint is not signed by its ledger', evidence, () =>
    openCheckpoint(note, ledgerKey),
  )
  const from = before?.size ?? 0
  if (checkpoint.size < from) {
    throw new LedgerAlarm(
      `the ledger was put back: it had ${from} entries and has ${checkpoint.size}`,
      evidence,
    )
  }

  const wanted = new Map(receipts.map((receipt) => [receipt.index, receipt]))
  let frontier = before === undefined ? emptyFrontier : frontierOf(before)
  for await (const leaf of leavesFrom(url, from, checkpoint.size)) {
    const receipt = wanted.get(frontier.size)
    if (receipt !== undefined && !equalBytes(leaf, leafOf(receipt))) {
      throw new LedgerAlarm(`entry ${receipt.index} is not the one of your receipt`, { receipt })
    }
    frontier = appendLeaves(frontier, [leaf]).frontier
    onLeaf(frontier.size - from, checkpoint.size - from)
  }
  if (!equalBytes(rootOf(frontier), checkpoint.root)) {
    throw new LedgerAlarm('the history was rewritten: its leaves do not lead to the root', evidence)
  }
  const earlier = receipts.filter(({ index }) => index < from || index >= checkpoint.size)
  for (const receipt of earlier) await assertIncluded(url, receipt, checkpoint, note)
  assertStillCosigned(operator, pins, before, last)
  const cosigned = last && (await cosignedSize({ url, last, checkpoint, note, now }))

  const { origin, size } = checkpoint
  return {
    followed: {
      origin,
      ledgerKey,
      size,
      frontier: frontier.hashes.map(base64),
      checkpoint: note,
      cosigned: cosigned ?? 0,
    },
    report: {
      operator,
      origin,
      size,
      grown: size - from,
      receipts: receipts.length,
      cosigned,
    },
  }
}

const leafOf = ({ commitment }: Receipt): Hash => entryLeaf(fromBase64(commitment))

async function assertIncluded(
  url: string,
  receipt: Receipt,
  { size, root }: Checkpoint,
  note: string,
): Promise<void> {
  const evidence = { receipt, now: note }
  const { index } = receipt
  if (index >= size) {
    throw new LedgerAlarm(
      `the ledger was put back: entry ${index} of your receipt is gone`,
      evidence,
    )
  }
  const path = `/v1/ledger/inclusion-proofs?leafIndex=${index}&treeSize=${size}`
  const proof = await hashesAt(url, path, inclusionAnswer)
  await orAlarm(`entry ${index} is not the one of your receipt`, evidence, () =>
    verifyInclusion({ index, size, leaf: leafOf(receipt), root, proof }),
  )
}

type Witnessed = { readonly cosigned: Checkpoint; readonly at: Date; readonly note: string }

/**
 * What the other operator has cosigned last of this ledger, asked of that one: the ledger cannot hide it.
 * Undefined when that one is not pinned here, or has cosigned nothing.
 */
async function witnessedBy(
  pins: Partial<PinnedOperators>,
  operator: OperatorName,
  ledgerKey: string,
): Promise<Witnessed | undefined> {
  const other = pins[operatorNames.find((name) => name !== operator) ?? operator]
  if (other === undefined) return undefined
  const answer: unknown = await (await readPublic(other.url, '/v1/witness/checkpoints')).json()
  if (!witnessed.Check(answer)) throw new LedgerAlarm('what is cosigned came in another form')
  const [last] = answer.checkpoints
  if (last === undefined) return undefined
  const { witnessKey } = await readOperatorKeys(other)
  const note = last.checkpoint
  const { checkpoint, at } = await orAlarm(
    'what stands at the other operator as cosigned is not',
    { cosigned: note },
    async () => {
      await openCheckpoint(note, ledgerKey)
      return openCosignature(note, witnessKey)
    },
  )
  return { cosigned: checkpoint, at, note }
}

/** A witness that was there and is gone, or was never there, vouches for nothing. */
function assertStillCosigned(
  operator: OperatorName,
  pins: Partial<PinnedOperators>,
  before: FollowedLedger | undefined,
  last: Witnessed | undefined,
): void {
  const had = before?.cosigned ?? 0
  const has = last?.cosigned.size ?? 0
  if (has < had) {
    throw new LedgerAlarm(`the other operator had cosigned ${had} entries, and now ${has}`, {
      before: before?.checkpoint,
      cosigned: last?.note,
    })
  }
  if (operator === 'gateway' && pins.keyholder !== undefined && has === 0) {
    throw new LedgerAlarm(
      'the keyholder has cosigned nothing of this ledger, which is right only in the first seconds of its life',
    )
  }
}

/** How much is cosigned, once that is shown to be a beginning of what stands there now. */
async function cosignedSize({
  url,
  last: { cosigned, at, note: cosignedNote },
  checkpoint,
  note,
  now,
}: {
  readonly url: string
  readonly last: Witnessed
  readonly checkpoint: Checkpoint
  readonly note: string
  readonly now: Date
}): Promise<number> {
  const evidence = { cosigned: cosignedNote, now: note }
  if (cosigned.size > checkpoint.size) {
    throw new LedgerAlarm('the other operator has cosigned more entries than are there', evidence)
  }
  const path = `/v1/ledger/consistency-proofs?from=${cosigned.size}&to=${checkpoint.size}`
  const proof = await hashesAt(url, path, consistencyAnswer)
  await orAlarm('the other operator has cosigned another history', evidence, () =>
    verifyConsistency({
      from: cosigned.size,
      to: checkpoint.size,
      fromRoot: cosigned.root,
      toRoot: checkpoint.root,
      proof,
    }),
  )
  const age = now.getTime() - at.getTime()
  if (cosigned.size < checkpoint.size && age > longestWithoutCosignature) {
    throw new LedgerAlarm(
      'the ledger grows, and the other operator has cosigned nothing for an hour',
      evidence,
    )
  }
  return cosigned.size
}
