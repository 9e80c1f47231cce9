import { sql } from 'kysely'
import { canonicalText } from '../kernel/canonical.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import { type AgreementContent, agreementForm } from '../wire/agreement.ts'
import type { Agreement, PartySignature, SignatureType } from './types.ts'

export async function findAgreement(reader: Reader, hash: string): Promise<Agreement | undefined> {
  const [found] = await findAgreements(reader, [hash])
  return found
}

const lockPrefix = 'agreement|'

/**
 * Until `tx` is over nobody changes the state of these agreements, nor of any earlier or later version of
 * them: whoever decides on an act under one takes this lock first and reads then.
 * @returns those of them that are known here; only for them there is a lock
 */
export async function lockShared(tx: Tx, hashes: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ hash: string }>`
    select hash, pg_advisory_xact_lock_shared(hashtextextended(${lockPrefix} || first_version, 0))
    from (
      select hash, first_version from agreement
      where hash = any(${[...hashes]}::text[]) order by first_version, hash
    ) as held`.execute(tx)
  return rows.map(({ hash }) => hash)
}

/**
 * Whoever changes the state of an agreement waits for the acts that were decided, and they for it; with it
 * all versions of it are locked. One that is not known here is locked under its own hash.
 */
export async function lockForChange(tx: Tx, hash: string): Promise<void> {
  const name = lockPrefix + ((await firstVersionOf(tx, hash)) ?? hash)
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx)
}

/** The first agreement of the chain of versions that this one stands in; undefined when not known here. */
export async function firstVersionOf(reader: Reader, hash: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('agreement')
    .select('first_version')
    .where('hash', '=', hash)
    .executeTakeFirst()
  return row?.first_version
}

/** Notes which later version takes the place of an agreement, and when; undefined takes that back. */
export async function setSuperseded(
  tx: Tx,
  hash: string,
  successor: { readonly at: Date; readonly by: string } | undefined,
): Promise<void> {
  await tx
    .updateTable('agreement')
    .set({ superseded_at: successor?.at ?? null, superseded_by: successor?.by ?? null })
    .where('hash', '=', hash)
    .execute()
}

/**
 * Writes a suspension of all versions of an agreement, or its end, unless a later statement stands; true
 * when it was written.
 */
export async function putSuspension(
  tx: Tx,
  suspension: {
    readonly firstVersion: string
    readonly suspended: boolean
    readonly statement: string
    readonly issuedAt: Date
  },
): Promise<boolean> {
  const { firstVersion, suspended, statement, issuedAt } = suspension
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('agreement_suspension')
    .values({ first_version: firstVersion, suspended, statement, issued_at: issuedAt })
    .onConflict((conflict) =>
      conflict
        .column('first_version')
        .doUpdateSet({ suspended, statement, issued_at: issuedAt })
        .where('agreement_suspension.issued_at', '<', issuedAt),
    )
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** True when the agreement is new here. Its predecessor, if it names one, has to be known. */
export async function addAgreement(
  tx: Tx,
  hash: AgreementHash,
  content: AgreementContent,
  proposer: AgencyId,
  at: Date,
): Promise<boolean> {
  const { previous } = content
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('agreement')
    .values({
      hash,
      first_version: (previous && (await firstVersionOf(tx, previous))) ?? hash,
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

/** Notes that with this signer's accept its party has accepted, as its keys were then. */
export async function setCompletes(
  tx: Tx,
  accept: { readonly hash: string; readonly agency: AgencyId; readonly signer: string },
): Promise<void> {
  await tx
    .updateTable('agreement_signature')
    .set({ completes: true })
    .where('hash', '=', accept.hash)
    .where('agency_id', '=', accept.agency)
    .where('type', '=', 'accept')
    .where('signer', '=', accept.signer)
    .execute()
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

/** Whoever proposes or accepts for the same domain waits until `tx` is over: it has one set of holders. */
export async function lockDomain(tx: Tx, domain: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`agreement-domain|${domain}`}, 0))`.execute(
    tx,
  )
}

/** The hashes of all agreements that were ever proposed here, also of those that count no more. */
export async function allHashes(reader: Reader): Promise<AgreementHash[]> {
  const rows = await reader.selectFrom('agreement').select('hash').execute()
  return rows.map(({ hash }) => hash as AgreementHash)
}

/** Agreements on this domain that every party accepted once, the earliest first. */
export async function agreementsOfDomain(reader: Reader, domain: string): Promise<Agreement[]> {
  const rows = await reader
    .selectFrom('domain_agreement')
    .select('hash')
    .where('domain', '=', domain)
    .orderBy('in_force_at')
    .orderBy('hash')
    .execute()
  return findAgreements(
    reader,
    rows.map(({ hash }) => hash),
  )
}

/** Notes that every party of this agreement accepted: they hold its domain. */
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
  return findAgreements(
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

/** In the order of `hashes`. An agreement of another form than today's does not count. */
export async function findAgreements(
  reader: Reader,
  hashes: readonly string[],
): Promise<Agreement[]> {
  if (hashes.length === 0) return []
  const rows = await reader
    .selectFrom('agreement')
    .leftJoin('agreement_signature', 'agreement_signature.hash', 'agreement.hash')
    .leftJoin(
      'agreement_suspension',
      'agreement_suspension.first_version',
      'agreement.first_version',
    )
    .select([
      'agreement.hash',
      'agreement.content',
      'agreement.superseded_at',
      'agreement.superseded_by',
      'agreement_signature.agency_id',
      'agreement_signature.type',
      'agreement_signature.signer',
      'agreement_signature.completes',
      'agreement_suspension.suspended',
    ])
    .where('agreement.hash', 'in', hashes)
    .execute()
  const byHash = Map.groupBy(rows, ({ hash }) => hash)
  return hashes.flatMap((hash): Agreement[] => {
    const own = byHash.get(hash) ?? []
    const [first] = own
    if (first === undefined) return []
    const content = JSON.parse(first.content) as AgreementContent
    if (content.form !== agreementForm) return []
    return [
      {
        hash: hash as AgreementHash,
        content,
        signatures: own.flatMap(({ agency_id, type, signer, completes }): PartySignature[] =>
          agency_id === null || type === null || signer === null
            ? []
            : [{ agency: agency_id as AgencyId, type, signer, completes: completes ?? false }],
        ),
        suspended: first.suspended ?? false,
        supersededAt: first.superseded_at ?? undefined,
        supersededBy: (first.superseded_by as AgreementHash | null) ?? undefined,
      },
    ]
  })
}

/** Agreements with this party that were proposed before a moment. */
export async function hashesProposedTo(
  reader: Reader,
  agency: AgencyId,
  before: Date,
): Promise<string[]> {
  const rows = await reader
    .selectFrom('agreement_party')
    .innerJoin('agreement', 'agreement.hash', 'agreement_party.hash')
    .select('agreement.hash')
    .where('agency_id', '=', agency)
    .where('proposed_at', '<', before)
    .orderBy('agreement.hash')
    .execute()
  return rows.map(({ hash }) => hash)
}

/** Everything that was signed over these agreements, in the order in which it came. */
export async function statementsOver(reader: Reader, hashes: readonly string[]) {
  if (hashes.length === 0) return []
  return reader
    .selectFrom('agreement_signature')
    .select(['hash', 'agency_id', 'type', 'statement', 'received_at'])
    .where('hash', 'in', hashes)
    .orderBy('received_at')
    .orderBy('signer')
    .execute()
}
