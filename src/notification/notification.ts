import type { Agreements } from '../agreements/agreements.ts'
import { stateOf } from '../agreements/lifecycle.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Asker } from '../decisions/types.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { unknownAgreement } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'
import { Outdated, type Tx, transact } from '../store/transact.ts'
import { type AcknowledgeAnswer, type NoticePage, noticesPerPage } from '../wire/notification.ts'
import type { noticeActs } from '../wire/policy.ts'
import { pathOf } from './about.ts'
import * as store from './store.ts'
import type { KeptNotice, Tell } from './types.ts'

export type Notifications = ReturnType<typeof openNotifications>

type NoticeAct = (typeof noticeActs)[number]

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
  ledger,
  agreements,
  decisions,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Agreements
  readonly decisions: Decisions
}) {
  /** Decides, and appends the entry of an act on one’s own notices, which tells no number. */
  async function append(tx: Tx, act: NoticeAct, asker: Asker, fault?: Fault) {
    const facts = factsUnder(forItself(asker.agency), {
      hash: '' as AgreementHash,
      agreement: unknownAgreement,
    })
    const decision = decisions.decide(act, facts)
    const refused = decision.outcome === 'refuse'
    const entries = await ledger.append(tx, [
      {
        kind: act,
        outcome: refused || fault !== undefined ? 'refuse' : 'permit',
        requestId: asker.requestId,
        agency: asker.agency,
        client: asker.client,
        reasons:
          refused || fault === undefined
            ? decision.reasons.map(({ policy }) => policy)
            : [fault.code],
      },
    ])
    await decisions.recordOne(tx, entries, decision, !refused && fault === undefined)
    return refused
      ? new Fault(
          'policy/denied',
          decision.reasons.map(({ policy, en, article }) => ({ at: policy, message: en, article })),
        )
      : fault
  }

  /** An inbox in order, with what has to be held back taken out of it. Nobody changes it until `tx` is over. */
  async function inOrder(tx: Tx, agency: AgencyId) {
    const hashes = await store.agreementsOf(tx, agency)
    const held = await agreements.hold(tx, hashes)
    await ledger.hold(tx)
    const inbox = await store.holdInbox(tx, agency)
    const now = await store.agreementsOf(tx, agency)
    if (now.some((hash) => !held.has(hash))) throw new Outdated('a notice came meanwhile')
    const suspended = hashes.filter((hash) => {
      const agreement = held.get(hash)
      return agreement !== undefined && stateOf(agreement, clock.now()) === 'suspended'
    })
    const last = await store.arrange(tx, agency, inbox, suspended)
    return { ...inbox, last, suspended }
  }

  const tell: Tell = (tx, notices) =>
    store.addNotices(
      tx,
      notices.map(({ agency, kind, about, agreement, onBehalfOf }) => ({
        id: randomUuid(random),
        agency_id: agency,
        kind,
        about: pathOf(about, onBehalfOf),
        agreement_hash: agreement ?? null,
        on_behalf_of: onBehalfOf ?? null,
      })),
      clock.now(),
    )

  return {
    tell,

    /**
     * A page of the asker’s inbox: what it has not acknowledged, or all that is kept after a place. The
     * entry on the ledger tells no number.
     */
    async list(asker: Asker, after?: number): Promise<NoticePage> {
      const result = await transact(db, 'notification/list', async (tx) => {
        const { acknowledgedUntil, suspended } = await inOrder(tx, asker.agency)
        const fault = await append(tx, 'notice.list', asker)
        if (fault !== undefined) return { fault }
        const found = await store.noticesAfter(tx, asker.agency, {
          after,
          without: suspended,
          limit: noticesPerPage + 1,
        })
        const notices = found.slice(0, noticesPerPage).map(viewOf)
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
        const { last, acknowledgedUntil } = await inOrder(tx, asker.agency)
        const early = until > last ? new Fault('notification/not-told') : undefined
        const fault = await append(tx, 'notice.acknowledge', asker, early)
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
