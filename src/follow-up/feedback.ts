import type { Agreement } from '../agreements/types.ts'
import { nothingThere } from '../decisions/judging.ts'
import { shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { SignalId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { KnownSignal } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import { type FeedbackStatus, feedbackStatuses } from '../wire/codes/follow-ups.ts'
import type { SignalFeedback } from '../wire/follow-up.ts'
import { feedbackOf } from './feedback-store.ts'
import { mayReceive } from './lead.ts'
import type { Rooms } from './rooms.ts'
import * as store from './store.ts'
import type { Asker } from './types.ts'

const secondsPerDay = 86_400

/**
 * What became of a signal, for the agency whose signal it is. Who may receive under the agreement is told
 * the outcome. Who may only submit must not learn from this that its signal touched another: it is told
 * that something was done, or, when the time to close is over, that there was nothing new, which is also
 * what it is told of a signal that touched nothing.
 */
export function openFeedback(
  { clock, db, ledger, agreements, decisions, views }: Rooms,
  standingOf: (reader: Reader, id: string) => Promise<KnownSignal | undefined>,
) {
  async function isInFollowUp(reader: Reader, signal: KnownSignal): Promise<boolean> {
    const ids = await store.followUpsOf(reader, [signal.id])
    const open = (
      await store.findFollowUps(
        reader,
        ids.map(({ id }) => id),
      )
    ).filter(({ state }) => state === 'open')
    const seen = await views.seenBy(reader, signal.agency, signal.agreement, open)
    return seen.length > 0
  }

  async function forReceiver(
    reader: Reader,
    signal: KnownSignal,
  ): Promise<Partial<SignalFeedback>> {
    if (signal.state === 'live' && (await isInFollowUp(reader, signal))) {
      return { status: 'in-follow-up' }
    }
    const told = await feedbackOf(reader, signal.id)
    if (told === undefined) return { status: signal.state === 'live' ? 'received' : 'ended' }
    return {
      status: told.status,
      at: told.at.toISOString(),
      ...(told.outcome === undefined ? {} : { outcome: told.outcome }),
    }
  }

  async function forSubmitter(
    reader: Reader,
    signal: KnownSignal,
    { content }: Agreement,
  ): Promise<Partial<SignalFeedback>> {
    const told = await feedbackOf(reader, signal.id)
    if (told?.status === 'taken-up') return { status: 'taken-up' }
    if (signal.state !== 'live') return { status: 'ended' }
    const closing = shifted(signal.submittedAt, content.deadlines.closeDays * secondsPerDay)
    return { status: closing <= clock.now() ? 'nothing-new' : 'received' }
  }

  const worded = (id: string, told: Partial<SignalFeedback>): SignalFeedback => {
    const status: FeedbackStatus = told.status ?? 'received'
    const words = feedbackStatuses.find(({ code }) => code === status)
    return { ...told, signal: id, status, en: words?.en ?? '', nl: words?.nl ?? '' }
  }

  return {
    /** @throws Fault signals/not-found, also for a signal of another agency; policy/denied */
    async feedback(asker: Asker, id: SignalId): Promise<SignalFeedback> {
      const result = await transact(db, 'feedback/read', async (tx) => {
        const found = await standingOf(tx, id)
        const signal = found?.agency === asker.agency ? found : undefined
        const agreement =
          signal && (await agreements.hold(tx, [signal.agreement])).get(signal.agreement)
        const decided =
          signal === undefined
            ? nothingThere('signals/not-found')
            : decisions.onFeedback(asker.agency, signal, agreement)
        await decisions.append(
          tx,
          ledger,
          {
            kind: 'feedback.read',
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            ...(signal === undefined
              ? {}
              : { agreement: signal.agreement, purpose: signal.purpose }),
            signalId: id,
            outcome: decided.outcome,
            reasons: decided.reasons,
          },
          decided,
        )
        if (decided.fault !== undefined) return { fault: decided.fault }
        if (signal === undefined || agreement === undefined) {
          return { fault: new Fault('signals/not-found') }
        }
        const told = mayReceive(agreement.content, asker.agency)
          ? await forReceiver(tx, signal)
          : await forSubmitter(tx, signal, agreement)
        return { told: worded(id, told) }
      })
      if (result.fault !== undefined) throw result.fault
      return result.told
    },
  }
}
