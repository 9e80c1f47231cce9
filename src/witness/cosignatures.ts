import type { Agencies } from '../agencies/agencies.ts'
import { base64 } from '../kernel/bytes.ts'
import { type Clock, isOfFuture } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { openCheckpoint } from '../proofs/checkpoint.ts'
import { openCosignature } from '../proofs/cosignature.ts'
import { NoteError, parseVerifierKey } from '../proofs/note.ts'
import { payloadReader } from '../proofs/payload.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import { CosignaturePayload } from '../wire/ledger.ts'
import * as store from './store.ts'
import type { KeptCosignature } from './types.ts'

const readCosignature = payloadReader(CosignaturePayload)

/** The witness that is no agency; no agency can have this name. */
export const otherOperator = '@operator'

const invalid = (message: string): Fault => new Fault('statements/invalid', [{ message }])

/**
 * What witnesses said of this operator's own ledger: of each the newest cosignature. A note that
 * this ledger's key signed and whose history is another than the one that stands here is refused loudly: it
 * shows that the database was put back, or that the key signed twice.
 */
export function openCosignatures({
  clock,
  db,
  ledger,
  agencies,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Pick<Agencies, 'readAgencyStatement'>
}) {
  /** @throws Fault statements/invalid, witness/another-history */
  async function keep(
    note: string,
    { witness, witnessKey }: Pick<KeptCosignature, 'witness' | 'witnessKey'>,
  ): Promise<void> {
    const { checkpoint, at } = await read(note, ledger.verifierKey, witnessKey)
    if (isOfFuture(clock, at.toISOString())) throw invalid('the cosignature is of the future')
    const { size } = checkpoint
    const root = await ledger.rootAt(db, size)
    if (root === undefined || base64(root) !== base64(checkpoint.root)) {
      throw new Fault('witness/another-history')
    }
    await transact(db, 'witness/keep', (tx) =>
      store.keepCosignature(tx, { witness, witnessKey, size, cosignedAt: at, note }),
    )
  }

  return {
    keep,

    /**
     * Takes the cosignature of an agency, handed in under its signing key.
     * @throws Fault statements/invalid, witness/another-history
     */
    async accept(statement: string): Promise<void> {
      const { payload, agency } = await agencies.readAgencyStatement(
        'checkpoint-cosignature',
        statement,
        readCosignature,
      )
      if (!agency.active) throw invalid('the agency is suspended here')
      await keep(payload.note, { witness: agency.id, witnessKey: payload.witnessKey })
    },

    list: (): Promise<KeptCosignature[]> => store.cosignatures(db),

    /** The newest of each witness in each month of a time, and of all, of at most `size` entries; the smallest first. */
    within: (time: {
      readonly from: Date
      readonly until: Date
      readonly size: number
    }): Promise<KeptCosignature[]> => store.cosignaturesIn(db, time),
  }
}

export type KeptCosignatures = ReturnType<typeof openCosignatures>

async function read(note: string, ledgerKey: string, witnessKey: string) {
  try {
    parseVerifierKey(witnessKey, 'cosignature')
    await openCheckpoint(note, ledgerKey)
    return await openCosignature(note, witnessKey)
  } catch (error) {
    if (error instanceof NoteError) throw invalid(error.message)
    throw error
  }
}
