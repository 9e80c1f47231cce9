import { type Selectable, sql } from 'kysely'
import { textOf, utf8 } from '../kernel/bytes.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import type { DisclosureTable } from '../store/tables/disclosures.ts'
import type { Tx } from '../store/transact.ts'
import type { SealedFieldName } from '../wire/codes/disclosures.ts'
import type { Remark } from '../wire/disclosure.ts'
import type { Disclosure, Refusal } from './types.ts'

/** Where a sealed text of a disclosure stands; see `store/crypter.ts`. */
const placeOf = (number: string, column: 'request' | 'remarks') => ({
  table: 'disclosure',
  row: number,
  column,
})

const opened = (
  crypter: Crypter,
  number: string,
  column: 'request' | 'remarks',
  sealed: Buffer | null,
): string | undefined =>
  sealed === null ? undefined : textOf(crypter.decrypt(placeOf(number, column), sealed))

const sealedRemarks = (crypter: Crypter, number: string, remarks: readonly Remark[]): Buffer =>
  crypter.encrypt(placeOf(number, 'remarks'), utf8(JSON.stringify(remarks)))

function disclosureOf(crypter: Crypter, row: Selectable<DisclosureTable>): Disclosure {
  const { grant_number, grant_statement, granted_fields, grant_expires_at } = row
  const granted =
    grant_number !== null &&
    grant_statement !== null &&
    granted_fields !== null &&
    grant_expires_at !== null
  return {
    number: row.number,
    receiver: row.receiver_id as AgencyId,
    owner: row.owner_id as AgencyId,
    agreement: row.agreement_hash as AgreementHash,
    purpose: row.purpose,
    receiverSignal: row.receiver_signal_id as SignalId,
    signal: row.signal_id as SignalId,
    fields: JSON.parse(row.fields),
    article: row.article,
    state: row.state,
    refusal: (row.refusal ?? undefined) as Refusal | undefined,
    objected: row.objected,
    requestHash: row.request_hash,
    request: opened(crypter, row.number, 'request', row.request),
    remarks: JSON.parse(opened(crypter, row.number, 'remarks', row.remarks) ?? '[]'),
    grant: granted
      ? {
          number: grant_number,
          statement: grant_statement,
          fields: JSON.parse(granted_fields),
          expiresAt: grant_expires_at,
        }
      : undefined,
    requestedAt: row.requested_at,
    dueAt: row.due_at,
  }
}

export async function addDisclosure(
  tx: Tx,
  crypter: Crypter,
  one: Omit<Disclosure, 'refusal' | 'objected' | 'remarks' | 'grant' | 'state' | 'request'> & {
    readonly request: string
  },
): Promise<void> {
  await tx
    .insertInto('disclosure')
    .values({
      number: one.number,
      receiver_id: one.receiver,
      owner_id: one.owner,
      agreement_hash: one.agreement,
      purpose: one.purpose,
      receiver_signal_id: one.receiverSignal,
      signal_id: one.signal,
      fields: JSON.stringify(one.fields),
      article: one.article,
      state: 'requested',
      objected: false,
      request_hash: Buffer.from(one.requestHash),
      request: crypter.encrypt(placeOf(one.number, 'request'), utf8(one.request)),
      remarks: sealedRemarks(crypter, one.number, []),
      requested_at: one.requestedAt,
      due_at: one.dueAt,
      changed_at: one.requestedAt,
    })
    .execute()
}

export async function findDisclosure(
  reader: Reader,
  crypter: Crypter,
  number: string,
): Promise<Disclosure | undefined> {
  const row = await reader
    .selectFrom('disclosure')
    .selectAll()
    .where('number', '=', number)
    .executeTakeFirst()
  return row && disclosureOf(crypter, row)
}

/** The disclosure that an owner answered with this grant. */
export async function disclosureOfGrant(
  reader: Reader,
  crypter: Crypter,
  owner: AgencyId,
  grant: string,
): Promise<Disclosure | undefined> {
  const row = await reader
    .selectFrom('disclosure')
    .selectAll()
    .where('owner_id', '=', owner)
    .where('grant_number', '=', grant)
    .executeTakeFirst()
  return row && disclosureOf(crypter, row)
}

/** The disclosure, which nobody else changes until `tx` is over. */
export async function holdDisclosure(
  tx: Tx,
  crypter: Crypter,
  number: string,
): Promise<Disclosure | undefined> {
  const row = await tx
    .selectFrom('disclosure')
    .selectAll()
    .where('number', '=', number)
    .forUpdate()
    .executeTakeFirst()
  return row && disclosureOf(crypter, row)
}

