import type { Asker } from '../decisions/types.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { coarseSize } from '../ledger/answer-size.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import { type AcknowledgeAnswer, type NoticePage, noticesPerPage } from '../wire/notification.ts'
import { pathOf } from './about.ts'
import type { OwnActs } from './own-acts.ts'
import * as store from './store.ts'
import type { KeptNotice, Tell } from './types.ts'
import * as webhookStore from './webhook-store.ts'

export type Notifications = ReturnType<typeof openNotifications>

const day = 86_400
/** How long a notice is kept after it was acknowledged. */
const keepAcknowledgedSeconds = 90 * day
/** How long at most, acknowledged or not. */
const keepSeconds = 400 * day

const viewOf = (notice: KeptNotice): NoticePage['notices'][number] => ({
  id: notice.id,
  sequence: notice.sequence,
  kind: notice.kind,
  at: notice.madeAt.toISOString(),
  dataref: notice.about,
  ...(notice.agreement === undefined ? {} : { agreement: notice.agreement }),
  ...(notice.onBehalfOf === undefined ? {} : { onBehalfOf: notice.onBehalfOf }),
  acknowledged: notice.acknowledgedAt !== undefined,
})

/**
 * Notices: an agency is told that something happened and where it may look, and nothing else. Each is
 * written in the transaction of what it tells of, and makes no entry of its own: how long the ledger
 * grows does not depend on whether a signal touched another. Every look at an inbox is an act. While
 * an agreement is suspended, what was told under it and not acknowledged is held back, and comes again
 * under a later number once that is lifted.
 */
export function openNotifications({
  clock,
  random,
  db,
  own,
  askToDeliver,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly own: OwnActs
  /** Has what waits delivered to webhooks, once `tx` has committed. */
  readonly askToDeliver: (tx: Tx) => Promise<void>
}) {
  const tell: Tell = async (tx, notices) => {
    if (notices.length === 0) return
    const rows = notices.map(({ agency, kind, about, agreement, onBehalfOf }) => ({
      id: randomUuid(random),
      agency_id: agency,
      kind,
      about: pathOf(about, onBehalfOf),
      agreement_hash: agreement ?? null,
      on_behalf_of: onBehalfOf ?? null,
    }))
    await store.addNotices(tx, rows, clock.now())
    const isAwaited = await webhookStore.addDeliveries(
      tx,
      rows.map(({ id }) => id),
      clock.now(),
    )
    if (isAwaited) await askToDeliver(tx)
  }

  return {
    tell,

    /**
     * A page of the asker’s inbox: what it has not acknowledged, or all that is kept after a place. The
     * entry on the ledger tells a coarse number.
     */
    async list(asker: Asker, after?: number): Promise<NoticePage> {
      const result = await transact(db, 'notification/list', async (tx) => {
        const { acknowledgedUntil, suspended } = await own.inOrder(tx, asker.agency)
        const found = await store.noticesAfter(tx, asker.agency, {
          after,
          without: suspended,
          limit: noticesPerPage + 1,
        })
        const notices = found.slice(0, noticesPerPage).map(viewOf)
        const answerSize = coarseSize(notices.length)
        const fault = await own.append(tx, { kind: 'notice.list', answerSize }, asker)
        if (fault !== undefined) return { fault }
        const last = notices.at(-1)
        const next =
          found.length > notices.length && last !== undefined ? { next: last.sequence } : {}
        return { page: { notices, acknowledgedUntil, ...next } }
      })
      if (result.fault !== undefined) throw result.fault
      return result.page
    },

    /**
     * Notes that the asker has dealt with every notice up to a place. Saying it again is welcome.
     * @throws Fault notification/not-told when nothing was told under that number yet
     */
    async acknowledge(asker: Asker, until: number): Promise<AcknowledgeAnswer> {
      const result = await transact(db, 'notification/acknowledge', async (tx) => {
        const { last, acknowledgedUntil } = await own.inOrder(tx, asker.agency)
        const early = until > last ? new Fault('notification/not-told') : undefined
        const fault = await own.append(tx, { kind: 'notice.acknowledge' }, asker, early)
        if (fault !== undefined) return { fault }
        await store.acknowledge(tx, asker.agency, until, clock.now())
        return { answer: { acknowledgedUntil: Math.max(until, acknowledgedUntil) } }
      })
      if (result.fault !== undefined) throw result.fault
      return result.answer
    },

    /** Forgets what was acknowledged long ago, and what is too old in any case; for the room of retention. */
    forget: (): Promise<number> =>
      store.forgetNotices(db, {
        acknowledged: shifted(clock.now(), -keepAcknowledgedSeconds),
        made: shifted(clock.now(), -keepSeconds),
      }),
  }
}
