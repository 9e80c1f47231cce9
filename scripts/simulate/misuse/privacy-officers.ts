import { base64url } from '../../../src/kernel/bytes.ts'
import type { Randomness } from '../../../src/kernel/random.ts'
import type { Alarm, AlarmPage } from '../../../src/wire/alarm.ts'
import type { JudgeBody, JustifyBody, Sample, SamplePage } from '../../../src/wire/justification.ts'
import { dayMilliseconds, dutchDayOf, isWorkingDay, weekdayOf } from '../calendar.ts'
import type { Moment } from '../year.ts'
import type { Staff } from './desks.ts'
import type { SeenAlarm, SeenJudgement } from './findings.ts'

const minute = 60_000
/** When privacy officers treat what waits, early, in minutes of UTC: on Tuesdays and Thursdays. */
const treats = { asks: 2, judges: 4, minutes: 6 * 60 + 15 } as const

/** An act that somebody asks a reason for. */
export type Questioned = {
  readonly agency: string
  readonly officer: string | undefined
  /** Of one look: what was looked at, and when. */
  readonly look?: { readonly about: string | undefined; readonly at: number }
}

/**
 * The privacy officer of each agency: takes every alarm and closes it, and has every drawn look justified and judges it, as
 * somebody finds who asks for the case. What they were told is kept here for the reckoning.
 */
export function openPrivacyOfficers(
  staff: ReadonlyMap<string, Staff>,
  {
    random,
    now,
    isMisuse,
  }: {
    readonly random: Randomness
    readonly now: () => number
    /** Whether whoever did it has no case to show. */
    readonly isMisuse: (act: Questioned) => boolean
  },
) {
  const alarms = new Map<string, SeenAlarm>()
  const judged: SeenJudgement[] = []

  async function pages<Page extends { readonly next?: number }>(
    { privacyOfficer: { session } }: Staff,
    path: string,
  ): Promise<Page[]> {
    const all: Page[] = []
    let before: number | undefined
    do {
      const more: string = before === undefined ? '' : `&before=${before}`
      const page = (await session.request('GET', `${path}${more}`)) as Page
      all.push(page)
      before = page.next
    } while (before !== undefined)
    return all
  }

  const openAlarms = async (of: Staff): Promise<Alarm[]> =>
    (await pages<AlarmPage>(of, '/v1/alarms?occasion=spot-check&state=open')).flatMap(
      (page) => page.alarms,
    )

  const samples = async (of: Staff, state: Sample['state']): Promise<Sample[]> =>
    (await pages<SamplePage>(of, `/v1/samples?occasion=spot-check&state=${state}`)).flatMap(
      (page) => page.samples,
    )

  async function treatAlarms(of: Staff): Promise<void> {
    const agency = of.party.id
    const { session } = of.privacyOfficer
    for (const { id, rule, raisedAt, officer } of await openAlarms(of)) {
      const at = new Date(raisedAt).getTime()
      alarms.set(id, { operator: 'gateway', id, agency, rule, raisedAt: at, officer })
      await session.request('POST', `/v1/alarms/${id}/_take`)
      const found = isMisuse({ agency, officer })
        ? { outcome: 'misuse', reason: 'no-case' }
        : { outcome: 'justified', reason: 'case-work' }
      await session.request('POST', `/v1/alarms/${id}/_close`, found)
    }
  }

  /** What the keyholder raised names machines only; a person of the agency closes it, with the root key. */
  async function treatKeyholderAlarms({ party, privacyOfficer }: Staff): Promise<void> {
    const { id: agency, keys } = party
    const { atKeyholder } = privacyOfficer
    const open = atKeyholder.list({ occasion: 'spot-check', state: 'open' }, keys.signing)
    const found: Alarm[] = []
    for await (const alarm of open) found.push(alarm)
    for (const { id, rule, raisedAt, officer } of found) {
      const at = new Date(raisedAt).getTime()
      alarms.set(id, { operator: 'keyholder', id, agency, rule, raisedAt: at, officer })
      await atKeyholder.take(id, keys.root)
      await atKeyholder.close(id, { outcome: 'explained', reason: 'case-work' }, keys.root)
    }
  }

  /** Whoever looked gives the reason, also who has none: nobody admits it. */
  async function justify(of: Staff): Promise<void> {
    for (const { id, look } of await samples(of, 'awaiting-reason')) {
      const reason: JustifyBody['reason'] = look?.officer === undefined ? 'by-machine' : 'own-case'
      const body: JustifyBody = {
        reason,
        article: of.party.article,
        ...(reason === 'own-case' ? { caseCommitment: base64url(random.bytes(32)) } : {}),
      }
      await of.sessionOf(look?.officer).request('POST', `/v1/samples/${id}/_justify`, body)
    }
  }

  async function judge(of: Staff): Promise<void> {
    const agency = of.party.id
    for (const { id, look } of await samples(of, 'awaiting-review')) {
      const officer = look?.officer
      const about = look?.about
      const at = new Date(look?.at ?? 0).getTime()
      const act = { agency, officer, look: { about, at } }
      const isWrong = isMisuse(act)
      const body: JudgeBody = { finding: isWrong ? 'unjustified' : 'justified' }
      await of.privacyOfficer.session.request('POST', `/v1/samples/${id}/_review`, body)
      if (isWrong) judged.push({ agency, officer, about, lookedAt: at, at: now() })
    }
  }

  /** Once in four weeks the acts of the last one are looked through, on paper. */
  async function takeAlong(of: Staff): Promise<void> {
    const from = new Date(now() - 7 * dayMilliseconds).toISOString()
    const asked = new URLSearchParams({ format: 'json', occasion: 'spot-check', from })
    await of.privacyOfficer.session.request('GET', `/v1/accesses/_export?${asked}`)
  }

  const eachOf = (...works: readonly ((of: Staff) => Promise<void>)[]) =>
    async function treat(): Promise<void> {
      for (const of of staff.values()) for (const work of works) await work(of)
    }

  return {
    alarms: (): readonly SeenAlarm[] => [...alarms.values()],
    judged: (): readonly SeenJudgement[] => judged,

    on(midnight: number): Moment[] {
      const day = dutchDayOf(midnight + dayMilliseconds / 2)
      if (!isWorkingDay(day)) return []
      const at = midnight + treats.minutes * minute
      if (weekdayOf(day) === treats.asks)
        return [{ at, act: eachOf(treatAlarms, treatKeyholderAlarms, justify) }]
      const isFourth = Math.floor(day / 7) % 4 === 0
      const judges = isFourth
        ? eachOf(treatAlarms, treatKeyholderAlarms, judge, takeAlong)
        : eachOf(treatAlarms, treatKeyholderAlarms, judge)
      if (weekdayOf(day) === treats.judges) return [{ at, act: judges }]
      return []
    },

    lookOnceMore: eachOf(treatAlarms, treatKeyholderAlarms),
  }
}
