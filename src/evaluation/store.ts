import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'

export type StoredShare = { readonly sealedShare: Uint8Array; readonly publicKey: Uint8Array }

export async function findShare(
  reader: Reader,
  domain: string,
  epoch: number,
): Promise<StoredShare | undefined> {
  const row = await reader
    .selectFrom('domain_share')
    .select(['sealed_share', 'public_key'])
    .where('domain', '=', domain)
    .where('epoch', '=', epoch)
    .executeTakeFirst()
  return row && { sealedShare: row.sealed_share, publicKey: row.public_key }
}

export async function allShares(
  reader: Reader,
): Promise<(Pick<StoredShare, 'sealedShare'> & { domain: string; epoch: number })[]> {
  const rows = await reader
    .selectFrom('domain_share')
    .select(['domain', 'epoch', 'sealed_share'])
    .execute()
  return rows.map(({ sealed_share, ...of }) => ({ ...of, sealedShare: sealed_share }))
}

/** True when this share is the first of its domain and epoch. */
export async function addShare(
  tx: Tx,
  domain: string,
  epoch: number,
  share: StoredShare,
  at: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('domain_share')
    .values({
      domain,
      epoch,
      sealed_share: Buffer.from(share.sealedShare),
      public_key: Buffer.from(share.publicKey),
      opened_at: at,
    })
    .onConflict((conflict) => conflict.columns(['domain', 'epoch']).doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export type StoredManifest = {
  readonly peerPublicKey: Uint8Array
  readonly gatewayStatement: string | null
  readonly keyholderStatement: string
}

export async function findManifest(
  reader: Reader,
  domain: string,
  epoch: number,
): Promise<StoredManifest | undefined> {
  const row = await reader
    .selectFrom('domain_manifest')
    .select(['peer_public_key', 'gateway_statement', 'keyholder_statement'])
    .where('domain', '=', domain)
    .where('epoch', '=', epoch)
    .executeTakeFirst()
  return (
    row && {
      peerPublicKey: row.peer_public_key,
      gatewayStatement: row.gateway_statement,
      keyholderStatement: row.keyholder_statement,
    }
  )
}

/** Keeps the first manifest of a domain and epoch; a later one changes nothing. */
export async function addManifest(
  tx: Tx,
  domain: string,
  epoch: number,
  manifest: StoredManifest,
): Promise<void> {
  await tx
    .insertInto('domain_manifest')
    .values({
      domain,
      epoch,
      peer_public_key: Buffer.from(manifest.peerPublicKey),
      gateway_statement: manifest.gatewayStatement,
      keyholder_statement: manifest.keyholderStatement,
    })
    .onConflict((conflict) => conflict.columns(['domain', 'epoch']).doNothing())
    .execute()
}

/** The hash of the batch that an agency sent under this number before, if any; else keeps this one. */
export async function claimBatchNumber(
  tx: Tx,
  batch: {
    readonly agency: string
    readonly number: string
    readonly bodyHash: Uint8Array
    readonly at: Date
  },
): Promise<Uint8Array | undefined> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('evaluation_batch')
    .values({
      agency_id: batch.agency,
      number: batch.number,
      body_hash: Buffer.from(batch.bodyHash),
      received_at: batch.at,
    })
    .onConflict((conflict) => conflict.columns(['agency_id', 'number']).doNothing())
    .executeTakeFirst()
  if ((numInsertedOrUpdatedRows ?? 0n) > 0n) return undefined
  const row = await tx
    .selectFrom('evaluation_batch')
    .select('body_hash')
    .where('agency_id', '=', batch.agency)
    .where('number', '=', batch.number)
    .executeTakeFirstOrThrow()
  return row.body_hash
}

/** Lets a number be used again: its batch was refused and nothing was evaluated. */
export async function releaseBatchNumber(tx: Tx, agency: string, number: string): Promise<void> {
  await tx
    .deleteFrom('evaluation_batch')
    .where('agency_id', '=', agency)
    .where('number', '=', number)
    .execute()
}

/** Forgets batches that expired long ago; a replay of one is refused for its age. */
export async function forgetBatches(reader: Reader, before: Date): Promise<void> {
  await reader.deleteFrom('evaluation_batch').where('received_at', '<', before).execute()
}
