import { type Agencies, asFault } from '../agencies/agencies.ts'
import { type Clock, clockSkewSeconds, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { payloadReader } from '../proofs/payload.ts'
import { claimedSigner, readStatement } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import { SuspensionPayload } from '../wire/agreement.ts'
import * as store from './store.ts'

const readSuspension = payloadReader(SuspensionPayload)

/**
 * Makes the act by which an administrator of this operator stops all acts under an agreement here,
 * or lifts that. No act that was decided before stands on the ledger after it. Statements older than
 * the one that stands are refused.
 */
export function openSuspension({
  clock,
  db,
  ledger,
  agencies,
  operatorThumbprint,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  /** Thumbprint of this operator's root key: statements must name it as their audience. */
  readonly operatorThumbprint: string
}): (statement: string) => Promise<void> {
  const invalid = (message: string) => new Fault('statements/invalid', [{ message }])

  async function verified(statement: string) {
    const { signer, payload } = await asFault(async () => {
      const claimed = claimedSigner(statement)
      const read = await readStatement('agreement-suspension', statement, claimed)
      return { signer: claimed, payload: readSuspension(read) }
    })
    if (payload.audience !== operatorThumbprint) {
      throw invalid('the statement is meant for another operator')
    }
    if (new Date(payload.issuedAt) > shifted(clock.now(), clockSkewSeconds)) {
      throw invalid('the statement is dated in the future')
    }
    return { signer, payload }
  }

  return async (statement) => {
    const { signer, payload } = await verified(statement)
    const { agreement: hash, suspended, cause, issuedAt } = payload
    const fault = await transact(db, 'agreements/suspend', async (tx) => {
      await store.lockForChange(tx, [hash])
      if (!(await agencies.isAdministrator(tx, signer))) {
        return invalid('the signer is not an administrator here')
      }
      const known = (await store.findAgreement(tx, hash)) !== undefined
      const suspension = { hash, suspended, statement, issuedAt: new Date(issuedAt) }
      const written = known && (await store.putSuspension(tx, suspension))
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
      if (!known) return new Fault('agreements/not-found')
      return written ? undefined : invalid('a later statement about this agreement stands')
    })
    if (fault !== undefined) throw fault
  }
}
