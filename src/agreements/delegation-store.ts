import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { Delegation } from './types.ts'

const delegations = (reader: Reader) =>
  reader
    .selectFrom('delegation')
    .leftJoin('delegation_end', (join) =>
      join
        .onRef('delegation_end.agency_id', '=', 'delegation.agency_id')
        .onRef('delegation_end.number', '=', 'delegation.number'),
    )
    .select([
      'delegation.number',
      'delegation.agency_id',
      'delegation.acting_agency_id',
      'delegation.agreement_hash',
      'delegation.not_before',
      'delegation.not_after',
      'delegation.statement',
      'delegation_end.number as ended',
    ])

type Row = Awaited<ReturnType<ReturnType<typeof delegations>['execute']>>[number]

const delegationOf = (row: Row): Delegation => ({
  number: row.number,
  delegator: row.agency_id as AgencyId,
  actingAgency: row.acting_agency_id as AgencyId,
  agreement: row.agreement_hash as AgreementHash,
  notBefore: row.not_before,
  notAfter: row.not_after,
  statement: row.statement,
  ended: row.ended !== null,
})

export async function findDelegation(
  reader: Reader,
  delegator: string,
  number: string,
): Promise<Delegation | undefined> {
  const row = await delegations(reader)
    .where('delegation.agency_id', '=', delegator)
    .where('delegation.number', '=', number)
    .executeTakeFirst()
  return row && delegationOf(row)
}

/** The newest delegations that an agency gave or was given. */
export async function delegationsOf(
  reader: Reader,
  agency: string,
  limit: number,
): Promise<Delegation[]> {
  const rows = await delegations(reader)
    .where((where) =>
      where.or([
        where('delegation.agency_id', '=', agency),
        where('delegation.acting_agency_id', '=', agency),
      ]),
    )
    .orderBy('delegation.received_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map(delegationOf)
}

/** Delegations that an agency was given and that hold at `at`. */
export async function delegationsHeldBy(
  reader: Reader,
  actingAgency: string,
  at: Date,
): Promise<Delegation[]> {
  const rows = await delegations(reader)
    .where('delegation.acting_agency_id', '=', actingAgency)
    .where('delegation.not_before', '<=', at)
    .where('delegation.not_after', '>', at)
    .where('delegation_end.number', 'is', null)
    .execute()
  return rows.map(delegationOf)
}

export async function addDelegation(tx: Tx, one: Omit<Delegation, 'ended'>, at: Date) {
  await tx
    .insertInto('delegation')
    .values({
      number: one.number,
      agency_id: one.delegator,
      acting_agency_id: one.actingAgency,
      agreement_hash: one.agreement,
      not_before: one.notBefore,
      not_after: one.notAfter,
      statement: one.statement,
      received_at: at,
    })
    .execute()
}

export async function isEnded(reader: Reader, delegator: string, number: string): Promise<boolean> {
  const row = await reader
    .selectFrom('delegation_end')
    .select('number')
    .where('agency_id', '=', delegator)
    .where('number', '=', number)
    .executeTakeFirst()
  return row !== undefined
}

/** True when the end is new here. */
export async function addEnd(
  tx: Tx,
  end: { readonly delegator: string; readonly number: string; readonly statement: string },
  at: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('delegation_end')
    .values({
      agency_id: end.delegator,
      number: end.number,
      statement: end.statement,
      received_at: at,
    })
    .onConflict((conflict) => conflict.columns(['agency_id', 'number']).doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}
