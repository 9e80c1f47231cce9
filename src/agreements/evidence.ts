import type { Clock } from '../kernel/clock.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import { stateOf } from './lifecycle.ts'
import * as store from './store.ts'
import type { AgreementContent, SignatureType } from './types.ts'

/** An agreement with everything that was signed over it, as an auditor verifies it. */
export type SignedAgreement = {
  readonly hash: AgreementHash
  /** As it stands when it is read. */
  readonly state: string
  readonly content: AgreementContent
  readonly signatures: readonly {
    readonly agency: string
    readonly type: SignatureType
    readonly statement: string
    readonly receivedAt: string
  }[]
}

/** Agreements that an agency is a party to and that were proposed before a moment, by hash. */
export async function signedAgreements(
  reader: Reader,
  clock: Clock,
  agency: AgencyId,
  before: Date,
): Promise<SignedAgreement[]> {
  const hashes = await store.hashesProposedTo(reader, agency, before)
  const signatures = Map.groupBy(await store.statementsOver(reader, hashes), ({ hash }) => hash)
  return (await store.findAgreements(reader, hashes)).map((agreement) => ({
    hash: agreement.hash,
    state: stateOf(agreement, clock.now()),
    content: agreement.content,
    signatures: (signatures.get(agreement.hash) ?? []).map((one) => ({
      agency: one.agency_id,
      type: one.type,
      statement: one.statement,
      receivedAt: one.received_at.toISOString(),
    })),
  }))
}

/** Who said what of an agreement, in the order in which it came. Whoever may read it is for the caller to see to. */
export const wordsOver = async (
  reader: Reader,
  hash: AgreementHash,
): Promise<
  readonly { readonly agency: string; readonly type: SignatureType; readonly at: Date }[]
> =>
  (await store.statementsOver(reader, [hash])).map(({ agency_id, type, received_at }) => ({
    agency: agency_id,
    type,
    at: received_at,
  }))
