import type { Selectable } from 'kysely'
import { textOf, utf8 } from '../kernel/bytes.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import type { EmergencyTable } from '../store/tables/disclosures.ts'
import type { Tx } from '../store/transact.ts'
import type { SealedFieldName } from '../wire/codes/disclosures.ts'
import type { EmergencyView, Necessity } from '../wire/emergency.ts'

/** A use of the emergency route, as one operator keeps it. */
export type Emergency = {
  readonly number: string
  readonly receiver: AgencyId
  readonly owner: AgencyId
  readonly agreement: AgreementHash
  readonly signal: SignalId
  readonly receiverSignal: SignalId | undefined
  readonly fields: readonly SealedFieldName[]
  readonly statements: readonly string[]
  readonly officers: readonly string[]
  readonly necessity: Necessity | undefined
  readonly releasedAt: Date | undefined
  readonly reviewDueAt: Date | undefined
  readonly outcome: EmergencyView['outcome']
  readonly reviewedAt: Date | undefined
}

const placeOf = (number: string) => ({ table: 'emergency', row: number, column: 'necessity' })

const emergencyOf = (crypter: Crypter, row: Selectable<EmergencyTable>): Emergency => ({
  number: row.number,
  receiver: row.receiver_id as AgencyId,
  owner: row.owner_id as AgencyId,
  agreement: row.agreement_hash as AgreementHash,
  signal: row.signal_id as SignalId,
  receiverSignal: (row.receiver_signal_id ?? undefined) as SignalId | undefined,
  fields: JSON.parse(row.fields),
  statements: JSON.parse(row.statements ?? '[]'),
  officers: JSON.parse(row.officers ?? '[]'),
  necessity:
    row.necessity === null
      ? undefined
      : JSON.parse(textOf(crypter.decrypt(placeOf(row.number), row.necessity))),
  releasedAt: row.released_at ?? undefined,
  reviewDueAt: row.review_due_at ?? undefined,
  outcome: row.outcome ?? undefined,
  reviewedAt: row.reviewed_at ?? undefined,
})

/**
 * Notes that an emergency is being prepared or released.
 * @returns false when one with this number was noted before; whose it is, is for the caller to see
 */
export async function addEmergency(
  tx: Tx,
  one: Pick<
    Emergency,
    'number' | 'receiver' | 'owner' | 'agreement' | 'signal' | 'receiverSignal' | 'fields'
  >,
  at: Date,
): Promise<boolean> {
  const added = await tx
    .insertInto('emergency')
    .values({
      number: one.number,
      receiver_id: one.receiver,
      owner_id: one.owner,
      agreement_hash: one.agreement,
      signal_id: one.signal,
      receiver_signal_id: one.receiverSignal ?? null,
      fields: JSON.stringify(one.fields),
      counted_at: at,
    })
    .onConflict((conflict) => conflict.column('number').doNothing())
    .returning('number')
    .execute()
  return added.length > 0
}

export async function findEmergency(
  reader: Reader,
  crypter: Crypter,
  number: string,
): Promise<Emergency | undefined> {
  const row = await reader
    .selectFrom('emergency')
    .selectAll()
    .where('number', '=', number)
    .executeTakeFirst()
  return row && emergencyOf(crypter, row)
}

