import { type Selectable, sql } from 'kysely'
import { textOf, utf8 } from '../kernel/bytes.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import { confidentialSignals } from '../signals/changes.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import type {
  SubjectRequestTable,
  SubjectRequestTaskTable,
} from '../store/tables/subject-rights.ts'
import type { Tx } from '../store/transact.ts'
import type {
  AskerCode,
  ExtensionReason,
  IdentityCheck,
  RefusalGround,
  RequestEnd,
  RequestKind,
  RequestOutcome,
  SubjectAge,
} from '../wire/codes/subject-requests.ts'
import type { ToldOfSignal } from '../wire/subject-request.ts'
import type { SubjectRequest, Task } from './types.ts'

const referencePlace = (id: string) => ({
  table: 'subject_request',
  row: id,
  column: 'case_reference',
})
const answerPlace = (id: string) => ({ table: 'subject_request_task', row: id, column: 'answer' })

const requestOf = (crypter: Crypter, row: Selectable<SubjectRequestTable>): SubjectRequest => ({
  id: row.id,
  contactPoint: row.agency_id as AgencyId,
  agreement: row.agreement_hash as AgreementHash,
  kind: row.kind as RequestKind,
  asker: row.asker as AskerCode,
  age: row.age as SubjectAge,
  identityCheck: row.identity_check as IdentityCheck,
  receivedOn: row.received_on,
  filedAt: row.filed_at,
  ledgerIndex: Number(row.ledger_index),
  caseReference:
    row.case_reference === null
      ? undefined
      : textOf(crypter.decrypt(referencePlace(row.id), row.case_reference)),
  bodyHash: row.body_hash ?? undefined,
  extension: (row.extension ?? undefined) as ExtensionReason | undefined,
  ended: (row.ended ?? undefined) as RequestEnd | undefined,
})

const taskOf = (row: Selectable<SubjectRequestTaskTable>): Task => ({
  id: row.id,
  request: row.request_id,
  agency: row.agency_id as AgencyId,
  quality: row.quality,
  reasons: JSON.parse(row.reasons),
  signal: (row.signal_id ?? undefined) as SignalId | undefined,
  outcome: (row.outcome ?? undefined) as RequestOutcome | undefined,
  ground: (row.ground ?? undefined) as RefusalGround | undefined,
  isSilent: row.is_silent,
  answeredAt: row.answered_at ?? undefined,
})

export async function addRequest(
  tx: Tx,
  crypter: Crypter,
  request: Omit<SubjectRequest, 'extension' | 'ended'>,
  remindAt: Date,
): Promise<void> {
  await tx
    .insertInto('subject_request')
    .values({
      id: request.id,
      agency_id: request.contactPoint,
      agreement_hash: request.agreement,
      kind: request.kind,
      asker: request.asker,
      age: request.age,
      identity_check: request.identityCheck,
      received_on: request.receivedOn,
      filed_at: request.filedAt,
      ledger_index: String(request.ledgerIndex),
      case_reference: crypter.encrypt(
        referencePlace(request.id),
        utf8(request.caseReference ?? ''),
      ),
      body_hash: Buffer.from(request.bodyHash ?? []),
      remind_at: remindAt,
    })
    .execute()
}

export async function addTasks(
  tx: Tx,
  tasks: readonly (Pick<Task, 'id' | 'request' | 'agency' | 'quality' | 'reasons'> & {
    readonly signal: SignalId
    readonly remindAt: Date
  })[],
): Promise<void> {
  if (tasks.length === 0) return
  await tx
    .insertInto('subject_request_task')
    .values(
      tasks.map((task) => ({
        id: task.id,
        request_id: task.request,
        agency_id: task.agency,
        quality: task.quality,
        reasons: JSON.stringify(task.reasons),
        signal_id: task.signal,
        remind_at: task.remindAt,
      })),
    )
    .execute()
}

export async function findRequest(
  reader: Reader,
  crypter: Crypter,
  id: string,
): Promise<SubjectRequest | undefined> {
  const row = await reader
    .selectFrom('subject_request')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  return row && requestOf(crypter, row)
}

/** The requests with these ids, and those that a contact point filed: what waits first, then the latest. */
export async function requestsOf(
  reader: Reader,
  crypter: Crypter,
  {
    agency,
    ids,
    most,
  }: { readonly agency?: AgencyId; readonly ids?: readonly string[]; readonly most: number },
): Promise<SubjectRequest[]> {
  const rows = await reader
    .selectFrom('subject_request')
    .selectAll()
    .$if(agency !== undefined, (all) => all.where('agency_id', '=', agency ?? ''))
    .$if(ids !== undefined, (all) =>
      all.where('id', '=', sql<string>`any(${[...(ids ?? [])]}::text[])`),
    )
    .orderBy(sql`ended is not null`)
    .orderBy('received_on')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map((row) => requestOf(crypter, row))
}

