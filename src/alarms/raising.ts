import { addWorkingDays } from '../follow-up/working-days.ts'
import { type Clock, dayOf, shifted } from '../kernel/clock.ts'
import type { AgencyId } from '../kernel/ids.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { type EntryRow, entriesAfter, hasEntriesAfter } from '../ledger/acts.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Tell } from '../notification/types.ts'
import type { Reader } from '../store/reader.ts'
import { occasionally } from '../store/sweep.ts'
import { type Tx, transact } from '../store/transact.ts'
import { aboutOf, talliesOf } from './counting.ts'
import { addDays } from './days.ts'
import { judge, judgeQuotas } from './judging.ts'
import { type AlarmRules, closeWorkingDays, keepDays, longestWindowDays } from './rules.ts'
import * as store from './store.ts'
import type { ActEntry, Finding, FindSubjects, QuotaStand, Tally } from './types.ts'
import type { Judged } from './usual.ts'

/** Entries counted in one transaction at most. */
export const largestScan = 500
const mostReminders = 100
const remindEverySeconds = 7 * 86_400

/** Which quotas agencies used on days, and how much of them. */
export type FindQuotas = (
  reader: Reader,
  agencies: readonly AgencyId[],
  days: readonly string[],
) => Promise<QuotaStand[]>

/** An entry of an act of a client; undefined for what time did, and for what is erased. */
function actOf({ index, kind, at, payload }: EntryRow): ActEntry | undefined {
  if (payload === null) return undefined
  const entry = JSON.parse(payload) as Partial<ActEntry>
  if (entry.agency === undefined || entry.client === undefined) return undefined
  return { ...entry, index, kind, at, agency: entry.agency, client: entry.client }
}

const takesQuota = ({ kind }: ActEntry): boolean =>
  /^(?:evaluation\.[a-z-]+|signal\.(?:submit|correct|withdraw))$/.test(kind)

const keyOf = ({ agency, rule, actor }: Pick<Finding, 'agency' | 'rule' | 'actor'>): string =>
  JSON.stringify([agency, rule, actor])

/**
 * Reads an operator's own ledger from where it stopped, counts what was done by whom, and raises an alarm
 * where a rule has its threshold reached: one case for each rule and actor, until somebody closes it. What
 * was counted and how far goes with the same transaction, so that no act is counted twice or never.
 */
