import type { Logger } from 'pino'
import type { Agencies } from '../agencies/agencies.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { signPost } from '../proofs/http-signature.ts'
import type { PrivateJwk } from '../proofs/statement.ts'
import type { Queue } from '../store/queue.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import { eventContentType, signatureTag } from '../wire/webhook.ts'
import { bytesOf, type EventSource, noticeEventOf } from './event.ts'
import type { OwnActs } from './own-acts.ts'
import type { Answer, Sender } from './sender.ts'
import * as notices from './store.ts'
import type { KeptNotice, Tell } from './types.ts'
import type { Claimed } from './webhook-store.ts'
import * as store from './webhook-store.ts'

export type Deliveries = ReturnType<typeof openDeliveries>

const minute = 60
const hour = 3_600
/** How long to wait after the first, second, … failure in a row: together more than a day. */
const pauses = [
  minute / 2,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  6 * hour,
  8 * hour,
  8 * hour,
]
/** Longer than one attempt can take: whoever died with a claim is followed after it. */
const claimSeconds = 60
/** Notices that are sent to one webhook, and how long, before others have their turn. */
const mostAtOnce = 50
const longestTurnSeconds = 20
/** Webhooks that one process sends to at the same time: a slow one does not keep all others waiting. */
const atOnce = 4
/** How soon it is looked again at what may not be told now. */
const heldSeconds = 60

/**
 * Delivers notices to webhooks: of one agency in the order of its inbox and one at a time, each at least
 * once. Where a receiver fails, what follows waits behind it. A notice that fails for more than a day is
 * given up, kept as dead, and the next one is tried; when that fails at once, too, nothing is sent
 * to the webhook until its agency tests it. What is due stands in the tables, judged by the clock that was
 * handed in; the queue only says when to look.
 */
export function openDeliveries({
  clock,
  random,
  db,
  logger,
  queue,
  agencies,
  own,
  sender,
  key,
  source,
  tell,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly logger: Logger
  readonly queue: Queue
  readonly agencies: Agencies
  readonly own: Pick<OwnActs, 'inOrder'>
  readonly sender: Sender
  readonly key: PrivateJwk
  readonly source: EventSource
  readonly tell: Tell
}) {
  let closing = false
  const inSeconds = (seconds: number): Date => shifted(clock.now(), seconds)

  /** The pause after so many failures, a fifth more or less, so that not all come back at once. */
  const jittered = (seconds: number): number =>
    seconds * (0.8 + (0.4 * (random.bytes(1)[0] ?? 0)) / 255)

  /** What is next for a claimed webhook; undefined, and the claim given back, when there is nothing now. */
  const next = (claimed: Claimed): Promise<KeptNotice | undefined> =>
    transact(db, 'notification/next', async (tx) => {
      const { suspended } = await own.inOrder(tx, claimed.agency, 'delivery')
      if (!(await store.keepClaim(tx, claimed, inSeconds(claimSeconds)))) return undefined
      const active = (await agencies.find(claimed.agency, tx))?.active === true
      const notice = active ? await store.nextNotice(tx, claimed.id, suspended) : undefined
      // Behind the lock on the inbox: whoever tells something meanwhile wakes it up again afterwards.
      if (notice === undefined) {
        await store.endClaim(tx, claimed, inSeconds(heldSeconds))
      }
      return notice
    })

  async function send({ url }: Claimed, notice: KeptNotice): Promise<Answer> {
    const body = bytesOf(noticeEventOf(source, notice))
    const headers = await signPost(
      { url, tag: signatureTag },
      { body, contentType: eventContentType, key, at: clock.now() },
    )
    return sender.post(url, { ...headers }, body)
  }

  /** Notes how an attempt went. @returns whether to go on with the next notice */
  const settle = (claimed: Claimed, notice: KeptNotice, answer: Answer): Promise<boolean> =>
    transact(db, 'notification/settle', async (tx) => {
      await notices.holdInbox(tx, claimed.agency)
      const lane = await store.holdClaimed(tx, claimed)
      if (lane === undefined) return false
      const delivered = answer.result === 'accepted'
      const pause = pauses[lane.failures]
      const dead = !delivered && pause === undefined && !lane.dead_in_a_row
      await store.noteAttempt(tx, claimed.id, notice.id, {
        state: delivered ? 'delivered' : dead ? 'dead' : 'waiting',
        result: answer.result,
        status: answer.status ?? null,
        attempted_at: clock.now(),
      })
      if (delivered) {
        await store.putLane(tx, claimed.id, { failures: 0, dead_in_a_row: false })
      } else if (dead) {
        await store.putLane(tx, claimed.id, { failures: 0, dead_in_a_row: true })
      } else if (lane.dead_in_a_row) {
        await store.putLane(tx, claimed.id, { state: 'paused', failures: 0, dead_in_a_row: false })
        await tell(tx, [
          { agency: claimed.agency, kind: 'webhook-paused', about: { type: 'webhooks' } },
        ])
      } else {
        await store.putLane(tx, claimed.id, {
          failures: lane.failures + 1,
          next_attempt_at: inSeconds(jittered(pause ?? 0)),
        })
      }
      return delivered || dead
    })

  async function deliverTo(claimed: Claimed): Promise<void> {
    const until = inSeconds(longestTurnSeconds)
    let wasAccepted = true
    for (let sent = 0; sent < mostAtOnce && !closing && clock.now() < until; sent += 1) {
      const notice = await next(claimed)
      if (notice === undefined) return
      const answer = await send(claimed, notice)
      if (answer.result !== 'accepted') {
        logger.warn({ webhook: claimed.id, result: answer.result }, 'a webhook did not accept')
      }
      wasAccepted = await settle(claimed, notice, answer)
      if (!wasAccepted) break
    }
    // Whoever had a turn stands behind those that wait for theirs; who failed has its pause already.
    await store.endClaim(db, claimed, wasAccepted ? clock.now() : undefined)
  }

  /** Delivers all that is due now. Two at once, here or in two processes, share it out. */
  async function run(): Promise<void> {
    while (!closing) {
      const span = { now: clock.now(), until: inSeconds(claimSeconds) }
      const claimed = await store.claimNext(db, randomUuid(random), span)
      if (claimed === undefined) return
      await deliverTo(claimed)
    }
  }

  return {
    run,

    /** Has due notices sent from now on, as the queue delivers the work. */
    begin: (): Promise<void> => queue.deliverTo(run, atOnce),

    /** Ends after the request that is under way; what is left stays due. */
    async close(): Promise<void> {
      closing = true
      await queue.close()
    },
  }
}
