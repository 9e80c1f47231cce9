import { Compile } from 'typebox/compile'
import { fromBase64, utf8 } from '../kernel/bytes.ts'
import type { OperatorName } from '../oprf/types.ts'
import { type Checkpoint, openCheckpoint } from '../proofs/checkpoint.ts'
import { verifyConsistency } from '../proofs/merkle.ts'
import { readCertificates, verifyTimestamp } from '../timestamps/timestamp.ts'
import { ConsistencyAnswer, LedgerTimestamps } from '../wire/ledger.ts'
import { UntrustworthyOperator } from './errors.ts'
import { type PinnedOperator, readOperatorKeys, readPublic } from './operators.ts'

/** A timestamp that holds: at this time the authority saw a checkpoint of so many entries. */
export type HeldTimestamp = { readonly size: number; readonly at: string }

const timestampsForm = Compile(LedgerTimestamps)
const consistencyForm = Compile(ConsistencyAnswer)

async function assertContinued(
  operator: OperatorName,
  { url }: PinnedOperator,
  from: Checkpoint,
  to: Checkpoint,
): Promise<void> {
  const contradiction = (cause?: unknown) =>
    new UntrustworthyOperator(
      operator,
      `its ledger contradicts a checkpoint of ${from.size} entries that was stamped`,
      { cause },
    )
  if (from.size > to.size) throw contradiction()
  const query = new URLSearchParams({ from: String(from.size), to: String(to.size) })
  const answer: unknown = await (
    await readPublic(url, `/v1/ledger/consistency-proofs?${query}`)
  ).json()
  if (!consistencyForm.Check(answer)) throw contradiction()
  try {
    verifyConsistency({
      from: from.size,
      to: to.size,
      fromRoot: from.root,
      toRoot: to.root,
      proof: answer.hashes.map(fromBase64),
    })
  } catch (cause) {
    throw contradiction(cause)
  }
}

/**
 * The newest timestamps of a ledger, each verified: the checkpoint is signed by the ledger's key under the pinned root,
 * the authority's timestamp is for it, and the ledger as it stands continues it.
 * @param authority certificates (PEM) of the authority, from where you trust them; never from the operator
 * @throws UntrustworthyOperator, TimestampError
 */
export async function readTimestamps(
  operator: OperatorName,
  pinned: PinnedOperator,
  authority: string,
): Promise<HeldTimestamp[]> {
  const certificates = readCertificates(authority)
  const { ledgerKey } = await readOperatorKeys(pinned)
  const answer: unknown = await (await readPublic(pinned.url, '/v1/ledger/timestamps')).json()
  if (!timestampsForm.Check(answer)) {
    throw new UntrustworthyOperator(operator, 'its timestamps have another form')
  }
  const note = await (await readPublic(pinned.url, '/v1/ledger/checkpoint')).text()
  const newest = await openCheckpoint(note, ledgerKey)
  const held: HeldTimestamp[] = []
  for (const { checkpoint, response } of answer.timestamps) {
    const stamped = await openCheckpoint(checkpoint, ledgerKey)
    const at = await verifyTimestamp({
      content: utf8(checkpoint),
      response: fromBase64(response),
      authority: certificates,
    })
    await assertContinued(operator, pinned, stamped, newest)
    held.push({ size: stamped.size, at: at.toISOString() })
  }
  return held
}
