import { sql } from 'kysely'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { IndexedTokens } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import type { ArchivedSignalTable } from '../store/tables/archive.ts'
import type { Tx } from '../store/transact.ts'
import type { ArchivedSignal, Recognisable } from './types.ts'

/** Where a sealed key stands; see `store/crypter.ts`. */
export const keyPlace = (agreement: string) => ({
  table: 'archive_key',
  row: agreement,
  column: 'sealed_key',
})

export async function sealedKeyOf(reader: Reader, agreement: string): Promise<Buffer | undefined> {
  const row = await reader
    .selectFrom('archive_key')
    .select('sealed_key')
    .where('agreement_hash', '=', agreement)
    .executeTakeFirst()
  return row?.sealed_key
}

export async function addKey(tx: Tx, agreement: string, sealed: Buffer, at: Date): Promise<void> {
  await tx
    .insertInto('archive_key')
    .values({ agreement_hash: agreement, sealed_key: sealed, made_at: at })
    .execute()
}

const tokenBytes = (tokens: IndexedTokens): Buffer[] =>
  [...new Set(tokens.map(([, token]) => token))].map((token) => Buffer.from(token, 'base64'))

export async function add(
  tx: Tx,
  signal: Omit<ArchivedSignal, 'givenTo' | 'givenOn'> & { readonly tokens: IndexedTokens },
): Promise<void> {
  const { id, agreement, tokens } = signal
  await tx
    .insertInto('archived_signal')
    .values({
      signal_id: id,
      agency_id: signal.agency,
      agreement_hash: agreement,
      purpose: signal.purpose,
      contact_desk: signal.contactDesk,
      known_since: signal.knownSince,
      kept_until: signal.keptUntil,
      tokens: JSON.stringify(tokens),
      given_to: null,
      given_on: null,
    })
    .execute()
  await tx
    .insertInto('archived_token')
    .values(
      tokenBytes(tokens).map((token) => ({ agreement_hash: agreement, token, signal_id: id })),
    )
    .execute()
}

/** Signals of other agencies that were not given yet and share a token with any of these, at most `most`. */
export async function recognisable(
  reader: Reader,
  agreement: string,
  tokens: IndexedTokens,
  most: number,
): Promise<Recognisable[]> {
  const rows = await reader
    .selectFrom('archived_signal')
    .select(['signal_id', 'agency_id', 'tokens'])
    .where('given_to', 'is', null)
    .where('signal_id', 'in', (query) =>
      query
        .selectFrom('archived_token')
        .select('signal_id')
        .where('agreement_hash', '=', agreement)
        .where(sql<boolean>`token = any(${tokenBytes(tokens)}::bytea[])`),
    )
    .orderBy('known_since', 'desc')
    .orderBy('signal_id')
    .limit(most)
    .execute()
  return rows.map((row) => ({
    id: row.signal_id as SignalId,
    agency: row.agency_id as AgencyId,
    tokens: JSON.parse(row.tokens ?? '[]'),
  }))
}

/** Notes that these were given, for good: nobody is recognised by them again. */
export async function setGiven(
  tx: Tx,
  ids: readonly SignalId[],
  to: SignalId,
  on: string,
): Promise<void> {
  await tx
    .updateTable('archived_signal')
    .set({ given_to: to, given_on: on, tokens: null })
    .where('signal_id', 'in', ids)
    .where('given_to', 'is', null)
    .execute()
  await tx.deleteFrom('archived_token').where('signal_id', 'in', ids).execute()
}

/** What was given to the submitters of these signals. */
export async function givenTo(
  reader: Reader,
  signals: readonly string[],
): Promise<ArchivedSignal[]> {
  if (signals.length === 0) return []
  const rows = await reader
    .selectFrom('archived_signal')
    .selectAll()
    .where('given_to', 'in', signals)
    .orderBy('known_since')
    .orderBy('signal_id')
    .execute()
  return rows.map(archivedOf)
}

/** A page of what is kept of an agency's signals under an agreement, by id. */
export async function ofOwner(
  reader: Reader,
  page: {
    readonly agency: string
    readonly agreement: string
    readonly after: string
    readonly limit: number
  },
): Promise<ArchivedSignal[]> {
  const rows = await reader
    .selectFrom('archived_signal')
    .selectAll()
    .where('agency_id', '=', page.agency)
    .where('agreement_hash', '=', page.agreement)
    .where('signal_id', '>', page.after)
    .orderBy('signal_id')
    .limit(page.limit)
    .execute()
  return rows.map(archivedOf)
}

/** Those that may be kept until `today` or an earlier day, or stand under one of these agreements. */
export async function due(
  reader: Reader,
  today: string,
  over: readonly string[],
  most: number,
): Promise<ArchivedSignal[]> {
  const rows = await reader
    .selectFrom('archived_signal')
    .selectAll()
    .where((where) =>
      where.or([
        where('kept_until', '<=', today),
        where('agreement_hash', '=', sql<string>`any(${[...over]}::text[])`),
      ]),
    )
    .orderBy('kept_until')
    .orderBy('signal_id')
    .limit(most)
    .execute()
  return rows.map(archivedOf)
}

/** Takes signals out of the archive, and the keys under which nothing is archived any more. */
export async function remove(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.deleteFrom('archived_token').where('signal_id', 'in', ids).execute()
  const removed = await tx
    .deleteFrom('archived_signal')
    .where('signal_id', 'in', ids)
    .returning('agreement_hash')
    .execute()
  const agreements = [...new Set(removed.map(({ agreement_hash }) => agreement_hash))]
  if (agreements.length === 0) return
  await tx
    .deleteFrom('archive_key')
    .where('agreement_hash', 'in', agreements)
    .where('agreement_hash', 'not in', (query) =>
      query.selectFrom('archived_signal').select('agreement_hash'),
    )
    .execute()
}

const archivedOf = (row: ArchivedSignalTable): ArchivedSignal => ({
  id: row.signal_id as SignalId,
  agency: row.agency_id as AgencyId,
  agreement: row.agreement_hash as AgreementHash,
  purpose: row.purpose,
  contactDesk: row.contact_desk,
  knownSince: row.known_since,
  keptUntil: row.kept_until,
  givenTo: row.given_to as SignalId | null,
  givenOn: row.given_on,
})
