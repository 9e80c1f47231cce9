import { canonicalText } from '../kernel/canonical.ts'
import type { PolicySetTexts } from '../proofs/policy-set.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'

export type SetInForce = {
  readonly hash: string
  readonly since: Date
  readonly agreed: boolean
  readonly texts: PolicySetTexts
}

export async function findSetInForce(reader: Reader): Promise<SetInForce | undefined> {
  const row = await reader
    .selectFrom('policy_set_in_force')
    .innerJoin('policy_set', 'policy_set.hash', 'policy_set_in_force.hash')
    .select(['policy_set.hash', 'files', 'since', 'agreed'])
    .executeTakeFirst()
  return row && { ...row, texts: JSON.parse(row.files) as PolicySetTexts }
}

export async function putInForce(
  tx: Tx,
  {
    hash,
    texts,
    agreed,
    at,
  }: {
    readonly hash: string
    readonly texts: PolicySetTexts
    readonly agreed: boolean
    readonly at: Date
  },
): Promise<void> {
  await keepSet(tx, hash, texts, at)
  const row = { id: 1, hash, since: at, agreed }
  await tx
    .insertInto('policy_set_in_force')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

export async function keepSet(
  tx: Tx,
  hash: string,
  texts: PolicySetTexts,
  at: Date,
): Promise<void> {
  await tx
    .insertInto('policy_set')
    .values({ hash, files: canonicalText(texts), known_since: at })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute()
}

/** True when this administrator's signature is new here. */
export async function addSetSignature(
  tx: Tx,
  signature: {
    readonly from: string
    readonly to: string
    readonly administrator: string
    readonly statement: string
    readonly at: Date
  },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('policy_set_signature')
    .values({
      from_hash: signature.from,
      to_hash: signature.to,
      administrator: signature.administrator,
      statement: signature.statement,
      received_at: signature.at,
    })
    .onConflict((conflict) =>
      conflict.columns(['from_hash', 'to_hash', 'administrator']).doUpdateSet({
        statement: signature.statement,
        received_at: signature.at,
      }),
    )
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Who signed a change after an instant and is an administrator now. */
export async function signersOf(
  tx: Tx,
  { from, to, after }: { readonly from: string; readonly to: string; readonly after: Date },
): Promise<string[]> {
  const rows = await tx
    .selectFrom('policy_set_signature')
    .innerJoin('administrator', 'administrator.thumbprint', 'policy_set_signature.administrator')
    .select('administrator.thumbprint')
    .where('from_hash', '=', from)
    .where('to_hash', '=', to)
    .where('received_at', '>', after)
    .orderBy('administrator.thumbprint')
    .execute()
  return rows.map(({ thumbprint }) => thumbprint)
}

/** Serialises what changes the set in force. */
export async function holdSetInForce(tx: Tx): Promise<SetInForce | undefined> {
  await tx.selectFrom('policy_set_in_force').select('id').forUpdate().execute()
  return findSetInForce(tx)
}

export type KnownSet = {
  readonly hash: string
  readonly since: Date
  readonly texts: PolicySetTexts
}

/** The texts of these sets, as far as they are kept here. */
export async function setsWith(reader: Reader, hashes: readonly string[]): Promise<KnownSet[]> {
  if (hashes.length === 0) return []
  const rows = await reader
    .selectFrom('policy_set')
    .select(['hash', 'known_since', 'files'])
    .where('hash', 'in', hashes)
    .orderBy('known_since')
    .orderBy('hash')
    .execute()
  return rows.map(({ hash, known_since, files }) => ({
    hash,
    since: known_since,
    texts: JSON.parse(files) as PolicySetTexts,
  }))
}
