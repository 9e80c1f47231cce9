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
  proposer: AgencyId,
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
  if ((numInsertedOrUpdatedRows ?? 0n) === 0n) return false
  await tx
    .insertInto('agreement_party')
    .values(
      content.parties.map(({ agency }) => ({
        agency_id: agency,
        hash,
        proposer: agency === proposer,
      })),
    )
    .execute()
  return true
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

/** Whoever proposes or accepts for the same domain waits until `tx` is over: it has one set of holders. */
export async function lockDomain(tx: Tx, domain: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`agreement-domain|${domain}`}, 0))`.execute(
    tx,
  )
}

/** Agreements that are or were in force on this domain, the earliest first. */
export async function allAgreements(reader: Reader): Promise<Agreement[]> {
  const rows = await reader.selectFrom('agreement').select('hash').execute()
  const found = await Promise.all(rows.map(({ hash }) => findAgreement(reader, hash)))
  return found.filter((agreement) => agreement !== undefined)
}

export async function agreementsOfDomain(reader: Reader, domain: string): Promise<Agreement[]> {
  const rows = await reader
    .selectFrom('domain_agreement')
    .select('hash')
    .where('domain', '=', domain)
    .orderBy('in_force_at')
    .orderBy('hash')
    .execute()
  return agreementsWith(
    reader,
    rows.map(({ hash }) => hash),
  )
}

/** Notes that this agreement came in force on its domain. */
export async function addToDomain(tx: Tx, { hash, content }: Agreement, at: Date): Promise<void> {
  await tx
    .insertInto('domain_agreement')
    .values({ domain: content.domain, hash, in_force_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** A page of the agreements that an agency is a party to, by hash. */
export async function agreementsOfParty(
  reader: Reader,
  page: { readonly agency: AgencyId; readonly after: string; readonly limit: number },
): Promise<Agreement[]> {
  const rows = await reader
    .selectFrom('agreement_party')
    .select('hash')
    .where('agency_id', '=', page.agency)
    .where('hash', '>', page.after)
    .orderBy('hash')
    .limit(page.limit)
    .execute()
  return agreementsWith(
    reader,
    rows.map(({ hash }) => hash),
  )
}

/** How many agreements an agency proposed on which the last word has not been said. */
export async function countOpenProposals(reader: Reader, agency: AgencyId): Promise<number> {
  const { open } = await reader
    .selectFrom('agreement_party')
    .select(({ fn }) => fn.countAll<string>().as('open'))
    .where('agency_id', '=', agency)
    .where('proposer', '=', true)
    .where('hash', 'not in', (query) => query.selectFrom('domain_agreement').select('hash'))
    .where('hash', 'not in', (query) =>
      query.selectFrom('agreement_signature').select('hash').where('type', '!=', 'accept'),
    )
    .executeTakeFirstOrThrow()
  return Number(open)
}

/** In the order of `hashes`. */
async function agreementsWith(reader: Reader, hashes: readonly string[]): Promise<Agreement[]> {
  if (hashes.length === 0) return []
  const contents = await reader
    .selectFrom('agreement')
    .select(['hash', 'content'])
    .where('hash', 'in', hashes)
    .execute()
  const signatures = await reader
    .selectFrom('agreement_signature')
    .select(['hash', 'agency_id', 'type'])
    .where('hash', 'in', hashes)
    .execute()
  const signed = Map.groupBy(signatures, ({ hash }) => hash)
  const found = new Map(
    contents.map(({ hash, content }): [string, Agreement] => [
      hash,
      {
        hash: hash as AgreementHash,
        content: JSON.parse(content) as AgreementContent,
        signatures: (signed.get(hash) ?? []).map(
          ({ agency_id, type }): PartySignature => ({ agency: agency_id as AgencyId, type }),
        ),
      },
    ]),
  )
  return hashes.map((hash) => found.get(hash)).filter((agreement) => agreement !== undefined)
}
