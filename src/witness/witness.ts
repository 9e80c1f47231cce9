import { base64, fromBase64 } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import { openCheckpoint, parseCheckpointText } from '../proofs/checkpoint.ts'
import { cosign } from '../proofs/cosignature.ts'
import { type Hash, ProofError, verifyConsistency } from '../proofs/merkle.ts'
import { NoteError, parseNote, parseVerifierKey, type Signer } from '../proofs/note.ts'
import { payloadReader } from '../proofs/payload.ts'
import { readStatement, StatementError } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import { mostProofLines } from '../wire/ledger.ts'
import { OperatorKeysPayload } from '../wire/registry.ts'
import * as store from './store.ts'
import type { WitnessAnswer } from './types.ts'

const readKeys = payloadReader(OperatorKeysPayload)

type Asked = { readonly old: number; readonly proof: readonly Hash[]; readonly note: string }

const invalid = (message: string): Fault => new Fault('door/invalid-input', [{ message }])

/** Reads the body of `add-checkpoint`: old size, hashes of the proof, an empty line, the checkpoint. */
function readAsked(body: string): Asked {
  const [, digits, hashes, note] =
    /^old (0|[1-9][0-9]{0,15})\n((?:[^\n]+\n)*)\n(.*)$/s.exec(body) ?? []
  if (digits === undefined || note === undefined) {
    throw invalid('the body is not an old size, a proof, an empty line and a checkpoint')
  }
  const lines = (hashes ?? '').split('\n').filter((line) => line !== '')
  if (lines.length > mostProofLines) throw invalid('the proof has too many lines')
  try {
    return { old: Number(digits), proof: lines.map(fromBase64), note }
  } catch {
    throw invalid('a line of the proof is not base64')
  }
}

/** Which ledger a checkpoint says it is of; nothing is verified. */
function originOf(note: string): string {
  try {
    return parseCheckpointText(parseNote(note).text).origin
  } catch (error) {
    throw invalid(error instanceof NoteError ? error.message : 'this is not a checkpoint')
  }
}

/**
 * A witness of the other operator's ledger (C2SP tlog-witness): it cosigns a checkpoint only when that
 * continues the last one that it cosigned. So a ledger of which two histories are shown has the
 * cosignature on one of them at most. It never reads an entry.
 */
export function openWitness({
  clock,
  db,
  signer,
  peerThumbprint,
}: {
  readonly clock: Clock
  readonly db: Reader
  /** Signs cosignatures, and nothing else. */
  readonly signer: Signer
  /** Thumbprint of the other operator's root key, as it is pinned here. */
  readonly peerThumbprint: () => string
}) {
  return {
    verifierKey: signer.verifierKey,

    /**
     * Takes the other operator's word, under its pinned root key, for its ledger. It has one, under one key:
     * another name or another key would be another history.
     * @throws Fault statements/invalid, witness/another-history
     */
    async introduce(statement: string): Promise<void> {
      const { origin, verifierKey } = await readIntroduction(statement, peerThumbprint())
      const fault = await transact(db, 'witness/introduce', async (tx) => {
        if (await store.addLedger(tx, { origin, verifierKey })) return undefined
        const known = await store.lockLedger(tx, origin)
        return known?.verifierKey === verifierKey
          ? undefined
          : new Fault('witness/another-history', [
              { message: 'another ledger, or another key of it, is witnessed here' },
            ])
      })
      if (fault !== undefined) throw fault
    },

    /** What was cosigned last: asked here, a ledger cannot hide it. */
    cosigned: () => store.cosigned(db),

    /**
     * Cosigns a checkpoint that continues the last one. Two at once are answered one after the other.
     * @throws Fault door/invalid-input, witness/unknown-ledger, witness/untrusted-checkpoint,
     *   witness/another-history, witness/inconsistent
     */
    async addCheckpoint(body: string): Promise<WitnessAnswer> {
      const { old, proof, note } = readAsked(body)
      const origin = originOf(note)
      return transact(db, 'witness/add-checkpoint', async (tx): Promise<WitnessAnswer> => {
        const known = await store.lockLedger(tx, origin)
        if (known === undefined) throw new Fault('witness/unknown-ledger')
        const { size, root } = await openCheckpoint(note, known.verifierKey).catch(() => {
          throw new Fault('witness/untrusted-checkpoint')
        })
        if (old > size) throw invalid('the old size is larger than that of the checkpoint')
        if (old !== known.size) return { size: known.size }
        if (known.size === 0) {
          if (proof.length > 0) throw new Fault('witness/inconsistent')
        } else {
          const before = await openCheckpoint(known.checkpoint, known.verifierKey)
          if (size === before.size && base64(root) !== base64(before.root)) {
            throw new Fault('witness/another-history')
          }
          assertContinues({
            from: before.size,
            to: size,
            fromRoot: before.root,
            toRoot: root,
            proof,
          })
        }
        const cosignature = await cosign(note, signer, clock.now())
        await store.putCheckpoint(tx, { origin, size, checkpoint: `${note}${cosignature}` })
        return { cosignature }
      })
    },
  }
}

export type Witness = ReturnType<typeof openWitness>

function assertContinues(claim: Parameters<typeof verifyConsistency>[0]): void {
  try {
    verifyConsistency(claim)
  } catch (error) {
    if (error instanceof ProofError) {
      throw new Fault('witness/inconsistent', [{ message: error.message }])
    }
    throw error
  }
}

async function readIntroduction(
  statement: string,
  rootThumbprint: string,
): Promise<{ readonly origin: string; readonly verifierKey: string }> {
  try {
    const { ledgerKey } = readKeys(await readStatement('operator-keys', statement, rootThumbprint))
    return { origin: parseVerifierKey(ledgerKey).name, verifierKey: ledgerKey }
  } catch (error) {
    if (error instanceof StatementError || error instanceof NoteError) {
      throw new Fault('statements/invalid', [{ message: error.message }])
    }
    throw error
  }
}
