import { Compile } from 'typebox/compile'
import { equalBytes, fromBase64 } from '../kernel/bytes.ts'
import { Receipt } from '../wire/common.ts'
import { type Checkpoint, openCheckpoint } from './checkpoint.ts'
import { commitmentOf, type Entry, entryLeaf, parsePayload } from './entry.ts'
import { type Hash, verifyInclusion } from './merkle.ts'

export type ReceiptVerdict =
  | {
      readonly valid: true
      readonly index: number
      readonly commitment: Hash
      /** The checkpoint that the receipt rests on; keep it, to check later ones against. */
      readonly checkpoint: Checkpoint
      /** What was recorded; undefined when the receipt does not disclose it. */
      readonly entry: Entry | undefined
    }
  | { readonly valid: false; readonly reason: string }

const shape = Compile(Receipt)

const bytesOf = (what: string, encoded: string): Uint8Array => {
  try {
    return fromBase64(encoded)
  } catch {
    throw new RangeError(`${what} is not base64`)
  }
}

/** @throws with a message that says what does not fit */
function disclosedEntry({ salt, entry }: Receipt, commitment: Hash): Entry | undefined {
  if (salt === undefined && entry === undefined) return undefined
  if (salt === undefined || entry === undefined) {
    throw new RangeError('the receipt holds only one of salt and entry')
  }
  if (!equalBytes(commitmentOf(bytesOf('the salt', salt), entry), commitment)) {
    throw new RangeError('the entry is not the one that was committed to')
  }
  return parsePayload(entry)
}

/**
 * Checks a receipt offline against the pinned verifier key of the ledger that gave it: the entry
 * opens the commitment, the commitment stands in the tree at its index, the tree is the one of the
 * checkpoint, and the ledger's key signed that. Does not check that the ledger still stands by that
 * checkpoint: ask it for a consistency proof to its newest one.
 * Never throws; what is wrong is told in `reason`.
 */
export async function verifyReceipt(
  receipt: unknown,
  verifierKey: string,
): Promise<ReceiptVerdict> {
  try {
    if (!shape.Check(receipt)) return { valid: false, reason: 'this is not a receipt' }
    const checkpoint = await openCheckpoint(receipt.checkpoint, verifierKey)
    if (checkpoint.origin !== receipt.origin) {
      return { valid: false, reason: 'the receipt names another ledger than its checkpoint' }
    }
    const { index } = receipt
    const commitment = bytesOf('the commitment', receipt.commitment)
    if (commitment.length !== 32) return { valid: false, reason: 'the commitment is no hash' }
    const entry = disclosedEntry(receipt, commitment)
    verifyInclusion({
      index,
      size: checkpoint.size,
      leaf: entryLeaf(commitment),
      root: checkpoint.root,
      proof: receipt.inclusion.map((hash) => bytesOf('the inclusion proof', hash)),
    })
    return { valid: true, index, commitment, checkpoint, entry }
  } catch (error) {
    return { valid: false, reason: error instanceof Error ? error.message : 'unreadable' }
  }
}