/** How many requests a contact point filed under an agreement since then. */
export async function countFiled(
  reader: Reader,
  agency: AgencyId,
  agreement: AgreementHash,
  since: Date,
): Promise<number> {
  const { count } = await reader
    .selectFrom('subject_request')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('agency_id', '=', agency)
    .where('agreement_hash', '=', agreement)
    .where('filed_at', '>=', since)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The tasks of a request, the same order always. */
export async function tasksOfRequest(reader: Reader, request: string): Promise<Task[]> {
  const rows = await reader
    .selectFrom('subject_request_task')
    .selectAll()
    .where('request_id', '=', request)
    .orderBy('agency_id')
    .orderBy('id')
    .execute()
  return rows.map(taskOf)
}

/** The tasks of a party: those that wait first. */
export async function tasksOfAgency(
  reader: Reader,
  agency: AgencyId,
  most: number,
): Promise<Task[]> {
  const rows = await reader
    .selectFrom('subject_request_task')
    .selectAll()
    .where('agency_id', '=', agency)
    .orderBy(sql`remind_at is null`)
    .orderBy('remind_at')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(taskOf)
}

export async function putAnswer(
  tx: Tx,
  crypter: Crypter,
  id: string,
  answer: {
    readonly outcome: RequestOutcome
    readonly ground: RefusalGround | undefined
    readonly isSilent: boolean
    readonly told: ToldOfSignal
    readonly at: Date
  },
): Promise<void> {
  await tx
    .updateTable('subject_request_task')
    .set({
      outcome: answer.outcome,
      ground: answer.ground ?? null,
      is_silent: answer.isSilent,
      answer: crypter.encrypt(answerPlace(id), utf8(JSON.stringify(answer.told))),
      answered_at: answer.at,
      remind_at: null,
    })
    .where('id', '=', id)
    .execute()
}

/** What the contact point may be told, by task; nothing of what is silent, unanswered or forgotten. */
export async function toldOf(
  reader: Reader,
  crypter: Crypter,
  request: string,
): Promise<
  {
    readonly agency: AgencyId
    readonly signal: SignalId | undefined
    readonly told: ToldOfSignal
  }[]
> {
  const rows = await reader
    .selectFrom('subject_request_task')
    .select(['id', 'agency_id', 'signal_id', 'answer'])
    .where('request_id', '=', request)
    .where('is_silent', '=', false)
    .where('answer', 'is not', null)
    // What became confidential after it was answered is not told any more.
    .where(sql<boolean>`(signal_id is null or signal_id not in ${confidentialSignals})`)
    .orderBy('agency_id')
    .orderBy('id')
    .execute()
  return rows.flatMap(({ id, agency_id, signal_id, answer }) =>
    answer === null
      ? []
      : [
          {
            agency: agency_id as AgencyId,
            signal: (signal_id ?? undefined) as SignalId | undefined,
            told: JSON.parse(textOf(crypter.decrypt(answerPlace(id), answer))) as ToldOfSignal,
          },
        ],
  )
}

export async function putExtension(
  tx: Tx,
  id: string,
  {
    reason,
    at,
    remindAt,
  }: { readonly reason: ExtensionReason; readonly at: Date; readonly remindAt: Date },
): Promise<void> {
  await tx
    .updateTable('subject_request')
    .set({ extension: reason, extended_at: at, remind_at: remindAt })
    .where('id', '=', id)
    .execute()
}

/** Ends a request. What it said of the subject, and which signals belong together, goes. */
export async function endRequest(tx: Tx, id: string, end: RequestEnd, at: Date): Promise<void> {
  await tx
    .updateTable('subject_request')
    .set({ ended: end, ended_at: at, case_reference: null, body_hash: null, remind_at: null })
    .where('id', '=', id)
    .execute()
  await tx
    .updateTable('subject_request_task')
    .set({ signal_id: null, answer: null, remind_at: null })
    .where('request_id', '=', id)
    .execute()
}

/** Requests of which the contact point has to be told something now. */
export async function requestsToRemind(
  reader: Reader,
  crypter: Crypter,
  now: Date,
  most: number,
): Promise<SubjectRequest[]> {
  const rows = await reader
    .selectFrom('subject_request')
    .selectAll()
    .where('remind_at', '<=', now)
    .orderBy('remind_at')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map((row) => requestOf(crypter, row))
}

export async function tasksToRemind(reader: Reader, now: Date, most: number): Promise<Task[]> {
  const rows = await reader
    .selectFrom('subject_request_task')
    .selectAll()
    .where('remind_at', '<=', now)
    .orderBy('remind_at')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(taskOf)
}

export async function remindRequestAt(tx: Tx, id: string, next: Date): Promise<void> {
  await tx.updateTable('subject_request').set({ remind_at: next }).where('id', '=', id).execute()
}

export async function remindTaskAt(tx: Tx, id: string, next: Date): Promise<void> {
  await tx
    .updateTable('subject_request_task')
    .set({ remind_at: next })
    .where('id', '=', id)
    .where('answered_at', 'is', null)
    .execute()
}
