import type { Agencies } from '../agencies/agencies.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { payloadReader } from '../proofs/payload.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import { SuspensionPayload } from '../wire/agreement.ts'
import * as store from './store.ts'

const readSuspension = payloadReader(SuspensionPayload)

/**
 * Makes the act by which an administrator of this operator stops all acts under an agreement and all its
 * versions here, earlier and later ones, or lifts that. The statement may name any of them. No act that was decided before stands on the ledger after it. Statements older than
 * the one that stands are refused.
 */
export function openSuspension({
  db,
  ledger,
  agencies,
}: {
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
}): (statement: string) => Promise<void> {
  const invalid = (message: string) => new Fault('statements/invalid', [{ message }])

  return async (statement) => {
    const { signer, payload } = await agencies.readAdministratorStatement(
      'agreement-suspension',
      statement,
      readSuspension,
    )
    const { agreement: hash, suspended, cause, issuedAt } = payload
    const fault = await transact(db, 'agreements/suspend', async (tx) => {
      await store.lockForChange(tx, hash)
      const firstVersion = await store.firstVersionOf(tx, hash)
      const written =
        firstVersion !== undefined &&
        (await store.putSuspension(tx, {
          firstVersion,
          suspended,
          statement,
          issuedAt: new Date(issuedAt),
        }))
      await ledger.append(tx, [
        {
          kind: 'agreement.suspend',
          outcome: written ? 'permit' : 'refuse',
          administrator: signer,
          agreement: hash as AgreementHash,
          suspended,
          cause,
        },
      ])
      if (firstVersion === undefined) return new Fault('agreements/not-found')
      return written ? undefined : invalid('a later statement about this agreement stands')
    })
    if (fault !== undefined) throw fault
  }
}