/** What one agency asked of signals before. */
export async function askedOf(
  reader: Reader,
  crypter: Crypter,
  receiver: AgencyId,
  signals: readonly SignalId[],
): Promise<Disclosure[]> {
  if (signals.length === 0) return []
  const rows = await reader
    .selectFrom('disclosure')
    .selectAll()
    .where('signal_id', 'in', signals)
    .where('receiver_id', '=', receiver)
    .execute()
  return rows.map((row) => disclosureOf(crypter, row))
}

/** A page of the disclosures of one side under one agreement, by number. */
export async function disclosuresAfter(
  reader: Reader,
  crypter: Crypter,
  page: {
    readonly agency: AgencyId
    readonly side: 'owner' | 'receiver'
    readonly agreement: string
    readonly after: string
    readonly limit: number
  },
): Promise<Disclosure[]> {
  const rows = await reader
    .selectFrom('disclosure')
    .selectAll()
    .where(page.side === 'owner' ? 'owner_id' : 'receiver_id', '=', page.agency)
    .where('agreement_hash', '=', page.agreement)
    .where('number', '>', page.after)
    .orderBy('number')
    .limit(page.limit)
    .execute()
  return rows.map((row) => disclosureOf(crypter, row))
}

/** Writes down what was said, and the state it leads to. */
export async function putRemark(
  tx: Tx,
  crypter: Crypter,
  { number, remarks }: Disclosure,
  change: {
    readonly remark: Remark
    readonly state: Disclosure['state']
    readonly refusal?: Refusal
    readonly objected?: boolean
    /** A new time to answer. */
    readonly dueAt?: Date
    readonly at: Date
  },
): Promise<void> {
  await tx
    .updateTable('disclosure')
    .set({
      state: change.state,
      refusal: change.refusal ?? null,
      ...(change.objected === undefined ? {} : { objected: change.objected }),
      ...(change.dueAt === undefined ? {} : { due_at: change.dueAt }),
      remarks: sealedRemarks(crypter, number, [...remarks, change.remark]),
      changed_at: change.at,
    })
    .where('number', '=', number)
    .execute()
}

export async function putGrant(
  tx: Tx,
  number: string,
  grant: {
    readonly number: string
    readonly statement: string
    readonly fields: readonly SealedFieldName[]
    readonly expiresAt: Date
  },
  at: Date,
): Promise<void> {
  await tx
    .updateTable('disclosure')
    .set({
      state: 'granted',
      refusal: null,
      grant_number: grant.number,
      grant_statement: grant.statement,
      granted_fields: JSON.stringify(grant.fields),
      grant_expires_at: grant.expiresAt,
      changed_at: at,
    })
    .where('number', '=', number)
    .execute()
}

/** Erases why was asked and what was said of these signals, on either side: they have ended. */
export async function eraseTextsOf(tx: Tx, signals: readonly SignalId[]): Promise<void> {
  if (signals.length === 0) return
  await tx
    .updateTable('disclosure')
    .set({ request: null, remarks: null })
    .where((where) =>
      where.or([where('signal_id', 'in', signals), where('receiver_signal_id', 'in', signals)]),
    )
    .execute()
}

/** Erases why was asked and what was said of disclosures that nothing happened to since. */
export async function eraseTexts(reader: Reader, before: Date): Promise<void> {
  await reader
    .updateTable('disclosure')
    .set({ request: null, remarks: null })
    .where('changed_at', '<', before)
    .where((where) =>
      where.or([where('request', 'is not', null), where('remarks', 'is not', null)]),
    )
    .execute()
}

/**
 * Requests that wait for their owner and of whose time two thirds are over, by number. Whether their
 * signals are still there is not looked at.
 */
export async function awaitingAnswer(
  reader: Reader,
  at: Date,
  page: { readonly after: string; readonly limit: number },
) {
  const rows = await reader
    .selectFrom('disclosure')
    .select(['number', 'owner_id', 'agreement_hash', 'purpose', 'signal_id', 'receiver_signal_id'])
    .select(['due_at', 'changed_at'])
    .where('state', '=', 'requested')
    .where('number', '>', page.after)
    .where(sql<boolean>`due_at - (due_at - changed_at) / 3 <= ${at}`)
    .orderBy('number')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({
    number: row.number,
    owner: row.owner_id as AgencyId,
    agreement: row.agreement_hash as AgreementHash,
    purpose: row.purpose,
    signals: [row.signal_id as SignalId, row.receiver_signal_id as SignalId],
    since: row.changed_at,
    dueAt: row.due_at,
  }))
}
