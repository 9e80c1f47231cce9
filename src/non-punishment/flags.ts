import type { Agencies } from '../agencies/agencies.ts'
import type { Agreements } from '../agreements/agreements.ts'
import { deskOf, partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { butFor, nothingThere, openJudging, outcomeOf } from '../decisions/judging.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Overlaps } from '../overlaps/overlaps.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import type { Facts } from '../policy/types.ts'
import type { Signals } from '../signals/signals.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type FlagList,
  type FlagOutcomeBody,
  type FlagView,
  type MentionAnswer,
  type MentionBody,
  mostFlags,
} from '../wire/non-punishment.ts'
import * as store from './store.ts'
import type { Asker, Flag, FlaggedSignal } from './types.ts'

/**
 * Review flags as the agency sees them that reviews: own id, deadline, whom to call. Who called the subject
 * a suspect and who a presumed victim stands in no answer. A person decides what comes of it.
 */
export function openFlags({
  clock,
  db,
  ledger,
  agencies,
  agreements,
  decisions,
  signals,
  overlaps,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly agreements: Agreements
  readonly decisions: Decisions
  readonly signals: Pick<Signals, 'caseReferencesOf'>
  readonly overlaps: Pick<Overlaps, 'handlesOf'>
}) {
  const { judge, append } = openJudging(decisions)
  const factsFor = (
    agency: AgencyId,
    hash: string,
    agreement: Agreement | undefined,
    purpose: string | undefined,
  ): Facts => ({
    ...factsUnder(forItself(agency), {
      hash: hash as AgreementHash,
      agreement: agreements.facts(agreement, agency),
      purpose,
    }),
    reviewer: agreement?.content.nonPunishment?.agency ?? '',
  })

  const stateOf = ({ closedAt, lapsedAt, dueAt }: Flag): FlagView['state'] => {
    if (closedAt !== undefined) return 'closed'
    if (lapsedAt !== undefined) return 'lapsed'
    return dueAt <= clock.now() ? 'overdue' : 'open'
  }

  async function viewOf(
    reader: Reader,
    flag: Flag,
    members: readonly FlaggedSignal[],
    agreement: Agreement,
  ): Promise<FlagView> {
    const clause = agreement.content.nonPunishment
    const own = members.filter(({ agency }) => agency === flag.reviewer)
    const others = members.filter(({ agency }) => agency !== flag.reviewer)
    const names = await agencies.namesOf(reader, [...new Set(others.map(({ agency }) => agency))])
    const references = await signals.caseReferencesOf(
      reader,
      own.map(({ signal }) => signal),
    )
    const state = stateOf(flag)
    const desk = state === 'overdue' ? clause?.escalationDesk : clause?.contactDesk
    return {
      id: flag.id,
      agreement: flag.agreement,
      state,
      desk: desk ?? '-',
      raisedAt: flag.raisedAt.toISOString(),
      dueAt: flag.dueAt.toISOString(),
      call: others.map(({ agency, mention }) => {
        const party = partyOf(agreement.content, agency)
        return {
          agency,
          name: names.get(agency) ?? agency,
          contactDesk: party === undefined ? agency : deskOf(party, clock.now()),
          mention,
        }
      }),
      own: own.map(({ signal }) => {
        const caseReference = references.get(signal)
        return { id: signal, ...(caseReference === undefined ? {} : { caseReference }) }
      }),
      ...(flag.outcome === undefined ? {} : { outcome: flag.outcome }),
      ...(flag.reason === undefined ? {} : { reason: flag.reason }),
      ...(flag.closedAt === undefined ? {} : { closedAt: flag.closedAt.toISOString() }),
    }
  }

  const view = async (tx: Tx, flag: Flag, agreement: Agreement): Promise<FlagView> =>
    viewOf(tx, flag, (await store.signalsOf(tx, [flag.id])).get(flag.id) ?? [], agreement)

  return {
    /** The flags under an agreement, for the agency that it names. The entry on the ledger tells no number. */
    async list(
      asker: Asker,
      query: { readonly agreement: string; readonly purpose: string },
    ): Promise<FlagList> {
      const { agency, requestId } = asker
      const result = await transact(db, 'non-punishment/list', async (tx) => {
        const agreement = (await agreements.hold(tx, [query.agreement])).get(query.agreement)
        const facts = factsFor(agency, query.agreement, agreement, query.purpose)
        const judged = judge('flag.review', facts)
        const entry: LedgerEntry = {
          kind: 'flag.review',
          ...outcomeOf(judged),
          requestId,
          agency,
          ...actorOf(asker),
          agreement: query.agreement as AgreementHash,
          purpose: query.purpose,
        }
        await append(tx, ledger, entry, judged)
        if (judged.fault !== undefined || agreement === undefined) return { fault: judged.fault }
        const found = await store.flagsOf(tx, agency, query.agreement, mostFlags)
        const members = await store.signalsOf(
          tx,
          found.map(({ id }) => id),
        )
        const flags: FlagView[] = []
        for (const flag of found) {
          flags.push(await viewOf(tx, flag, members.get(flag.id) ?? [], agreement))
        }
        return { flags }
      })
      if (result.flags === undefined) throw result.fault ?? new Fault('non-punishment/not-found')
      return { flags: result.flags }
    },

    /**
     * Records what came of a review. The first outcome stands; the same again is welcome.
     * @throws Fault non-punishment/not-found, also for a flag of another; non-punishment/closed; policy/denied
     */
    async close(asker: Asker, id: string, body: FlagOutcomeBody): Promise<FlagView> {
      const { agency, requestId } = asker
      const result = await transact(db, 'non-punishment/close', async (tx) => {
        const named = await store.findFlag(tx, id)
        const own = named?.reviewer === agency ? named : undefined
        const agreement = own && (await agreements.hold(tx, [own.agreement])).get(own.agreement)
        await ledger.hold(tx)
        const flag = own && (await store.holdFlag(tx, id))
        const facts = flag && factsFor(agency, flag.agreement, agreement, undefined)
        const isSame = flag?.outcome === body.outcome && flag.reason === body.reason
        const isOver = flag?.closedAt !== undefined || flag?.lapsedAt !== undefined
        const judged =
          facts === undefined
            ? nothingThere('non-punishment/not-found')
            : butFor(
                judge('flag.review', facts),
                isOver && !isSame ? new Fault('non-punishment/closed') : undefined,
              )
        const entry: LedgerEntry = {
          kind: 'flag.review',
          ...outcomeOf(judged),
          requestId,
          agency,
          ...actorOf(asker),
          ...(flag === undefined ? {} : { agreement: flag.agreement }),
          flag: id,
          finding: body.outcome,
          because: body.reason,
        }
        await append(tx, ledger, entry, judged)
        const { fault } = judged
        if (fault !== undefined || flag === undefined || agreement === undefined) return { fault }
        const at = clock.now()
        if (!isOver) await store.closeFlag(tx, id, body, at)
        return {
          view: await view(tx, isOver ? flag : { ...flag, ...body, closedAt: at }, agreement),
        }
      })
      if (result.view === undefined) throw result.fault ?? new Fault('non-punishment/not-found')
      return result.view
    },

    /**
     * Which of its own cases an agency is called about, by what the caller says on the telephone. A mention of
     * another agency looks like none. Its answer tells neither why nor
     * by whom; but only flags have mentions, so who is called with one can know that there is a flag.
     */
    async mention(asker: Asker, body: MentionBody): Promise<MentionAnswer> {
      const { agency, requestId } = asker
      const result = await transact(db, 'non-punishment/mention', async (tx) => {
        const agreement = (await agreements.hold(tx, [body.agreement])).get(body.agreement)
        const { reviewer: _, ...facts } = factsFor(agency, body.agreement, agreement, body.purpose)
        const permitted = judge('overlap.list', facts)
        const found =
          permitted.fault === undefined
            ? await store.mentioned(tx, agency, body.mention)
            : undefined
        const flag = found && (await store.findFlag(tx, found.flag))
        const own = flag?.agreement === body.agreement ? found : undefined
        const judged = butFor(
          permitted,
          own === undefined ? new Fault('non-punishment/not-found') : undefined,
        )
        const entry: LedgerEntry = {
          kind: 'flag.mention',
          ...outcomeOf(judged),
          requestId,
          agency,
          ...actorOf(asker),
          agreement: body.agreement as AgreementHash,
          purpose: body.purpose,
        }
        await append(tx, ledger, entry, judged)
        if (judged.fault !== undefined || own === undefined) return { fault: judged.fault }
        const handle = (await overlaps.handlesOf(tx, [own.signal])).get(own.signal)
        const caseReference = (await signals.caseReferencesOf(tx, [own.signal])).get(own.signal)
        return {
          answer: {
            ...(handle === undefined ? {} : { handle }),
            signal: { id: own.signal, ...(caseReference === undefined ? {} : { caseReference }) },
          },
        }
      })
      if (result.answer === undefined) throw result.fault ?? new Fault('non-punishment/not-found')
      return result.answer
    },
  }
}
