import { type Insertable, sql, type Updateable } from 'kysely'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { SealedField } from '../sealing/types.ts'
import type { Reader } from '../store/reader.ts'
import type { SignalTable } from '../store/tables/signals.ts'
import type { Tx } from '../store/transact.ts'
import type { SubjectKind } from '../wire/codes/subjects.ts'
import type { ExpiringSignal, IndexedTokens, MatchableSignal } from './types.ts'

/** Where a sealed case reference stands; see `store/crypter.ts`. */
export const caseReferencePlace = (id: string) => ({
  table: 'signal',
  row: id,
  column: 'case_reference',
})

export type SignalRow = Insertable<SignalTable>

/** States in which a signal has a body still. */
export const kept: readonly SignalTable['state'][] = ['live', 'restricted']

/** Inserts the signals whose id is new and returns those ids. */
export async function addSignals(tx: Tx, rows: readonly SignalRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const added = await tx
    .insertInto('signal')
    .values([...rows])
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .execute()
  return new Set(added.map(({ id }) => id))
}

export async function addTokens(
  tx: Tx,
  signals: readonly {
    readonly id: string
    readonly agreement: string
    readonly tokens: IndexedTokens
  }[],
): Promise<void> {
  const rows = signals.flatMap(({ id, agreement, tokens }) =>
    [...new Set(tokens.map(([, token]) => token))].map((token) => ({
      token: Buffer.from(token, 'base64'),
      signal_id: id,
      agreement_hash: agreement,
    })),
  )
  if (rows.length > 0) await tx.insertInto('signal_token').values(rows).execute()
}

/** Notes where on the ledger each signal's submission stands. */
export async function setLedgerIndexes(
  tx: Tx,
  positions: readonly { readonly id: string; readonly index: number }[],
): Promise<void> {
  if (positions.length === 0) return
  await sql`
    update signal set ledger_index = noted.index
    from unnest(${positions.map(({ id }) => id)}::text[], ${positions.map(({ index }) => index)}::bigint[])
      as noted (id, index)
    where signal.id = noted.id`.execute(tx)
}

export type KnownSignal = {
  readonly id: SignalId
  readonly agency: AgencyId
  /** Who submitted it, when not its owner itself. */
  readonly actingAgency: AgencyId | null
  readonly agreement: AgreementHash
  readonly purpose: string
  readonly domain: string
  readonly subjectKind: SubjectKind
  readonly state: SignalTable['state']
  /** Null once the signal has ended. */
  readonly caseReference: Uint8Array | null
  readonly contactDesk: string | null
  /** Null once the signal has ended. */
  readonly bodyHash: Uint8Array | null
  readonly submittedAt: Date
  readonly correctedAt: Date | null
  readonly ledgerIndex: number
}

export async function findSignals(reader: Reader, ids: readonly string[]): Promise<KnownSignal[]> {
  if (ids.length === 0) return []
  const rows = await reader
    .selectFrom('signal')
    .select([
      'id',
      'agency_id',
      'acting_agency_id',
      'agreement_hash',
      'purpose',
      'domain',
      'subject_kind',
      'state',
      'case_reference',
      'contact_desk',
      'body_hash',
      'submitted_at',
      'corrected_at',
      'ledger_index',
    ])
    .where('id', 'in', ids)
    .execute()
  return rows.map((row) => ({
    id: row.id as SignalId,
    agency: row.agency_id as AgencyId,
    actingAgency: row.acting_agency_id as AgencyId | null,
    agreement: row.agreement_hash as AgreementHash,
    purpose: row.purpose,
    domain: row.domain,
    subjectKind: row.subject_kind as SubjectKind,
    state: row.state,
    caseReference: row.case_reference,
    contactDesk: row.contact_desk,
    bodyHash: row.body_hash,
    submittedAt: row.submitted_at,
    correctedAt: row.corrected_at,
    ledgerIndex: Number(row.ledger_index),
  }))
}

const matchableColumns = ['id', 'agency_id', 'agreement_hash', 'subject_kind', 'tokens'] as const

