import { sql } from 'kysely'
import { canonicalText } from '../kernel/canonical.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import { type AgreementContent, agreementForm } from '../wire/agreement.ts'
import type { Agreement, PartySignature, SignatureType } from './types.ts'

export async function findAgreement(reader: Reader, hash: string): Promise<Agreement | undefined> {
  const rows = await reader
    .selectFrom('agreement')
    .leftJoin('agreement_signature', 'agreement_signature.hash', 'agreement.hash')
    .leftJoin('agreement_suspension', 'agreement_suspension.hash', 'agreement.hash')
    .select([
      'agreement.content',
      'agreement.superseded_at',
      'agreement_signature.agency_id',
      'agreement_signature.type',
      'agreement_signature.signer',
      'agreement_suspension.suspended',
    ])
    .where('agreement.hash', '=', hash)
    .execute()
  const [first] = rows
  if (first === undefined) return undefined
  const content = JSON.parse(first.content) as AgreementContent
  if (content.form !== agreementForm) return undefined
  return {
    hash: hash as AgreementHash,
    content,
    signatures: rows.flatMap(({ agency_id, type, signer }): PartySignature[] =>
      agency_id === null || type === null || signer === null
        ? []
        : [{ agency: agency_id as AgencyId, type, signer }],
    ),
    suspended: first.suspended ?? false,
    supersededAt: first.superseded_at ?? undefined,
  }
}

const lockName = (hash: string): string => `agreement|${hash}`

/**
 * Until `tx` is over nobody changes the state of this agreement: whoever decides on an act under it
 * takes this lock first and reads then.
 */
export async function lockShared(tx: Tx, hash: string): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(hashtextextended(${lockName(hash)}, 0))`.execute(tx)
}

/** Whoever changes the state of agreements waits for the acts that were decided, and they for it. */
export async function lockForChange(tx: Tx, hashes: readonly string[]): Promise<void> {
  for (const hash of [...new Set(hashes)].sort()) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${lockName(hash)}, 0))`.execute(tx)
  }
}

/** Notes from when on a later version stands in the place of an agreement; undefined takes that back. */
export async function setSuperseded(tx: Tx, hash: string, at: Date | undefined): Promise<void> {
  await tx
    .updateTable('agreement')
    .set({ superseded_at: at ?? null })
    .where('hash', '=', hash)
    .execute()
}

/** Writes a suspension, or its end, unless a later statement stands; true when it was written. */
export async function putSuspension(
  tx: Tx,
  suspension: {
    readonly hash: string
    readonly suspended: boolean
    readonly statement: string
    readonly issuedAt: Date
  },
): Promise<boolean> {
  const { hash, suspended, statement, issuedAt } = suspension
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('agreement_suspension')
    .values({ hash, suspended, statement, issued_at: issuedAt })
    .onConflict((conflict) =>
      conflict
        .column('hash')
        .doUpdateSet({ suspended, statement, issued_at: issuedAt })
        .where('agreement_suspension.issued_at', '<', issuedAt),
    )
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
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
    readonly signer: string
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
      signer: signature.signer,
      statement: signature.statement,
      received_at: signature.at,
    })
    .onConflict((conflict) => conflict.columns(['hash', 'agency_id', 'type', 'signer']).doNothing())
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