/** What one receiver prepared, or had released, under an agreement since an instant, but for this number. */
export async function countSince(
  reader: Reader,
  receiver: AgencyId,
  agreement: AgreementHash,
  step: 'prepared' | 'released',
  { since, except }: { readonly since: Date; readonly except: string },
): Promise<number> {
  const { count } = await reader
    .selectFrom('emergency')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('receiver_id', '=', receiver)
    .where('agreement_hash', '=', agreement)
    .where(step === 'prepared' ? 'counted_at' : 'released_at', '>=', since)
    .where('number', '!=', except)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function putReleased(
  tx: Tx,
  crypter: Crypter,
  number: string,
  release: {
    readonly statements: readonly string[]
    readonly officers: readonly string[]
    readonly fields: readonly SealedFieldName[]
    readonly necessity: Necessity | undefined
    readonly releasedAt: Date
    readonly reviewDueAt: Date
  },
): Promise<void> {
  const { necessity } = release
  await tx
    .updateTable('emergency')
    .set({
      statements: JSON.stringify(release.statements),
      officers: JSON.stringify(release.officers),
      fields: JSON.stringify(release.fields),
      necessity:
        necessity === undefined
          ? null
          : crypter.encrypt(placeOf(number), utf8(JSON.stringify(necessity))),
      released_at: release.releasedAt,
      review_due_at: release.reviewDueAt,
    })
    .where('number', '=', number)
    .execute()
}

export async function putReview(
  tx: Tx,
  number: string,
  outcome: NonNullable<EmergencyView['outcome']>,
  at: Date,
): Promise<void> {
  await tx
    .updateTable('emergency')
    .set({ outcome, reviewed_at: at })
    .where('number', '=', number)
    .execute()
}

/** The latest uses that an agency takes part in under an agreement. */
export async function emergenciesOf(
  reader: Reader,
  crypter: Crypter,
  agency: AgencyId,
  agreement: string,
  most: number,
): Promise<Emergency[]> {
  const rows = await reader
    .selectFrom('emergency')
    .selectAll()
    .where('agreement_hash', '=', agreement)
    .where('released_at', 'is not', null)
    .where((where) => where.or([where('owner_id', '=', agency), where('receiver_id', '=', agency)]))
    .orderBy('released_at', 'desc')
    .orderBy('number')
    .limit(most)
    .execute()
  return rows.map((row) => emergencyOf(crypter, row))
}

type Route = {
  readonly owner: AgencyId
  readonly receiver: AgencyId
  readonly agreement: AgreementHash
}

/** Whether the owner lets the receiver use the route; it does until it says otherwise. */
export async function isOpen(
  reader: Reader,
  { owner, receiver, agreement }: Route,
): Promise<boolean> {
  const row = await reader
    .selectFrom('emergency_route')
    .select('is_open')
    .where('owner_id', '=', owner)
    .where('receiver_id', '=', receiver)
    .where('agreement_hash', '=', agreement)
    .executeTakeFirst()
  return row?.is_open ?? true
}

/** Opens or closes the route. @returns false when a word as late as this one stands */
export async function putRoute(
  tx: Tx,
  { owner, receiver, agreement }: Route,
  { isOpen, saidAt }: { readonly isOpen: boolean; readonly saidAt: Date },
): Promise<boolean> {
  const written = await tx
    .insertInto('emergency_route')
    .values({
      owner_id: owner,
      receiver_id: receiver,
      agreement_hash: agreement,
      is_open: isOpen,
      said_at: saidAt,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['owner_id', 'receiver_id', 'agreement_hash'])
        .doUpdateSet({ is_open: isOpen, said_at: saidAt })
        .where('emergency_route.said_at', '<', saidAt),
    )
    .returning('owner_id')
    .execute()
  return written.length > 0
}

/** Uses whose review is due and of which the owner was not told since `toldBefore`. */
export async function reviewsDue(
  reader: Reader,
  {
    now,
    toldBefore,
    most,
  }: { readonly now: Date; readonly toldBefore: Date; readonly most: number },
): Promise<
  { readonly number: string; readonly owner: AgencyId; readonly agreement: AgreementHash }[]
> {
  const rows = await reader
    .selectFrom('emergency')
    .select(['number', 'owner_id', 'agreement_hash'])
    .where('outcome', 'is', null)
    .where('review_due_at', '<=', now)
    .where((where) =>
      where.or([
        where('review_reminded_at', 'is', null),
        where('review_reminded_at', '<=', toldBefore),
      ]),
    )
    .orderBy('review_due_at')
    .limit(most)
    .execute()
  return rows.map((row) => ({
    number: row.number,
    owner: row.owner_id as AgencyId,
    agreement: row.agreement_hash as AgreementHash,
  }))
}

/** Released emergencies of an owner that it has not reviewed, the earliest due first. */
export async function awaitingReview(
  reader: Reader,
  owner: AgencyId,
  most: number,
): Promise<{ readonly number: string; readonly dueAt: Date }[]> {
  const rows = await reader
    .selectFrom('emergency')
    .select(['number', 'review_due_at'])
    .where('owner_id', '=', owner)
    .where('outcome', 'is', null)
    .where('review_due_at', 'is not', null)
    .orderBy('review_due_at')
    .limit(most)
    .execute()
  return rows.flatMap(({ number, review_due_at }) =>
    review_due_at === null ? [] : [{ number, dueAt: review_due_at }],
  )
}

export async function noteReminded(tx: Tx, numbers: readonly string[], at: Date): Promise<void> {
  if (numbers.length === 0) return
  await tx
    .updateTable('emergency')
    .set({ review_reminded_at: at })
    .where('number', 'in', numbers)
    .execute()
}

/** Erases why the route was used, where that was reviewed before an instant. */
export async function eraseNecessities(reader: Reader, before: Date): Promise<void> {
  await reader
    .updateTable('emergency')
    .set({ necessity: null })
    .where('reviewed_at', '<', before)
    .where('necessity', 'is not', null)
    .execute()
}
