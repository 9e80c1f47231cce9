import { dayMilliseconds, dutchDayOf, isWorkingDay, weekdayOf } from '../calendar.ts'
import type { Moment } from '../year.ts'
import type { Staff } from './desks.ts'
import type { SeenAlarm, SeenJudgement } from './findings.ts'

const minute = 60_000
/** When privacy officers treat what waits: twice a week, early, in minutes of UTC. */
const treats = { weekdays: [2, 4], minutes: 6 * 60 + 15 } as const

type Alarm = {
  readonly id: string
  readonly rule: string
  readonly raisedAt: string
  readonly state: 'open' | 'taken' | 'closed'
  readonly officer?: string
}
type AlarmPage = { readonly alarms: readonly Alarm[]; readonly next?: number }

/**
 * The privacy officer of each agency: takes every alarm and closes it, as somebody finds who asks for the case. What they
 * were told of is kept here for the reckoning.
 */
export function openPrivacyOfficers(
  staff: ReadonlyMap<string, Staff>,
  {
    isMisuse,
  }: {
    /** Whether an officer has no case to show for what it did; for a look, by its entry. */
    readonly isMisuse: (agency: string, officer: string | undefined, entry?: number) => boolean
  },
) {
  const alarms = new Map<string, SeenAlarm>()
  const judged: SeenJudgement[] = []

  async function waiting({ privacyOfficer: { session } }: Staff): Promise<Alarm[]> {
    const found: Alarm[] = []
    for (let before: number | undefined, isFirst = true; isFirst || before !== undefined; ) {
      const more = before === undefined ? '' : `&before=${before}`
      const path = `/v1/alarms?occasion=spot-check&state=open${more}`
      const page = (await session.request('GET', path)) as AlarmPage
      found.push(...page.alarms)
      before = page.next
      isFirst = false
    }
    return found
  }

  async function treatAlarms(of: Staff): Promise<void> {
    const agency = of.party.id
    const { session } = of.privacyOfficer
    for (const { id, rule, raisedAt, officer } of await waiting(of)) {
      const at = new Date(raisedAt).getTime()
      alarms.set(id, { operator: 'gateway', id, agency, rule, raisedAt: at, officer })
      await session.request('POST', `/v1/alarms/${id}/_take`)
      const found = isMisuse(agency, officer)
        ? { outcome: 'misuse', reason: 'no-case' }
        : { outcome: 'justified', reason: 'case-work' }
      await session.request('POST', `/v1/alarms/${id}/_close`, found)
    }
  }

  const treatAll = async (): Promise<void> => {
    for (const of of staff.values()) await treatAlarms(of)
  }

  return {
    alarms: (): readonly SeenAlarm[] => [...alarms.values()],
    judged: (): readonly SeenJudgement[] => judged,

    on(midnight: number): Moment[] {
      const day = dutchDayOf(midnight + dayMilliseconds / 2)
      const isTheirs = treats.weekdays.some((one) => one === weekdayOf(day)) && isWorkingDay(day)
      return isTheirs ? [{ at: midnight + treats.minutes * minute, act: treatAll }] : []
    },

    lookOnceMore: treatAll,
  }
}
