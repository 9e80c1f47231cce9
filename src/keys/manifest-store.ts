import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'

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

/** Puts the manifest of a refreshed share in the place of the former one. */
export async function replaceManifest(
  tx: Tx,
  domain: string,
  epoch: number,
  manifest: StoredManifest,
): Promise<void> {
  await tx
    .updateTable('domain_manifest')
    .set({
      peer_public_key: Buffer.from(manifest.peerPublicKey),
      gateway_statement: manifest.gatewayStatement,
      keyholder_statement: manifest.keyholderStatement,
    })
    .where('domain', '=', domain)
    .where('epoch', '=', epoch)
    .execute()
}
