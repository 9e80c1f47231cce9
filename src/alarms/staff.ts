import type { Agreements } from '../agreements/agreements.ts'
import { isWithinValidity, partyOf, stateOf } from '../agreements/lifecycle.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { butFor, type Judged, openJudging, outcomeOf } from '../decisions/judging.ts'
import type { Asker } from '../decisions/types.ts'
import { type Clock, dayOf, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { actorOf } from '../ledger/actor.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { refusalUnderNone } from '../policy/refusal.ts'
import { unknownAgreement } from '../policy/types.ts'
import type { TokenIndex } from '../signals/token-index.ts'
import type { Reader } from '../store/reader.ts'
import { occasionally } from '../store/sweep.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  longestProtectionDays,
  type ProtectedStaff,
  type ProtectStaffBody,
  type RemoveStaffBody,
} from '../wire/protected-staff.ts'
import * as store from './staff-store.ts'

export type Staff = ReturnType<typeof openStaff>

const secondsPerDay = 86_400
/** So long after its end it is remembered that a signal was about staff: until every act on it is counted. */
const keepEndedSeconds = 8 * secondsPerDay

/**
 * Staff whom an agency protects against looks of its own people. It registers tokens; what is kept are
 * their HMACs, until a day. Only its own signals are compared with them: a list can find out nothing of
 * another agency. Does not check that these are really staff.
 */
export function openStaff({
  clock,
  random,
  db,
  ledger,
  agreements,
  decisions,
  tokenIndex,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Pick<Agreements, 'hold'>
  readonly decisions: Decisions
  readonly tokenIndex: TokenIndex
}) {
  const { append } = openJudging(decisions)
  const forget = occasionally(clock, keepEndedSeconds, (before) =>
    store.forgetPast(db, dayOf(clock.now()), before),
  )

  function judge(act: 'staff.protect' | 'staff.review', { agency }: Asker): Judged {
    const facts = factsUnder(forItself(agency), {
      hash: '' as AgreementHash,
      agreement: unknownAgreement,
    })
    const decision = decisions.decide(act, facts)
    return {
      decision,
      outcome: decision.outcome,
      reasons: decision.reasons.map(({ policy }) => policy),
      fault: decision.outcome === 'permit' ? undefined : refusalUnderNone(decision),
    }
  }
  const common = (asker: Asker, judged: Judged) => ({
    ...outcomeOf(judged),
    requestId: asker.requestId,
    agency: asker.agency,
    ...actorOf(asker),
  })

  async function domainOf(tx: Tx, hash: string, { agency }: Asker): Promise<string | undefined> {
    const agreement = (await agreements.hold(tx, [hash])).get(hash)
    const now = clock.now()
    const holds =
      agreement !== undefined &&
      partyOf(agreement.content, agency) !== undefined &&
      stateOf(agreement, now) === 'in-force' &&
      isWithinValidity(agreement.content, now)
    return holds ? agreement.content.domain : undefined
  }

  const lists = async (reader: Reader, { agency }: Asker): Promise<ProtectedStaff> => ({
    lists: (await store.listsOf(reader, agency)).map((one) => ({
      domain: one.domain,
      members: one.members,
      expiresOn: one.expires_on,
      protectedAt: one.protected_at.toISOString(),
    })),
  })

  function faultIn({ expiresOn }: ProtectStaffBody): Fault | undefined {
    const today = dayOf(clock.now())
    const latest = dayOf(shifted(clock.now(), longestProtectionDays * secondsPerDay))
    if (expiresOn > today && expiresOn <= latest) return undefined
    return new Fault('door/invalid-input', [
      {
        at: '/expiresOn',
        message: `has to lie in the future, and at most ${longestProtectionDays} days ahead`,
      },
    ])
  }

  /** Shows the lists of the asker’s agency, after ending them when that is asked. */
  async function review(asker: Asker, ending?: RemoveStaffBody): Promise<ProtectedStaff> {
    const result = await transact(db, 'alarms/review-staff', async (tx) => {
      const judged = judge('staff.review', asker)
      const removed = ending !== undefined
      const entry: LedgerEntry = { kind: 'staff.review', ...common(asker, judged), removed }
      await append(tx, ledger, entry, judged)
      if (judged.fault !== undefined) return { fault: judged.fault }
      if (ending !== undefined) await store.forgetAll(tx, asker.agency, ending.domain)
      return { answer: await lists(tx, asker) }
    })
    if (result.answer === undefined) throw result.fault ?? new Fault('alarms/not-found')
    return result.answer
  }

  return {
    /**
     * Puts members of staff on the list of the asker’s agency, in the domain of an agreement that it is a party to.
     * @throws Fault agreements/not-found, also for one that is not in force
     */
    async protect(asker: Asker, body: ProtectStaffBody): Promise<ProtectedStaff> {
      const invalid = faultIn(body)
      if (invalid !== undefined) throw invalid
      const result = await transact(db, 'alarms/protect-staff', async (tx) => {
        const domain = await domainOf(tx, body.agreement, asker)
        const missing = domain === undefined ? new Fault('agreements/not-found') : undefined
        const judged = butFor(judge('staff.protect', asker), missing)
        const entry: LedgerEntry = {
          kind: 'staff.protect',
          ...common(asker, judged),
          agreement: body.agreement as AgreementHash,
          members: body.members.length,
        }
        await append(tx, ledger, entry, judged)
        if (judged.fault !== undefined || domain === undefined) return { fault: judged.fault }
        const members = body.members.map(({ tokens }) => ({
          id: randomUuid(random),
          tokens: tokenIndex({ domain, epoch: body.epoch, tokens }).map(([, token]) => token),
        }))
        await store.forgetSame(tx, asker.agency, members)
        const at = clock.now()
        const { expiresOn } = body
        await store.addMembers(tx, asker.agency, members, { domain, at, expiresOn })
        await store.noteSignals(tx, { agency: asker.agency }, at)
        return { answer: await lists(tx, asker) }
      })
      if (result.answer === undefined) throw result.fault ?? new Fault('agreements/not-found')
      return result.answer
    },

    list: (asker: Asker): Promise<ProtectedStaff> => review(asker),

    /** Ends lists of the asker’s agency, at once and for good: that of one domain, or all. */
    remove: (asker: Asker, ending: RemoveStaffBody): Promise<ProtectedStaff> =>
      review(asker, ending),

    /** Notes, in the transaction in which signals got their tokens, which of them are about staff of their agency. */
    note: (tx: Tx, signals: readonly string[]): Promise<void> =>
      store.noteSignals(tx, { signals }, clock.now()),

    forget,
  }
}
