/**
 * Every rule with its thresholds, as they are published in `docs/alarms.md`. Fixed numbers that people
 * set; nothing here learns. A rule that a table lacks is off.
 */
export const alarmRuleTable = {
  /** Looks, evaluated elements or submitted signals of one actor on one day. */
  volume: {
    windowDays: 1,
    looks: 30,
    elements: 4_096,
    submissions: 60,
    /** Times what is usual: the median of the days of the last `usualDays` on which it did anything. */
    timesUsual: 4,
    usualDays: 28,
    /** Before there are so many such days, the numbers above count `beforeUsual` times. */
    fewestUsualDays: 5,
    beforeUsual: 5,
  },
  /** Share of a day's quota that an agency used. */
  quota: { windowDays: 7, share: 0.8 },
  /** Looks at one subject by one actor. */
  'repeated-looks': { windowDays: 7, looks: 12 },
} as const satisfies Partial<AlarmRules>

/** All rules with the numbers that each has. */
export type AlarmRules = {
  readonly volume: {
    readonly windowDays: number
    readonly looks: number
    readonly elements: number
    readonly submissions: number
    readonly timesUsual: number
    readonly usualDays: number
    readonly fewestUsualDays: number
    readonly beforeUsual: number
  }
  readonly quota: { readonly windowDays: number; readonly share: number }
  readonly 'repeated-looks': { readonly windowDays: number; readonly looks: number }
}

/** By which hours a night is told. */
export const nightHours = { from: 23, until: 6 } as const
/** How long it is remembered what was done: longer than any rule looks back. */
export const keepDays = 40
/** Working days in which a case has to be closed: two weeks. */
export const closeWorkingDays = 10
