import { sql } from 'kysely'
import { canonicalText } from '../kernel/canonical.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { AgreementContent } from '../wire/agreement.ts'
import type { Agreement, PartySignature, SignatureType } from './types.ts'

export async function findAgreement(reader: Reader, hash: string): Promise<Agreement | undefined> {
  const rows = await reader
    .selectFrom('agreement')
    .leftJoin('agreement_signature', 'agreement_signature.hash', 'agreement.hash')
    .select(['agreement.content', 'agreement_signature.agency_id', 'agreement_signature.type'])
    .where('agreement.hash', '=', hash)
    .execute()
  const [first] = rows
  if (first === undefined) return undefined
  return {
    hash: hash as AgreementHash,
    content: JSON.parse(first.content) as AgreementContent,
    signatures: rows.flatMap(({ agency_id, type }): PartySignature[] =>
      agency_id === null || type === null ? [] : [{ agency: agency_id as AgencyId, type }],
    ),
  }
}

/** True when the agreement is new here. */
export async function addAgreement(
  tx: Tx,
  hash: AgreementHash,
  content: AgreementContent,
  at: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('agreement')
    .values({
      hash,
      content: canonicalText(content),
      purpose: content.purpose,
      domain: content.domain,
      proposed_at: at,
    })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** True when the signature is new here. */
export async function addSignature(
  tx: Tx,
  signature: {
    readonly hash: AgreementHash
    readonly agency: AgencyId
    readonly type: SignatureType
    readonly statement: string
    readonly at: Date
  },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('agreement_signature')
    .values({
      hash: signature.hash,
      agency_id: signature.agency,
      type: signature.type,
      statement: signature.statement,
      received_at: signature.at,
    })
    .onConflict((conflict) => conflict.columns(['hash', 'agency_id', 'type']).doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Whoever proposes for the same domain waits until `tx` is over: a domain serves one purpose. */
export async function lockDomain(tx: Tx, domain: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`agreement-domain|${domain}`}, 0))`.execute(
    tx,
  )
}

export async function purposesOfDomain(reader: Reader, domain: string): Promise<string[]> {
  const rows = await reader
    .selectFrom('agreement')
    .select('purpose')
    .distinct()
    .where('domain', '=', domain)
    .execute()
  return rows.map(({ purpose }) => purpose)
}

export async function agreementsOfDomain(reader: Reader, domain: string): Promise<Agreement[]> {
  const rows = await reader
    .selectFrom('agreement')
    .select('hash')
    .where('domain', '=', domain)
    .execute()
  const found = await Promise.all(rows.map(({ hash }) => findAgreement(reader, hash)))
  return found.filter((agreement) => agreement !== undefined)
}

export async function allAgreements(reader: Reader): Promise<Agreement[]> {
  const rows = await reader.selectFrom('agreement').select('hash').orderBy('proposed_at').execute()
  const found = await Promise.all(rows.map(({ hash }) => findAgreement(reader, hash)))
  return found.filter((agreement) => agreement !== undefined)
}
