import type { Decisions } from '../decisions/decisions.ts'
import { butFor, type Judged, nothingThere, openJudging, outcomeOf } from '../decisions/judging.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { refusalUnderNone } from '../policy/refusal.ts'
import { type Act, type Facts, unknownAgreement } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type Alarm,
  type AlarmCloseBody,
  type AlarmPage,
  type AlarmQuery,
  type AlarmShowQuery,
  type AlarmView,
  alarmsPerPage,
  mostFirings,
} from '../wire/alarm.ts'
import { dutchTimeOf } from './days.ts'
import type { AlarmRules } from './rules.ts'
import * as store from './store.ts'
import type { Reviewer } from './types.ts'
import { isAbout, isTaker, takerOf, viewsOf } from './views.ts'

export type AlarmCases = ReturnType<typeof openAlarmCases>

/**
 * Alarms as cases of the agency that they are about: nobody else sees them, and whoever it is about does not
 * look into them. Does not check that a reviewer really looked; the finding stands on the ledger.
 */
export function openAlarmCases({
  clock,
  db,
  ledger,
  decisions,
  rules,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly decisions: Decisions
  readonly rules: Partial<AlarmRules>
}) {
  const { append } = openJudging(decisions)
  const { alarmOf, actsPathOf, firingOf } = viewsOf(clock, rules)

  const factsOf = ({ agency }: Reviewer): Facts =>
    factsUnder(forItself(agency), { hash: '' as AgreementHash, agreement: unknownAgreement })

  function judge(act: Act, facts: Facts): Judged {
    const decision = decisions.decide(act, facts)
    return {
      decision,
      outcome: decision.outcome,
      reasons: decision.reasons.map(({ policy }) => policy),
      fault: decision.outcome === 'permit' ? undefined : refusalUnderNone(decision),
    }
  }

  const common = (asker: Reviewer, judged: Judged) => ({
    ...outcomeOf(judged),
    requestId: asker.requestId,
    agency: asker.agency,
    client: asker.client,
    officer: asker.officer,
    signatory: asker.signatory,
  })

  /** Takes or closes the asker’s alarm, as `mend` says, when it may and nothing speaks against it. */
  async function change(
    tx: Tx,
    asker: Reviewer,
    id: string,
    act: 'alarm.take' | 'alarm.close',
    {
      entry,
      againstIt,
      mend,
    }: {
      readonly entry: (judged: Judged) => LedgerEntry
      readonly againstIt: (alarm: store.KeptAlarm) => Fault | undefined
      readonly mend: (alarm: store.KeptAlarm) => Promise<void>
    },
  ): Promise<{ readonly fault?: Fault | undefined; readonly alarm?: Alarm }> {
    await ledger.hold(tx)
    const alarm = await store.holdAlarm(tx, asker.agency, id)
    const judged =
      alarm === undefined
        ? nothingThere('alarms/not-found')
        : butFor(
            judge(act, { ...factsOf(asker), alarm: { aboutCaller: isAbout(alarm, asker) } }),
            againstIt(alarm),
          )
    await append(tx, ledger, entry(judged), judged)
    if (judged.fault !== undefined || alarm === undefined) return { fault: judged.fault }
    await mend(alarm)
    const after = await store.holdAlarm(tx, asker.agency, id)
    return { alarm: alarmOf(after ?? alarm) }
  }

  return {
    /** Alarms that nobody has closed, and whether each is about the asker; for the list of reviews. */
    async awaiting(reader: Reader, asker: Reviewer, most: number) {
      const [open, taken] = [
        await store.findAlarms(reader, asker.agency, { state: 'open' }, most),
        await store.findAlarms(reader, asker.agency, { state: 'taken' }, most),
      ]
      return [...open, ...taken].map((one) => ({
        id: one.id,
        dueAt: one.due_at,
        taken: one.taken_at !== null,
        own: isAbout(one, asker),
      }))
    },

    /** A page of the alarms about the asker’s agency, the newest first. */
    async list(asker: Reviewer, { occasion, ...filter }: AlarmQuery): Promise<AlarmPage> {
      const result = await transact(db, 'alarms/list', async (tx) => {
        const judged = judge('alarm.list', factsOf(asker))
        const entry: LedgerEntry = { kind: 'alarm.list', ...common(asker, judged), occasion }
        await append(tx, ledger, entry, judged)
        if (judged.fault !== undefined) return { fault: judged.fault }
        const found = await store.findAlarms(tx, asker.agency, filter, alarmsPerPage + 1)
        const shown = found.slice(0, alarmsPerPage)
        const last = shown.at(-1)
        const more = found.length > shown.length && last !== undefined
        return {
          page: {
            alarms: shown.map(alarmOf),
            ...(more ? { next: Number(last.ledger_index) } : {}),
          },
        }
      })
      if (result.page === undefined) throw result.fault ?? new Fault('alarms/not-found')
      return result.page
    },

    /**
     * One alarm, with the days and subjects that it was seen for.
     * @throws Fault alarms/not-found, also for one about another agency
     */
    async show(asker: Reviewer, id: string, { occasion }: AlarmShowQuery): Promise<AlarmView> {
      const result = await transact(db, 'alarms/show', async (tx) => {
        await ledger.hold(tx)
        const alarm = await store.holdAlarm(tx, asker.agency, id)
        const judged =
          alarm === undefined
            ? nothingThere('alarms/not-found')
            : judge('alarm.list', factsOf(asker))
        const entry: LedgerEntry = {
          kind: 'alarm.list',
          ...common(asker, judged),
          occasion,
          alarm: id,
        }
        await append(tx, ledger, entry, judged)
        if (judged.fault !== undefined || alarm === undefined) return { fault: judged.fault }
        const firings = await store.firingsOf(tx, id, mostFirings)
        const acts = actsPathOf(alarm, firings)
        return { view: { alarm: alarmOf(alarm), firings: firings.map(firingOf), ...acts } }
      })
      if (result.view === undefined) throw result.fault ?? new Fault('alarms/not-found')
      return result.view
    },

    /**
     * Notes who looks into an alarm; whoever did before is relieved of it.
     * @throws Fault alarms/not-found, alarms/closed, policy/denied for whom it is about
     */
    async take(asker: Reviewer, id: string): Promise<Alarm> {
      const { alarm, fault } = await transact(db, 'alarms/take', (tx) =>
        change(tx, asker, id, 'alarm.take', {
          entry: (judged) => ({ kind: 'alarm.take', ...common(asker, judged), alarm: id }),
          againstIt: ({ closed_at }) =>
            closed_at === null ? undefined : new Fault('alarms/closed'),
          mend: () => store.takeAlarm(tx, id, takerOf(asker), clock.now()),
        }),
      )
      if (alarm === undefined) throw fault ?? new Fault('alarms/not-found')
      return alarm
    },

    /**
     * Closes an alarm with what its reviewer found. The first finding stands; the same again is welcome. What was
     * done until the end of this day counts for no further alarm of this rule about the same actor.
     * @throws Fault alarms/not-found, alarms/not-taken, alarms/closed, policy/denied for whom it is about
     */
    async close(asker: Reviewer, id: string, body: AlarmCloseBody): Promise<Alarm> {
      const isSame = ({ outcome, reason }: store.KeptAlarm) =>
        outcome === body.outcome && reason === body.reason
      const { alarm, fault } = await transact(db, 'alarms/close', (tx) =>
        change(tx, asker, id, 'alarm.close', {
          entry: (judged) => ({
            kind: 'alarm.close',
            ...common(asker, judged),
            alarm: id,
            finding: body.outcome,
            because: body.reason,
          }),
          againstIt: (one) => {
            if (one.closed_at !== null) return isSame(one) ? undefined : new Fault('alarms/closed')
            return isTaker(one, asker) ? undefined : new Fault('alarms/not-taken')
          },
          mend: async (one) => {
            if (one.closed_at !== null) return
            const at = clock.now()
            await store.closeAlarm(tx, id, { ...body, at, day: dutchTimeOf(at).day })
          },
        }),
      )
      if (alarm === undefined) throw fault ?? new Fault('alarms/not-found')
      return alarm
    },
  }
}