export function openRaising({
  clock,
  random,
  db,
  ledger,
  rules,
  findSubjects,
  findQuotas,
  forgetToo = async () => {},
  tell,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly rules: Partial<AlarmRules>
  readonly findSubjects: FindSubjects
  readonly findQuotas: FindQuotas
  /** What else is forgotten when its time is over. */
  readonly forgetToo?: () => Promise<void>
  readonly tell: Tell
}) {
  const forget = occasionally(clock, keepDays * 86_400, (before) =>
    store.forgetTallies(db, dayOf(before)),
  )

  /** What the rules find for everybody who did something in these acts. */
  async function findingsOf(
    tx: Tx,
    acts: readonly ActEntry[],
    added: readonly Tally[],
  ): Promise<Finding[]> {
    const agencies = [...new Set(added.map(({ agency }) => agency))].sort()
    const days = [...new Set(added.map(({ day }) => day))].sort()
    const [first] = days
    const findings: Finding[] = []
    if (first !== undefined) {
      const known = await store.talliesSince(tx, agencies, {
        day: addDays(first, -keepDays),
        recent: addDays(first, -longestWindowDays),
      })
      const reviewed = new Map(
        (await store.reviewedUntil(tx, agencies)).map((one) => [
          keyOf({ ...one, agency: one.agency_id as AgencyId }),
          one.closed_day ?? '',
        ]),
      )
      const byAgency = Map.groupBy(known, ({ agency }) => agency)
      for (const agency of agencies) {
        for (const day of days) {
          const tallies = (byAgency.get(agency) ?? []).filter((one) => one.day <= day)
          const actors = new Set(
            added.filter((one) => one.agency === agency && one.day === day).map((t) => t.actor),
          )
          const reviewedUntil: Judged['reviewedUntil'] = (rule, actor) =>
            reviewed.get(keyOf({ agency, rule, actor })) ?? ''
          findings.push(...judge({ agency, day, actors, tallies, reviewedUntil }, rules))
        }
      }
    }
    const taking = acts.filter(takesQuota)
    if (rules.quota === undefined || taking.length === 0) return findings
    const users = [...new Set(taking.map(({ agency }) => agency))]
    for (const day of [...new Set(taking.map(({ at }) => dayOf(at)))].sort()) {
      findings.push(...judgeQuotas(await findQuotas(tx, users, [day]), day, rules.quota))
    }
    return findings
  }

  async function raise(tx: Tx, findings: readonly Finding[]): Promise<void> {
    if (findings.length === 0) return
    await ledger.hold(tx)
    const at = clock.now()
    const isNew: { readonly finding: Finding; readonly id: string; readonly all: Finding[] }[] = []
    for (const all of Map.groupBy(findings, keyOf).values()) {
      const [finding] = all
      if (finding === undefined) continue
      const newest = await store.holdNewest(tx, finding)
      if (newest !== undefined && newest.closed_at === null) {
        await store.addFirings(tx, newest.id, all, at)
        continue
      }
      const unseen = all.filter(({ day }) => day > (newest?.closed_day ?? ''))
      if (unseen.length > 0) isNew.push({ finding, id: randomUuid(random), all: unseen })
    }
    const entries = await ledger.append(
      tx,
      isNew.map(({ finding: { agency, rule }, id }) => ({
        kind: 'alarm.raise' as const,
        agency,
        alarm: id,
        rule,
      })),
    )
    for (const [place, { finding, id, all }] of isNew.entries()) {
      const { agency, rule, actor, client, day, measured, threshold } = finding
      const dueAt = addWorkingDays(at, closeWorkingDays)
      await store.addAlarm(tx, {
        id,
        agency_id: agency,
        rule,
        actor,
        client: client === '' ? null : client,
        officer: actor.startsWith('officer:') ? actor.slice('officer:'.length) : null,
        ledger_index: String(entries[place]?.index ?? 0),
        raised_at: at,
        last_at: at,
        day,
        due_at: dueAt,
        remind_at: dueAt,
        threshold,
        measured,
      })
      await store.addFirings(tx, id, all, at)
    }
    await tell(
      tx,
      isNew.map(({ finding: { agency }, id }) => ({
        agency,
        kind: 'alarm-raised' as const,
        about: { type: 'alarm' as const, id },
      })),
    )
  }

  const scan = (askAgain: (tx: Tx) => Promise<void>): Promise<number> =>
    transact(db, 'alarms/scan', async (tx) => {
      const from = await store.holdScan(tx)
      const entries = await entriesAfter(tx, from, largestScan)
      const last = entries.at(-1)
      if (last === undefined) return 0
      const acts = entries.map(actOf).filter((act) => act !== undefined)
      const asked = acts.flatMap((act) => {
        const about = aboutOf(act)
        return about === undefined ? [] : [{ agency: act.agency, about }]
      })
      const added = talliesOf(acts, await findSubjects(tx, asked), rules)
      await store.addTallies(tx, added)
      await store.putScan(tx, last.index)
      await raise(tx, await findingsOf(tx, acts, added))
      if (entries.length === largestScan) await askAgain(tx)
      return entries.length
    })

  /** Tells agencies whose alarms are late, and again every week. Of two at once the second finds nothing left. */
  async function remind(): Promise<void> {
    if ((await store.toRemind(db, clock.now(), 1)).length === 0) return
    await transact(db, 'alarms/remind', async (tx) => {
      await ledger.hold(tx)
      const late = await store.toRemind(tx, clock.now(), mostReminders)
      await tell(
        tx,
        late.map(({ id, agency_id }) => ({
          agency: agency_id as AgencyId,
          kind: 'alarm-overdue' as const,
          about: { type: 'alarm' as const, id },
        })),
      )
      const next = shifted(clock.now(), remindEverySeconds)
      await store.noteReminded(
        tx,
        late.map(({ id }) => id),
        next,
      )
    })
  }

  /** Counts a part of what was not counted yet; when nothing is left, those who are late are told. */
  async function work(askAgain: (tx: Tx) => Promise<void>): Promise<number> {
    await forget()
    await forgetToo()
    const counted = await scan(askAgain)
    if (counted < largestScan) await remind()
    return counted
  }

  return {
    /** All of it at once, where nobody else says when to look. */
    async runAll(): Promise<void> {
      while ((await work(async () => {})) === largestScan);
    },

    /** For the background work of an operator. */
    dueWork: {
      run: 'alarms' as const,
      waiting: async () => ((await hasEntriesAfter(db, await store.scannedUntil(db))) ? 1 : 0),
      work,
      most: largestScan,
    },
  }
}