/**
 * Live signals under `agreement` that share a token with any of `tokens`: of each token and agency at
 * most the newest `most`, since a number that hundreds share says little of any one person.
 */
export async function signalsSharing(
  reader: Reader,
  agreement: string,
  tokens: readonly string[],
  most: number,
  states: readonly SignalTable['state'][] = ['live'],
): Promise<MatchableSignal[]> {
  if (tokens.length === 0) return []
  const { rows } = await sql<Parameters<typeof matchableOf>[0]>`
    select id, agency_id, agreement_hash, subject_kind, tokens from signal
    where id in (
      select signal_id from (
        select signal_token.signal_id, row_number() over (
          partition by signal_token.token, signal.agency_id
          order by signal.ledger_index desc, signal.id
        ) as place
        from signal_token join signal on signal.id = signal_token.signal_id
        where signal_token.agreement_hash = ${agreement}
          and signal_token.token = any(${tokens.map((token) => Buffer.from(token, 'base64'))}::bytea[])
          and signal.state = any(${[...states]}::text[])
      ) as sharing
      where place <= ${most}
    )
    order by ledger_index desc, id`.execute(reader)
  return rows.map(matchableOf)
}

/** The live ones among these signals, with their tokens; or those in other states too. */
export async function liveSignals(
  reader: Reader,
  ids: readonly string[],
  states: readonly SignalTable['state'][] = ['live'],
): Promise<MatchableSignal[]> {
  if (ids.length === 0) return []
  const rows = await reader
    .selectFrom('signal')
    .select(matchableColumns)
    .where('state', 'in', states)
    .where('id', 'in', ids)
    .execute()
  return rows.map(matchableOf)
}

/** The live ones among these signals, as an archive may look at them. */
export async function expiringSignals(
  reader: Reader,
  ids: readonly string[],
): Promise<ExpiringSignal[]> {
  if (ids.length === 0) return []
  const rows = await reader
    .selectFrom('signal')
    .select([
      ...matchableColumns,
      'purpose',
      'age_band',
      'contact_desk',
      'submitted_at',
      'retain_until',
    ])
    .where('state', '=', 'live')
    .where('id', 'in', ids)
    .execute()
  return rows.map((row) => ({
    ...matchableOf(row),
    purpose: row.purpose,
    ageBand: row.age_band ?? 'unknown',
    contactDesk: row.contact_desk,
    submittedAt: row.submitted_at,
    retainUntil: row.retain_until ?? '',
  }))
}

/** What the follow-up of an overlap looks at in a live signal; nothing of it leaves as it is. */
export type SignalTraits = {
  readonly id: SignalId
  readonly agency: AgencyId
  readonly subjectKind: SubjectKind
  readonly region: string | null
  readonly ageBand: string | null
  readonly leadRoute: string | null
  readonly submittedAt: Date
}

export async function traitsOf(reader: Reader, ids: readonly SignalId[]): Promise<SignalTraits[]> {
  if (ids.length === 0) return []
  const rows = await reader
    .selectFrom('signal')
    .select(['id', 'agency_id', 'subject_kind', 'region', 'age_band', 'lead_route', 'submitted_at'])
    .where('state', '=', 'live')
    .where('id', 'in', ids)
    .orderBy('submitted_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id as SignalId,
    agency: row.agency_id as AgencyId,
    subjectKind: row.subject_kind as SubjectKind,
    region: row.region,
    ageBand: row.age_band,
    leadRoute: row.lead_route,
    submittedAt: row.submitted_at,
  }))
}

/** The fields of a live signal as their owner sealed them. */
export async function sealedOf(reader: Reader, id: SignalId): Promise<SealedField[]> {
  const row = await reader
    .selectFrom('signal')
    .select('sealed')
    .where('id', '=', id)
    .where('state', '=', 'live')
    .executeTakeFirst()
  return JSON.parse(row?.sealed ?? '[]')
}

