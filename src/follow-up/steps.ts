import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from '../kernel/bytes.ts'
import { canonicalBytes, canonicalText } from '../kernel/canonical.ts'
import { dayOf } from '../kernel/clock.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { randomUuid } from '../kernel/random.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { Level } from './clocks.ts'
import type { Rooms } from './rooms.ts'
import type { ClockName } from './types.ts'

/** What time alone did: somebody was reminded, a term that passed was escalated, an offer or a dispute lapsed. */
export type Step = {
  readonly kind: 'remind' | 'escalate' | 'lapse'
  readonly agency: AgencyId
  readonly agreement: AgreementHash
  readonly purpose: string
  /** The agency's handle, or the number of the disclosure. */
  readonly followUp?: string
  readonly term: ClockName | 'disclosure'
  readonly level?: Exclude<Level, 'reminder'>
  readonly told?: AgencyId
}

export type TakenStep = Step & { readonly id: string; readonly at: string }

/**
 * Writes down what time did. Not on the ledger at that moment: an entry that comes at the minute at which a
 * term passes would tell whoever watches the size of the ledger that a signal touched another. The
 * daily entry vouches for it.
 */
export async function keepSteps(
  tx: Tx,
  { random }: Pick<Rooms, 'random'>,
  steps: readonly Step[],
  at: Date,
): Promise<void> {
  if (steps.length === 0) return
  await tx
    .insertInto('follow_up_step')
    .values(
      steps.map((step) => ({
        id: randomUuid(random),
        at,
        kind: step.kind,
        step: canonicalText(step),
      })),
    )
    .execute()
}

/** The steps from one instant until just before another, by id. */
export async function stepsBetween(reader: Reader, from: Date, until: Date): Promise<TakenStep[]> {
  const rows = await reader
    .selectFrom('follow_up_step')
    .select(['id', 'at', 'step'])
    .where('at', '>=', from)
    .where('at', '<', until)
    .orderBy('id')
    .execute()
  return rows.map(({ id, at, step }) => ({ ...JSON.parse(step), id, at: at.toISOString() }))
}

/** SHA-256 over the canonical JSON (RFC 8785) of steps in the order of their ids, base64url. */
export const digestOfSteps = (steps: readonly TakenStep[]): string =>
  base64url(sha256(canonicalBytes(steps)))

const counted = (steps: readonly TakenStep[], kind: Step['kind']): number =>
  steps.filter((step) => step.kind === kind).length

/**
 * Each day one entry vouches for what time did until then, also when that was nothing: so neither the number of entries nor
 * the moment of one tells anything. After a standstill one entry is made for all of it. Of two gateways at once
 * one makes it.
 */
export function openDailySteps({ clock, db, ledger }: Pick<Rooms, 'clock' | 'db' | 'ledger'>) {
  async function vouch(tx: Tx): Promise<void> {
    const until = clock.now()
    await tx
      .insertInto('follow_up_vouched')
      .values({ id: 1, until })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
    const { until: from } = await tx
      .selectFrom('follow_up_vouched')
      .select('until')
      .where('id', '=', 1)
      .forUpdate()
      .executeTakeFirstOrThrow()
    if (dayOf(from) >= dayOf(until)) return
    await ledger.hold(tx)
    const steps = await stepsBetween(tx, from, until)
    await ledger.append(tx, [
      {
        kind: 'follow-up.vouch',
        from: from.toISOString(),
        until: until.toISOString(),
        reminders: counted(steps, 'remind'),
        escalations: counted(steps, 'escalate'),
        lapses: counted(steps, 'lapse'),
        steps: digestOfSteps(steps),
      },
    ])
    await tx.updateTable('follow_up_vouched').set({ until }).where('id', '=', 1).execute()
  }

  return {
    async runVouching(): Promise<void> {
      const last = await db.selectFrom('follow_up_vouched').select('until').executeTakeFirst()
      if (last !== undefined && dayOf(last.until) >= dayOf(clock.now())) return
      await transact(db, 'follow-up/vouch', vouch)
    },
  }
}
