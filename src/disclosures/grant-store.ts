import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { GrantUse } from './types.ts'

const columns = [
  'number',
  'receiver_id',
  'release_number',
  'release_hash',
  'released_at',
  'revoked_at',
  'opened_at',
] as const

type Row = {
  readonly receiver_id: string | null
  readonly release_number: string | null
  readonly release_hash: Buffer | null
  readonly released_at: Date | null
  readonly revoked_at: Date | null
  readonly opened_at: Date | null
}

const useOf = (row: Row): GrantUse => ({
  receiver: (row.receiver_id ?? undefined) as AgencyId | undefined,
  release: row.release_number ?? undefined,
  releaseHash: row.release_hash ?? undefined,
  releasedAt: row.released_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
  openedAt: row.opened_at ?? undefined,
})

const unused: GrantUse = {
  receiver: undefined,
  release: undefined,
  releaseHash: undefined,
  releasedAt: undefined,
  revokedAt: undefined,
  openedAt: undefined,
}

/** What became of a grant here, which nobody else changes until `tx` is over. */
export async function holdGrant(tx: Tx, owner: AgencyId, number: string): Promise<GrantUse> {
  await tx
    .insertInto('disclosure_grant')
    .values({ owner_id: owner, number })
    .onConflict((conflict) => conflict.columns(['owner_id', 'number']).doNothing())
    .execute()
  const row = await tx
    .selectFrom('disclosure_grant')
    .select(columns)
    .where('owner_id', '=', owner)
    .where('number', '=', number)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return useOf(row)
}

export async function findUse(reader: Reader, owner: AgencyId, number: string): Promise<GrantUse> {
  const row = await reader
    .selectFrom('disclosure_grant')
    .select(columns)
    .where('owner_id', '=', owner)
    .where('number', '=', number)
    .executeTakeFirst()
  return row === undefined ? unused : useOf(row)
}

export async function putUse(
  tx: Tx,
  owner: AgencyId,
  number: string,
  change: Partial<GrantUse>,
): Promise<void> {
  await tx
    .updateTable('disclosure_grant')
    .set({
      ...(change.receiver === undefined ? {} : { receiver_id: change.receiver }),
      ...(change.release === undefined ? {} : { release_number: change.release }),
      ...(change.releaseHash === undefined
        ? {}
        : { release_hash: Buffer.from(change.releaseHash) }),
      ...(change.releasedAt === undefined ? {} : { released_at: change.releasedAt }),
      ...(change.revokedAt === undefined ? {} : { revoked_at: change.revokedAt }),
      ...(change.openedAt === undefined ? {} : { opened_at: change.openedAt }),
    })
    .where('owner_id', '=', owner)
    .where('number', '=', number)
    .execute()
}