/** What the owner of a live signal signed of the fields that it sealed. */
export async function sealOf(reader: Reader, id: SignalId): Promise<string | undefined> {
  const row = await reader
    .selectFrom('signal')
    .select('seal')
    .where('id', '=', id)
    .where('state', '=', 'live')
    .executeTakeFirst()
  return row?.seal ?? undefined
}

/** Live signals about persons under an agreement, per agency that has any. */
export async function liveCounts(reader: Reader, agreement: string): Promise<number[]> {
  const rows = await reader
    .selectFrom('signal')
    .select(({ fn }) => fn.countAll<number>().as('signals'))
    .where('agreement_hash', '=', agreement)
    .where('subject_kind', '=', 'person')
    .where('state', '=', 'live')
    .groupBy('agency_id')
    .execute()
  return rows.map(({ signals }) => Number(signals))
}

const matchableOf = (row: {
  readonly id: string
  readonly agency_id: string
  readonly agreement_hash: string
  readonly subject_kind: string
  readonly tokens: string | null
}): MatchableSignal => ({
  id: row.id as SignalId,
  agency: row.agency_id as AgencyId,
  agreement: row.agreement_hash as AgreementHash,
  subjectKind: row.subject_kind as SubjectKind,
  tokens: JSON.parse(row.tokens ?? '[]'),
})

/**
 * Ends those of these signals that are live. What is left of each is a tombstone: its id, whose it was,
 * under which agreement, and when it ended.
 */
export async function endSignals(
  tx: Tx,
  ids: readonly SignalId[],
  state: 'withdrawn' | 'expired',
  at: Date,
): Promise<void> {
  await tx
    .updateTable('signal')
    .set({
      state,
      ended_at: at,
      tokens: null,
      sealed: null,
      seal: null,
      category: null,
      indicators: null,
      region: null,
      observed_on: null,
      role: null,
      case_reference: null,
      contact_desk: null,
      age_band: null,
      retain_until: null,
      lead_route: null,
      body_hash: null,
    })
    .where('id', 'in', ids)
    .where('state', 'in', kept)
    .execute()
  await tx.deleteFrom('signal_token').where('signal_id', 'in', ids).execute()
}

/** A live signal whose time is over. */
export type DueSignal = {
  readonly id: SignalId
  readonly agency: AgencyId
  readonly agreement: AgreementHash
  readonly purpose: string
}

/** Live signals that may be kept until `today` or an earlier day; the longest overdue first. */
export async function pastRetention(
  reader: Reader,
  today: string,
  most: number,
): Promise<DueSignal[]> {
  const rows = await reader
    .selectFrom('signal')
    .select(['id', 'agency_id', 'agreement_hash', 'purpose'])
    .where('state', 'in', kept)
    .where('retain_until', '<=', today)
    .orderBy('retain_until')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(dueOf)
}

/** Live signals under any of these agreements. */
export async function liveUnder(
  reader: Reader,
  agreements: readonly AgreementHash[],
  most: number,
): Promise<DueSignal[]> {
  if (agreements.length === 0) return []
  const rows = await reader
    .selectFrom('signal')
    .select(['id', 'agency_id', 'agreement_hash', 'purpose'])
    .where('state', 'in', kept)
    .where('agreement_hash', 'in', agreements)
    .limit(most)
    .execute()
  return rows.map(dueOf)
}

const dueOf = (row: {
  readonly id: string
  readonly agency_id: string
  readonly agreement_hash: string
  readonly purpose: string
}): DueSignal => ({
  id: row.id as SignalId,
  agency: row.agency_id as AgencyId,
  agreement: row.agreement_hash as AgreementHash,
  purpose: row.purpose,
})

/** Replaces the body of a live signal, its tokens with it. */
export async function replaceBody(
  tx: Tx,
  { id, agreement, tokens }: MatchableSignal,
  body: Updateable<SignalTable>,
): Promise<void> {
  await tx.updateTable('signal').set(body).where('id', '=', id).execute()
  await tx.deleteFrom('signal_token').where('signal_id', '=', id).execute()
  await addTokens(tx, [{ id, agreement, tokens }])
}
