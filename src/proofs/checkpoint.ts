import { base64, fromBase64 } from '../kernel/bytes.ts'
import { emptyRoot, type Hash } from './merkle.ts'
import { NoteError, openNote, parseVerifierKey, type Signer, signNote } from './note.ts'

/**
 * What a ledger vouches for at one moment (C2SP tlog-checkpoint v1.0.0): its origin, how many
 * entries it has, and the root over them. Without extension lines.
 */
export type Checkpoint = {
  /** The ledger's own name; also the name of the key that signs. */
  readonly origin: string
  readonly size: number
  readonly root: Hash
}

export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${base64(root)}\n`

/** @throws NoteError when the text is not that of a checkpoint */
export function parseCheckpointText(text: string): Checkpoint {
  const [, origin, digits, encoded] = /^([^\n]+)\n(0|[1-9][0-9]*)\n([^\n]+)\n$/.exec(text) ?? []
  if (origin === undefined || encoded === undefined) {
    throw new NoteError('this is not the text of a checkpoint')
  }
  const size = Number(digits)
  const root = rootOf(encoded)
  if (!Number.isSafeInteger(size)) throw new NoteError('the checkpoint is for an impossible size')
  if (size === 0 && base64(emptyRoot) !== encoded) {
    throw new NoteError('the root of the checkpoint is not that of an empty ledger')
  }
  return { origin, size, root }
}

const rootOf = (encoded: string): Hash => {
  try {
    const root = fromBase64(encoded)
    if (root.length === 32) return root
  } catch {}
  throw new NoteError('the root of the checkpoint is not a SHA-256 hash')
}

/** Signs a checkpoint; the signer's key must bear the origin's name. */
export async function signCheckpoint(checkpoint: Checkpoint, signer: Signer): Promise<string> {
  if (signer.name !== checkpoint.origin) {
    throw new NoteError('a checkpoint is signed under the name of its origin')
  }
  return signNote(checkpointText(checkpoint), signer)
}

/**
 * Verifies a signed checkpoint against the pinned key of its ledger. Does not check that it is the
 * newest, nor that it agrees with other checkpoints; consistency proofs do that.
 * @throws NoteError saying why it must not be trusted
 */
export async function openCheckpoint(note: string, verifierKey: string): Promise<Checkpoint> {
  const checkpoint = parseCheckpointText(await openNote(note, verifierKey))
  if (checkpoint.origin !== parseVerifierKey(verifierKey).name) {
    throw new NoteError('the checkpoint is of another ledger than the key')
  }
  return checkpoint
}
