import { concat, equalBytes, utf8 } from '../kernel/bytes.ts'
import { type Checkpoint, parseCheckpointText } from './checkpoint.ts'
import {
  isSignatureOf,
  NoteError,
  parseNote,
  parseVerifierKey,
  type Signer,
  signatureLineOf,
} from './note.ts'

/**
 * Cosignatures of checkpoints (C2SP tlog-cosignature v1, Ed25519): a witness says that of this
 * ledger it has seen no larger tree than this one at that time, and that every tree it saw before is
 * a beginning of it. Two histories of one ledger cannot both have the cosignature of an honest witness.
 */
export type Cosigned = { readonly checkpoint: Checkpoint; readonly at: Date }

const timestampLength = 8

const messageOf = (text: string, seconds: bigint): Uint8Array =>
  utf8(`cosignature/v1\ntime ${seconds}\n${text}`)

function timestampOf(seconds: bigint): Uint8Array {
  const bytes = new Uint8Array(timestampLength)
  new DataView(bytes.buffer).setBigUint64(0, seconds)
  return bytes
}

/**
 * The line by which a witness cosigns a checkpoint, to be put behind the note. The witness has to have checked before that
 * the checkpoint continues the last one that it cosigned.
 * @throws NoteError when the note is no checkpoint
 */
export async function cosign(note: string, witness: Signer, at: Date): Promise<string> {
  const { text } = parseNote(note)
  parseCheckpointText(text)
  const { id } = parseVerifierKey(witness.verifierKey, 'cosignature')
  const seconds = BigInt(Math.floor(at.getTime() / 1000))
  const signature = await witness.sign(messageOf(text, seconds))
  return signatureLineOf(witness.name, id, concat(timestampOf(seconds), signature))
}

/**
 * What a witness vouches for in a note, against its pinned key. Signatures under other keys are
 * ignored. Does not check the ledger's own signature, nor that the time lies in the past.
 * @throws NoteError saying why it must not be trusted
 */
export async function openCosignature(note: string, witnessKey: string): Promise<Cosigned> {
  const { name, id, publicKey } = parseVerifierKey(witnessKey, 'cosignature')
  const { text, signatures } = parseNote(note)
  const checkpoint = parseCheckpointText(text)
  const [own, second] = signatures.filter((one) => one.name === name && equalBytes(one.id, id))
  if (own === undefined || second !== undefined) {
    throw new NoteError(`the note is not cosigned once by ${name}`)
  }
  if (own.signature.length !== timestampLength + 64) {
    throw new NoteError(`the cosignature of ${name} has another length`)
  }
  const seconds = new DataView(concat(own.signature).buffer).getBigUint64(0)
  const at = new Date(Number(seconds) * 1000)
  if (Number.isNaN(at.getTime())) throw new NoteError('the time of the cosignature is impossible')
  const signature = own.signature.slice(timestampLength)
  if (!(await isSignatureOf(publicKey, signature, messageOf(text, seconds)))) {
    throw new NoteError(`the cosignature of ${name} does not fit the checkpoint`)
  }
  return { checkpoint, at }
}
