import { sql } from 'kysely'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'

/** An epoch of a domain as this operator has it. */
export type StoredShare = {
  readonly domain: string
  readonly epoch: number
  /** Null once it is destroyed. */
  readonly sealedShare: Uint8Array | null
  readonly publicKey: Uint8Array
  readonly generation: number
  readonly openedAt: Date | null
  readonly closesAt: Date | null
}

const columns = [
  'domain',
  'epoch',
  'sealed_share as sealedShare',
  'public_key as publicKey',
  'generation',
  'opened_at as openedAt',
  'closes_at as closesAt',
] as const

export const findShare = (
  reader: Reader,
  domain: string,
  epoch: number,
): Promise<StoredShare | undefined> =>
  reader
    .selectFrom('domain_share')
    .select(columns)
    .where('domain', '=', domain)
    .where('epoch', '=', epoch)
    .executeTakeFirst()

/** Until `tx` is over nobody else changes this share. */
export const holdShare = (
  tx: Tx,
  domain: string,
  epoch: number,
): Promise<StoredShare | undefined> =>
  tx
    .selectFrom('domain_share')
    .select(columns)
    .where('domain', '=', domain)
    .where('epoch', '=', epoch)
    .forUpdate()
    .executeTakeFirst()

/** All epochs of these domains, the oldest first; of every domain when none is named. */
export const sharesOf = (reader: Reader, domains?: readonly string[]): Promise<StoredShare[]> =>
  reader
    .selectFrom('domain_share')
    .select(columns)
    .$if(domains !== undefined, (query) => query.where('domain', 'in', [...(domains ?? [])]))
    .orderBy('domain')
    .orderBy('epoch')
    .execute()

/** True when this share is the first of its domain and epoch. */
export async function addShare(
  tx: Tx,
  share: Pick<StoredShare, 'domain' | 'epoch' | 'publicKey' | 'openedAt'> & {
    readonly sealedShare: Uint8Array
    readonly madeAt: Date
  },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('domain_share')
    .values({
      domain: share.domain,
      epoch: share.epoch,
      sealed_share: Buffer.from(share.sealedShare),
      public_key: Buffer.from(share.publicKey),
      made_at: share.madeAt,
      opened_at: share.openedAt,
    })
    .onConflict((conflict) => conflict.columns(['domain', 'epoch']).doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

const ofEpoch = (tx: Tx, domain: string, epoch: number) =>
  tx.updateTable('domain_share').where('domain', '=', domain).where('epoch', '=', epoch)

export async function setOpened(tx: Tx, domain: string, epoch: number, at: Date): Promise<void> {
  await ofEpoch(tx, domain, epoch).set({ opened_at: at }).execute()
}

export async function setClosing(tx: Tx, domain: string, epoch: number, at: Date): Promise<void> {
  await ofEpoch(tx, domain, epoch).set({ closes_at: at }).execute()
}

/** The share goes for good, and with it what was prepared for it. */
export async function setDestroyed(tx: Tx, domain: string, epoch: number, at: Date): Promise<void> {
  await ofEpoch(tx, domain, epoch).set({ sealed_share: null, destroyed_at: at }).execute()
  await removeRefresh(tx, domain, epoch)
}

export async function replaceShare(
  tx: Tx,
  { domain, epoch }: Pick<StoredShare, 'domain' | 'epoch'>,
  share: {
    readonly sealedShare: Uint8Array
    readonly publicKey: Uint8Array
    readonly generation: number
  },
): Promise<void> {
  await ofEpoch(tx, domain, epoch)
    .set({
      sealed_share: Buffer.from(share.sealedShare),
      public_key: Buffer.from(share.publicKey),
      generation: share.generation,
    })
    .execute()
}

/** A refresh that is under way at this operator. */
export type StoredRefresh = {
  readonly ceremony: string
  readonly generation: number
  readonly sealedPart: Uint8Array | null
  readonly sealedShare: Uint8Array | null
  readonly publicKey: Uint8Array | null
  readonly answer: string | null
}

export const findRefresh = (
  reader: Reader,
  domain: string,
  epoch: number,
): Promise<StoredRefresh | undefined> =>
  reader
    .selectFrom('share_refresh')
    .select([
      'ceremony',
      'generation',
      'sealed_part as sealedPart',
      'sealed_share as sealedShare',
      'public_key as publicKey',
      'answer',
    ])
    .where('domain', '=', domain)
    .where('epoch', '=', epoch)
    .executeTakeFirst()

/** Keeps a refresh; one of another ceremony, which came to nothing, goes. */
export async function putRefresh(
  tx: Tx,
  domain: string,
  epoch: number,
  refresh: StoredRefresh,
): Promise<void> {
  const bytes = (value: Uint8Array | null) => value && Buffer.from(value)
  const row = {
    domain,
    epoch,
    ceremony: refresh.ceremony,
    generation: refresh.generation,
    sealed_part: bytes(refresh.sealedPart),
    sealed_share: bytes(refresh.sealedShare),
    public_key: bytes(refresh.publicKey),
    answer: refresh.answer,
  }
  await tx
    .insertInto('share_refresh')
    .values(row)
    .onConflict((conflict) => conflict.columns(['domain', 'epoch']).doUpdateSet(row))
    .execute()
}

export async function removeRefresh(tx: Tx, domain: string, epoch: number): Promise<void> {
  await tx
    .deleteFrom('share_refresh')
    .where('domain', '=', domain)
    .where('epoch', '=', epoch)
    .execute()
}

/** Rewrites the tables, so that their files hold no former version of a row. */
export async function wipeFreed(db: Reader): Promise<void> {
  await sql`vacuum full domain_share`.execute(db)
  await sql`vacuum full share_refresh`.execute(db)
}
