import { sql } from 'kysely'
import type { AgencyId, ClientId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { CardPayload, PinPayload } from '../wire/registry.ts'
import type { Agency, Client } from './types.ts'

export async function findAgency(reader: Reader, id: string): Promise<Agency | undefined> {
  const row = await reader
    .selectFrom('agency')
    .select([
      'id',
      'name',
      'root_thumbprint',
      'active',
      'card_version',
      'contact_desk',
      'signing_thumbprint',
      'encryption_key',
      'signatory_thumbprints',
    ])
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { contact_desk, signing_thumbprint, encryption_key } = row
  return {
    id: row.id as AgencyId,
    name: row.name,
    rootThumbprint: row.root_thumbprint,
    active: row.active,
    card:
      contact_desk === null || signing_thumbprint === null || encryption_key === null
        ? undefined
        : {
            version: row.card_version,
            contactDesk: contact_desk,
            signingThumbprint: signing_thumbprint,
            encryptionKey: JSON.parse(encryption_key),
            signatories: JSON.parse(row.signatory_thumbprints ?? '[]'),
          },
  }
}

/** A machine on the card that stands. */
export async function findClient(
  reader: Reader,
  agency: string,
  client: string,
): Promise<(Client & { readonly active: boolean }) | undefined> {
  const row = await reader
    .selectFrom('client')
    .innerJoin('agency', 'agency.id', 'client.agency_id')
    .select(['client.agency_id', 'client.client', 'client.key', 'agency.active'])
    .where('client.agency_id', '=', agency)
    .where('client.client', '=', client)
    .where('agency.signing_thumbprint', 'is not', null)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    agency: row.agency_id as AgencyId,
    client: row.client as ClientId,
    key: JSON.parse(row.key),
    active: row.active,
  }
}

export async function namesOf(
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await reader
    .selectFrom('agency')
    .select(['id', 'name'])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Root thumbprints under which agencies are admitted now, for those ids that are known. */
export async function rootsOf(
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await reader
    .selectFrom('agency')
    .select(['id', 'root_thumbprint'])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, root_thumbprint }) => [id, root_thumbprint]))
}

export async function isAdministrator(reader: Reader, thumbprint: string): Promise<boolean> {
  const row = await reader
    .selectFrom('administrator')
    .select('thumbprint')
    .where('thumbprint', '=', thumbprint)
    .executeTakeFirst()
  return row !== undefined
}

export async function countAdministrators(reader: Reader): Promise<number> {
  const { total } = await reader
    .selectFrom('administrator')
    .select(({ fn }) => fn.countAll<string>().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

export async function putEnrolmentCode(tx: Tx, codeHash: Uint8Array, at: Date): Promise<void> {
  const row = { code_hash: Buffer.from(codeHash), made_at: at }
  await tx
    .insertInto('enrolment_code')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** Deletes the code if it is this one; true when it was. Two at once: one wins. */
export async function takeEnrolmentCode(tx: Tx, codeHash: Uint8Array): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('enrolment_code')
    .where('code_hash', '=', Buffer.from(codeHash))
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export async function addAdministrator(tx: Tx, thumbprint: string, at: Date): Promise<void> {
  await tx.insertInto('administrator').values({ thumbprint, enrolled_at: at }).execute()
}

/**
 * Writes the pin unless a later one stands; true when it was written. A new root key voids the card,
 * its machines and its version: a stolen old key must not have taken the highest one.
 */
export async function putPin(tx: Tx, pin: PinPayload): Promise<boolean> {
  const issuedAt = new Date(pin.issuedAt)
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('agency')
    .values({
      id: pin.agency,
      name: pin.name,
      root_thumbprint: pin.rootThumbprint,
      active: pin.active,
      pinned_at: issuedAt,
      card_version: 0,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({
          name: pin.name,
          root_thumbprint: pin.rootThumbprint,
          active: pin.active,
          pinned_at: issuedAt,
          signing_thumbprint: sql`case when agency.root_thumbprint = ${pin.rootThumbprint} then agency.signing_thumbprint end`,
          card_version: sql`case when agency.root_thumbprint = ${pin.rootThumbprint} then agency.card_version else 0 end`,
        })
        .where('agency.pinned_at', '<', issuedAt),
    )
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Replaces the card of an agency and its clients if `card` is newer; true when it was. */
export async function putCard(
  tx: Tx,
  card: CardPayload,
  statement: string,
  thumbprints: { readonly signing: string; readonly signatories: readonly string[] },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('agency')
    .set({
      card: statement,
      card_version: card.version,
      contact_desk: card.contactDesk,
      signing_thumbprint: thumbprints.signing,
      signatory_thumbprints: JSON.stringify(thumbprints.signatories),
      encryption_key: JSON.stringify(card.encryptionKey),
    })
    .where('id', '=', card.agency)
    .where('card_version', '<', card.version)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await tx.deleteFrom('client').where('agency_id', '=', card.agency).execute()
  for (const { client, key } of card.clients) {
    await tx
      .insertInto('client')
      .values({ agency_id: card.agency, client, key: JSON.stringify(key) })
      .execute()
  }
  return true
}

export async function cardStatementOf(reader: Reader, agency: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('agency')
    .select('card')
    .where('id', '=', agency)
    .executeTakeFirst()
  return row?.card ?? undefined
}

/** How many administrators there are; whoever adds one waits until `tx` is over. */
export async function countAdministratorsLocked(tx: Tx): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended('administrators', 0))`.execute(tx)
  return countAdministrators(tx)
}

/** Keeps one administrator's word for a new one; how many words of administrators there are now. */
export async function addVoucher(
  tx: Tx,
  thumbprint: string,
  vouchedBy: string,
  statement: string,
  at: Date,
): Promise<number> {
  await tx
    .insertInto('administrator_voucher')
    .values({ thumbprint, vouched_by: vouchedBy, statement, received_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { words } = await tx
    .selectFrom('administrator_voucher')
    .innerJoin('administrator', 'administrator.thumbprint', 'administrator_voucher.vouched_by')
    .select(({ fn }) => fn.countAll<string>().as('words'))
    .where('administrator_voucher.thumbprint', '=', thumbprint)
    .executeTakeFirstOrThrow()
  return Number(words)
}
