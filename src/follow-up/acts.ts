import { partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import { butFor, type Judged, nothingThere } from '../decisions/judging.ts'
import { Fault, type Problem } from '../kernel/fault.ts'
import type { AgencyId } from '../kernel/ids.ts'
import { randomUuid } from '../kernel/random.ts'
import { actorOf } from '../ledger/actor.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import { type Tx, transact } from '../store/transact.ts'
import type {
  AcknowledgeFollowUpBody,
  AnswerOfferBody,
  DisputeLeadBody,
  FollowUpView,
  OfferLeadBody,
  OutcomeBody,
  ReopenBody,
  SettleDisputeBody,
  TakeLeadBody,
} from '../wire/follow-up.ts'
import { startClock } from './clocks.ts'
import { forgetContactsSaidBy } from './contacts.ts'
import type { FollowUpAct } from './decision.ts'
import { coordinatorOf, mayReceive } from './lead.ts'
import { acknowledged, isOver, leadMoved, noted, opened, present } from './life.ts'
import { noticesOf } from './notices.ts'
import type { Outcomes } from './outcomes.ts'
import type { Rooms } from './rooms.ts'
import * as store from './store.ts'
import type { Asker, FollowUp, Setting } from './types.ts'
import type { Seen } from './views.ts'

/** How long after its outcome a follow-up can be opened again, and how often. */
const reopenDays = 90
const mostReopened = 2

const notNow = (message: string) => new Fault('follow-up/not-now', [{ message }])

/** What an act does: what stands in its way, its entry, and how the follow-up stands after it. */
type Doing = {
  readonly version?: number
  readonly faultOf?: (seen: Seen, agreement: Agreement) => Fault | undefined
  readonly entryOf: (decided: Judged, about: About) => LedgerEntry
  readonly after?: (tx: Tx, one: FollowUp, setting: Setting) => Promise<FollowUp>
}
type About = { readonly agreement?: FollowUp['agreement']; readonly purpose?: string }

/** What agencies do about an overlap, each under its own handle; one after the other. */
export function openActs(
  { clock, random, db, ledger, agreements, decisions, views, tell }: Rooms,
  outcomesOf: Outcomes,
) {
  /**
   * One act: decided, checked against how the follow-up stands and which version the agency saw,
   * appended, and done, in one transaction that has the head of the ledger: of acts at one moment each
   * sees what the one before did. To whoever is not concerned it looks like none.
   */
  async function onFollowUp(
    act: FollowUpAct,
    asker: Asker,
    handle: string,
    { version, faultOf = () => undefined, entryOf, after }: Doing,
  ): Promise<FollowUpView> {
    const result = await transact(db, act.replace('.', '/'), async (tx) => {
      const id = await store.findByHandle(tx, asker.agency, handle)
      const [named] = id === undefined ? [] : await store.findFollowUps(tx, [id])
      const agreement = named && (await agreements.hold(tx, [named.agreement])).get(named.agreement)
      await ledger.hold(tx)
      const [one] = id === undefined ? [] : await store.findFollowUps(tx, [id])
      const permitted = one && decidedOn(act, asker, one, agreement)
      const [seen] =
        one === undefined || permitted?.fault !== undefined
          ? []
          : await views.seenBy(tx, asker.agency, one.agreement, [one])
      const isHidden = permitted === undefined || (permitted.fault === undefined && !seen)
      const fault =
        seen === undefined || agreement === undefined
          ? undefined
          : (versionFault(seen.one, version) ??
            (after && goneFault(seen)) ??
            faultOf(seen, agreement))
      const decided = isHidden ? nothingThere('follow-up/not-found') : butFor(permitted, fault)
      await decisions.append(
        tx,
        ledger,
        entryOf(decided, isHidden || one === undefined ? {} : one),
        decided,
      )
      if (decided.fault !== undefined) return { fault: decided.fault }
      if (seen === undefined || agreement === undefined)
        throw new Error('permitted, yet nothing is there')
      if (after === undefined) return { view: await views.viewOf(tx, agreement, seen) }
      const setting = { agreement, at: clock.now(), newId: () => randomUuid(random) }
      const done = await after(tx, seen.one, setting)
      await store.keepFollowUps(tx, [{ ...done, version: seen.one.version + 1 }], setting.at)
      await tell(tx, noticesOf(done, agreement, asker.agency))
      const [kept] = await store.findFollowUps(tx, [done.id])
      const own = kept?.agencies.find(({ agency }) => agency === asker.agency)
      if (kept === undefined || own === undefined) throw new Error('a follow-up vanished')
      return { view: await views.viewOf(tx, agreement, { ...seen, one: kept, own }) }
    })
    if (result.fault !== undefined) throw result.fault
    return result.view
  }

  function decidedOn(
    act: FollowUpAct,
    asker: Asker,
    one: FollowUp,
    agreement: Agreement | undefined,
  ): Judged {
    const coordinator = agreement && coordinatorOf(agreement.content, present(one), one.lead.agency)
    return decisions.on(
      act,
      asker.agency,
      {
        agreement: one.agreement,
        purpose: one.purpose,
        lead: one.lead.agency,
        ...(coordinator === undefined ? {} : { coordinator }),
      },
      agreement,
    )
  }

  const versionFault = (one: FollowUp, version: number | undefined): Fault | undefined =>
    version === undefined || version === one.version ? undefined : new Fault('follow-up/outdated')

  /** Whoever has no signal in it any more looks at it and does nothing in it. */
  const goneFault = ({ own }: Seen): Fault | undefined =>
    own.leftAt === undefined ? undefined : notNow('your signals in it have ended')

  const whoActs = (asker: Asker) => ({
    requestId: asker.requestId,
    agency: asker.agency,
    ...actorOf(asker),
  })
  const entryFields = (
    asker: Asker,
    handle: string,
    { outcome, reasons }: Judged,
    { agreement, purpose }: About,
  ) => ({ ...whoActs(asker), agreement, purpose, followUp: handle, outcome, reasons })

  const openFault = ({ one }: Seen): Fault | undefined =>
    one.state === 'open' ? undefined : notNow(`it is ${one.state}`)

  /** Why an agency cannot have the lead of this one. */
  function candidateProblem(
    { one, known }: Seen,
    agency: string,
    { content }: Agreement,
  ): Problem | undefined {
    const there = known.includes(agency as AgencyId) && present(one).includes(agency as AgencyId)
    if (!there || partyOf(content, agency as AgencyId) === undefined) {
      return { message: 'this agency is not concerned' }
    }
    return mayReceive(content, agency as AgencyId)
      ? undefined
      : { message: 'this agency may not receive under the agreement' }
  }
  const candidateFault = (seen: Seen, agency: string, agreement: Agreement, at: string) => {
    const problem = candidateProblem(seen, agency, agreement)
    return problem && new Fault('follow-up/invalid', [{ at, ...problem }])
  }

  return {
    /** A follow-up with its history, as one agency may see it. */
    read: (asker: Asker, handle: string): Promise<FollowUpView> =>
      onFollowUp('follow-up.read', asker, handle, {
        entryOf: (decided, about) => ({
          kind: 'follow-up.read',
          ...entryFields(asker, handle, decided, about),
        }),
      }),

    /** An agency says that it has seen the overlap: its term ends. Saying so again changes nothing. */
    acknowledge: (asker: Asker, handle: string, { version }: AcknowledgeFollowUpBody) =>
      onFollowUp('follow-up.acknowledge', asker, handle, {
        version,
        faultOf: openFault,
        entryOf: (decided, about) => ({
          kind: 'follow-up.acknowledge',
          ...entryFields(asker, handle, decided, about),
          version,
        }),
        after: async (_tx, one, setting) => acknowledged(one, asker.agency, setting),
      }),

    /** An agency takes the lead: while the lead has not acknowledged, or once it let a term pass. */
    takeLead: (asker: Asker, handle: string, { version }: TakeLeadBody) =>
      onFollowUp('follow-up.take-lead', asker, handle, {
        version,
        faultOf: (seen) => {
          const { one } = seen
          const lead = one.agencies.find(({ agency }) => agency === one.lead.agency)
          const late = one.clocks.some(
            ({ agency, dueAt }) => agency === one.lead.agency && dueAt <= clock.now(),
          )
          if (one.lead.agency === asker.agency) return notNow('your agency has the lead')
          if (lead?.acknowledgedAt !== undefined && !late) {
            return notNow('the lead has acknowledged and is in time; ask for it, or dispute it')
          }
          return openFault(seen)
        },
        entryOf: (decided, about) => ({
          kind: 'follow-up.take-lead',
          ...entryFields(asker, handle, decided, about),
          version,
        }),
        after: async (_tx, one, setting) =>
          leadMoved(acknowledged(one, asker.agency, setting), asker.agency, 'taken', setting),
      }),

    /** The lead offers it to another agency concerned, which has to accept. */
    offerLead: (asker: Asker, handle: string, { version, to }: OfferLeadBody) =>
      onFollowUp('follow-up.offer-lead', asker, handle, {
        version,
        faultOf: (seen, agreement) =>
          openFault(seen) ??
          (to === asker.agency
            ? notNow('your agency has the lead')
            : candidateFault(seen, to, agreement, '/to')),
        entryOf: (decided, about) => ({
          kind: 'follow-up.offer-lead',
          ...entryFields(asker, handle, decided, about),
          version,
          to,
        }),
        after: async (_tx, one, { agreement, at }) =>
          noted(
            {
              ...one,
              offeredTo: to as AgencyId,
              clocks: [
                ...one.clocks.filter((due) => due.clock !== 'offer'),
                startClock('offer', to as AgencyId, agreement.content, at),
              ],
            },
            { event: 'lead-offered', agency: to as AgencyId },
          ),
      }),

    /** The agency to which the lead was offered accepts or declines. */
    answerOffer: (asker: Asker, handle: string, { version, answer }: AnswerOfferBody) =>
      onFollowUp('follow-up.answer-offer', asker, handle, {
        version,
        faultOf: (seen) =>
          openFault(seen) ??
          (seen.one.offeredTo === asker.agency
            ? undefined
            : notNow('the lead is not offered to your agency')),
        entryOf: (decided, about) => ({
          kind: 'follow-up.answer-offer',
          ...entryFields(asker, handle, decided, about),
          version,
          answer,
        }),
        after: async (_tx, one, setting) => {
          const { agency } = asker
          if (answer === 'accept') {
            return leadMoved(acknowledged(one, agency, setting), agency, 'handed-over', setting)
          }
          const clocks = one.clocks.filter((due) => due.clock !== 'offer')
          return noted(
            { ...one, offeredTo: undefined, clocks },
            { event: 'offer-declined', agency },
          )
        },
      }),

    /** An agency concerned disputes who has the lead. Until the coordinator settles it, the lead stays. */
    disputeLead: (asker: Asker, handle: string, { version, reason }: DisputeLeadBody) =>
      onFollowUp('follow-up.dispute-lead', asker, handle, {
        version,
        faultOf: (seen) =>
          openFault(seen) ??
          (seen.one.dispute === undefined ? undefined : notNow('it is disputed')),
        entryOf: (decided, about) => ({
          kind: 'follow-up.dispute-lead',
          ...entryFields(asker, handle, decided, about),
          version,
          dispute: reason,
        }),
        after: async (_tx, one, { agreement: { content }, at }) => {
          const coordinator = coordinatorOf(content, present(one), one.lead.agency)
          return noted(
            {
              ...one,
              dispute: { by: asker.agency, reason },
              clocks: [...one.clocks, startClock('dispute', coordinator, content, at)],
            },
            { event: 'lead-disputed', agency: asker.agency, detail: reason },
          )
        },
      }),

    /** The coordinator says who has the lead from now on: the same agency, or another one concerned. */
    settleDispute: (asker: Asker, handle: string, { version, lead }: SettleDisputeBody) =>
      onFollowUp('follow-up.settle-dispute', asker, handle, {
        version,
        faultOf: (seen, agreement) =>
          openFault(seen) ??
          (seen.one.dispute === undefined ? notNow('it is not disputed') : undefined) ??
          candidateFault(seen, lead, agreement, '/lead'),
        entryOf: (decided, about) => ({
          kind: 'follow-up.settle-dispute',
          ...entryFields(asker, handle, decided, about),
          version,
          to: lead,
        }),
        after: async (_tx, one, setting) => {
          const settled = noted(
            {
              ...one,
              dispute: undefined,
              clocks: one.clocks.filter((due) => due.clock !== 'dispute'),
            },
            { event: 'dispute-settled', agency: lead as AgencyId },
          )
          return lead === one.lead.agency
            ? settled
            : leadMoved(settled, lead as AgencyId, 'dispute-settled', setting)
        },
      }),

    /** The lead records what became of the overlap. */
    recordOutcome: (asker: Asker, handle: string, body: OutcomeBody) =>
      onFollowUp('follow-up.record-outcome', asker, handle, {
        version: body.version,
        faultOf: (seen) => openFault(seen) ?? outcomesOf.faultOf(seen, body),
        entryOf: (decided, about) => ({
          kind: 'follow-up.record-outcome',
          ...entryFields(asker, handle, decided, about),
          version: body.version,
          result: body.outcome,
        }),
        after: (tx, one, setting) => outcomesOf.record(tx, one, body, setting),
      }),

    /** An agency concerned opens a closed one again: twice at most, within 90 days, while the overlap is there. */
    reopen: (asker: Asker, handle: string, { version }: ReopenBody) =>
      onFollowUp('follow-up.reopen', asker, handle, {
        version,
        faultOf: ({ one }) => {
          const { closedAt, members, reopened, state } = one
          if (state !== 'closed' || closedAt === undefined || isOver(one)) {
            return notNow(`it is ${state}`)
          }
          if (members.length === 0) return notNow('the overlap has ended')
          if (reopened >= mostReopened)
            return notNow('it was opened again twice, which is the most')
          const days = (clock.now().getTime() - closedAt.getTime()) / 86_400_000
          return days > reopenDays
            ? notNow(`it was closed more than ${reopenDays} days ago`)
            : undefined
        },
        entryOf: (decided, about) => ({
          kind: 'follow-up.reopen',
          ...entryFields(asker, handle, decided, about),
          version,
        }),
        after: async (tx, one, setting) => {
          await forgetContactsSaidBy(tx, one.id)
          return opened({ ...one, reopened: one.reopened + 1 }, setting)
        },
      }),
  }
}
