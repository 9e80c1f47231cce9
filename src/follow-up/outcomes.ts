import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { SignalTraits } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import { outcomes } from '../wire/codes/follow-ups.ts'
import type { OutcomeBody } from '../wire/follow-up.ts'
import { noteContacts, pairsOf } from './contacts.ts'
import { noteFeedback } from './feedback-store.ts'
import { mayReceive } from './lead.ts'
import { begun, closed, ended, left, noted, present } from './life.ts'
import * as store from './store.ts'
import type { FollowUp, Setting, Tell, Telling } from './types.ts'
import type { Seen } from './views.ts'

export type Outcomes = ReturnType<typeof openOutcomes>

export type Separate = (
  tx: Tx,
  agreement: AgreementHash,
  pairs: readonly (readonly [SignalId, SignalId])[],
) => Promise<void>

/** What outcomes do beside closing: they part signals, silence contacts, and give feedback. */
export function openOutcomes({
  traitsOf,
  separate,
  tell,
  reconsider,
}: {
  readonly traitsOf: (reader: Reader, ids: readonly SignalId[]) => Promise<SignalTraits[]>
  readonly separate: Separate
  readonly tell: Tell
  /** Looks again at other follow-ups of the same signals. */
  readonly reconsider: (tx: Tx, ids: readonly string[]) => Promise<void>
}) {
  /** The agencies on the side that is apart: named, or of two the one that does not have the lead. */
  function apartFrom(one: FollowUp, { apart }: OutcomeBody): AgencyId[] {
    const there = present(one)
    if (apart !== undefined) return apart as AgencyId[]
    return there.length === 2 ? there.filter((agency) => agency !== one.lead.agency) : []
  }

  async function giveFeedback(
    tx: Tx,
    one: FollowUp,
    members: FollowUp['members'],
    { outcome }: OutcomeBody,
    { agreement: { content }, at }: Setting,
  ): Promise<void> {
    const found = outcomes.find(({ code }) => code === outcome)
    if (found === undefined) return
    await noteFeedback(
      tx,
      members.map(({ id, agency }) => ({ signal: id, agency, status: found.coarse, outcome })),
      at,
    )
    if (!found.useful) return
    // Whoever may not receive has no handle to look at; it is told of its own signal, and only the good news.
    const notices = members
      .filter(({ agency }) => !mayReceive(content, agency))
      .map(
        ({ id, agency }): Telling => ({
          agency,
          kind: 'feedback',
          about: { type: 'feedback', signal: id },
          agreement: one.agreement,
        }),
      )
    await tell(tx, notices)
  }

  /** Parts the two sides for good. What is left of either side goes on; of fewer than two agencies nothing is. */
  async function part(tx: Tx, one: FollowUp, body: OutcomeBody, setting: Setting) {
    const away = new Set(apartFrom(one, body))
    const [theirs, ours] = [
      one.members.filter(({ agency }) => away.has(agency)),
      one.members.filter(({ agency }) => !away.has(agency)),
    ]
    const pairs = theirs.flatMap((other) => ours.map((own) => [own.id, other.id] as const))
    await separate(tx, one.agreement, pairs)
    if (away.size > 1) {
      const traits = await traitsOf(
        tx,
        theirs.map(({ id }) => id),
      )
      const other = begun({ members: theirs, quality: one.quality }, traits, setting, true)
      if (other !== undefined) await store.keepFollowUps(tx, [{ ...other, version: 1 }], setting.at)
    }
    const others = (
      await store.followUpsOf(
        tx,
        [...theirs, ...ours].map(({ id }) => id),
      )
    ).filter(({ id }) => id !== one.id)
    await reconsider(tx, [...new Set(others.map(({ id }) => id))])
    const stay = new Set(ours.map(({ agency }) => agency))
    if (stay.size < 2) return ended(closed(one, body.outcome, setting), 'signals', setting)
    const traits = await traitsOf(
      tx,
      ours.map(({ id }) => id),
    )
    const rest = left(one, new Set(theirs.map(({ id }) => id)), traits, 'signals', setting)
    return noted(
      rest,
      ...[...away].map((agency) => ({ event: 'left', agency, detail: body.outcome }) as const),
    )
  }

  return {
    /** What is wrong with an outcome, for a follow-up that its lead sees so. */
    faultOf({ one, known }: Seen, body: OutcomeBody): Fault | undefined {
      if (body.outcome !== 'not-the-same-person') {
        return body.apart === undefined
          ? undefined
          : new Fault('follow-up/invalid', [{ at: '/apart', message: 'this outcome parts nobody' }])
      }
      const away = apartFrom(one, body)
      const there = present(one).filter((agency) => known.includes(agency))
      const fits =
        away.length > 0 &&
        away.length < there.length &&
        new Set(away).size === away.length &&
        away.every((agency) => there.includes(agency))
      return fits
        ? undefined
        : new Fault('follow-up/invalid', [
            { at: '/apart', message: 'name some, not all, of the agencies concerned, each once' },
          ])
    },

    /** The follow-up with its outcome; what the outcome asks for besides is done. */
    async record(tx: Tx, one: FollowUp, body: OutcomeBody, setting: Setting): Promise<FollowUp> {
      if (body.outcome === 'not-the-same-person') {
        const away = new Set(apartFrom(one, body))
        const whole = present(one).length - away.size < 2
        await giveFeedback(
          tx,
          one,
          one.members.filter(({ agency }) => whole || away.has(agency)),
          body,
          setting,
        )
        return part(tx, one, body, setting)
      }
      if (body.outcome === 'already-in-contact') {
        // The lead can say of itself only with whom it is in contact.
        const pairs = pairsOf(present(one)).filter((pair) => pair.includes(one.lead.agency))
        await noteContacts(
          tx,
          one.members.flatMap(({ id }) =>
            pairs.map(([first, second]) => ({
              signal: id,
              one: first,
              other: second,
              followUp: one.id,
            })),
          ),
        )
      }
      await giveFeedback(tx, one, one.members, body, setting)
      return closed(one, body.outcome, setting)
    },
  }
}
