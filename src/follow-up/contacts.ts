import type { AgencyId, SignalId } from '../kernel/ids.ts'
import type { ToldOverlap } from '../overlaps/telling.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'

/**
 * Agencies that are known to be in contact about a subject. A subject has no name here: it is noted at
 * each live signal about it which pairs of agencies are in contact. A new signal is about the same
 * subject when it gathers with one of those, by the rules by which overlaps are found. When the last of
 * them has ended, nothing is remembered.
 */
export type Contact = {
  readonly signal: SignalId
  readonly one: AgencyId
  readonly other: AgencyId
  readonly followUp: string
}

/** Every pair of these agencies, each once, its first name first. */
export const pairsOf = (agencies: readonly AgencyId[]): (readonly [AgencyId, AgencyId])[] => {
  const sorted = [...new Set(agencies)].sort()
  return sorted.flatMap((one, at) => sorted.slice(at + 1).map((other) => [one, other] as const))
}

export async function contactsOf(reader: Reader, signals: readonly SignalId[]): Promise<Contact[]> {
  if (signals.length === 0) return []
  const rows = await reader
    .selectFrom('follow_up_contact')
    .selectAll()
    .where('signal_id', 'in', signals)
    .execute()
  return rows.map((row) => ({
    signal: row.signal_id as SignalId,
    one: row.one_id as AgencyId,
    other: row.other_id as AgencyId,
    followUp: row.follow_up_id,
  }))
}

export async function noteContacts(tx: Tx, contacts: readonly Contact[]): Promise<void> {
  if (contacts.length === 0) return
  await tx
    .insertInto('follow_up_contact')
    .values(
      contacts.map(({ signal, one, other, followUp }) => ({
        signal_id: signal,
        one_id: one,
        other_id: other,
        follow_up_id: followUp,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Forgets what the outcome of a follow-up noted, when that is opened again. */
export async function forgetContactsSaidBy(tx: Tx, followUp: string): Promise<void> {
  await tx.deleteFrom('follow_up_contact').where('follow_up_id', '=', followUp).execute()
}

export async function forgetContactsOf(tx: Tx, signals: readonly SignalId[]): Promise<void> {
  if (signals.length === 0) return
  await tx.deleteFrom('follow_up_contact').where('signal_id', 'in', signals).execute()
}

/** Those of these overlaps in which the agency is in contact with each of the others about the subject. */
export async function silencedAmong(
  tx: Tx,
  told: readonly ToldOverlap[],
): Promise<ReadonlySet<SignalId>> {
  const contacts = await contactsOf(tx, [...new Set(told.flatMap(({ around }) => around))])
  if (contacts.length === 0) return new Set()
  const silent = told.filter(({ agency, others, around }) =>
    others.every((other) =>
      contacts.some(
        (contact) =>
          around.includes(contact.signal) &&
          [contact.one, contact.other].includes(agency) &&
          [contact.one, contact.other].includes(other),
      ),
    ),
  )
  return new Set(silent.map(({ signal }) => signal))
}
