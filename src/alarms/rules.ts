/** How a rule compares with what is usual: so many times the median of an actor's days. */
export type Usual = {
  readonly timesUsual: number
  /** Over how many days before, counting those on which the actor did any of it. */
  readonly usualDays: number
  /** With fewer such days of its own an actor is compared with all actors of its agency. */
  readonly fewestUsualDays: number
  /** With fewer of theirs too, the rule's own numbers count so many times. */
  readonly beforeUsual: number
}

const usual: Usual = { timesUsual: 4, usualDays: 28, fewestUsualDays: 5, beforeUsual: 5 }

/**
 * Every rule with its thresholds, as they are published in `docs/alarms.md`. Fixed numbers that people set;
 * nothing here learns. A rule that a table lacks is off.
 */
export const alarmRuleTable: AlarmRules = {
  volume: { windowDays: 1, looks: 30, elements: 4_096, submissions: 60, ...usual },
  quota: { windowDays: 1, share: 0.8 },
  'repeated-looks': { windowDays: 7, looks: 20, looksInOneDay: 10 },
  'few-hits': {
    windowDays: 7,
    submissions: 30,
    share: 0.05,
    timesUsual: 3,
    usualDays: 43,
    usualShare: 0.02,
    fewestUsual: 30,
  },
  enumeration: { windowDays: 1, elements: 1_024, elementsPerSignal: 64, batches: 40, ...usual },
  'no-open-case': { windowDays: 7, subjects: 4, graceDays: 2, notFound: 8 },
  'out-of-region': { windowDays: 7, subjects: 5, usualDays: 43, usualShare: 0.05, fewestUsual: 4 },
  night: { windowDays: 1, looks: 8, batches: 20, ...usual, timesUsual: 3, beforeUsual: 1 },
  'submit-look-withdraw': { windowDays: 7, signals: 4, withinHours: 48, corrections: 6 },
  'large-export': { windowDays: 1, rows: 250, listed: 5_000, ...usual },
  'own-or-colleague': { windowDays: 7, acts: 1 },
}

/** All rules with the numbers that each has. */
export type AlarmRules = {
  /** Looks, evaluated elements or submitted signals of one actor on one day. */
  readonly volume: Usual & {
    readonly windowDays: 1
    readonly looks: number
    readonly elements: number
    readonly submissions: number
  }
  /** Share of a day's quota that an agency used. */
  readonly quota: { readonly windowDays: 1; readonly share: number }
  /** Looks at one subject by one actor. */
  readonly 'repeated-looks': {
    readonly windowDays: number
    readonly looks: number
    readonly looksInOneDay: number
  }
  /** Many submissions of one actor of which hardly any touched another agency's signal at once. */
  readonly 'few-hits': {
    readonly windowDays: number
    readonly submissions: number
    /** Below this share it is few. */
    readonly share: number
    /** Times what the agency usually submits in as many days. */
    readonly timesUsual: number
    readonly usualDays: number
    /** Not where a smaller share of what was submitted before touched another's, */
    readonly usualShare: number
    /** which takes so many signals to tell. */
    readonly fewestUsual: number
  }
  /** Elements that no submission explains, or batches, of one actor on one day. */
  readonly enumeration: Usual & {
    readonly windowDays: 1
    /** Only where submissions are seen too. */
    readonly elements?: number
    /** What one submitted or corrected signal explains, padding and two epochs included. */
    readonly elementsPerSignal: number
    readonly batches: number
  }
  /** Looks at subjects whose signal ended or whose follow-up was closed, or that are not there. */
  readonly 'no-open-case': {
    readonly windowDays: number
    readonly subjects: number
    /** So long after the end a look still belongs to the case. */
    readonly graceDays: number
    readonly notFound: number
  }
  /** Looks at subjects observed in another police unit than those where the agency works. */
  readonly 'out-of-region': {
    readonly windowDays: number
    readonly subjects: number
    readonly usualDays: number
    /** An agency works where at least this share of its signals was observed, */
    readonly usualShare: number
    /** once it has submitted so many. */
    readonly fewestUsual: number
  }
  /** Looks, or evaluated batches, in one night. */
  readonly night: Usual & {
    readonly windowDays: 1
    readonly looks: number
    readonly batches: number
  }
  /** Signals that were withdrawn soon after they were submitted, or one that was corrected again and again. */
  readonly 'submit-look-withdraw': {
    readonly windowDays: number
    readonly signals: number
    readonly withinHours: number
    readonly corrections: number
  }
  /** Records that were exported, or listed, by one actor on one day. Exports are rare: the number counts as it is at once. */
  readonly 'large-export': Usual & {
    readonly windowDays: 1
    readonly rows: number
    readonly listed: number
  }
  /** Acts of an agency on subjects among its own protected staff. */
  readonly 'own-or-colleague': { readonly windowDays: number; readonly acts: number }
}

const { elements: _, ...seenAtKeyholder } = alarmRuleTable.enumeration

/** The rules by which the keyholder looks: it sees batches and their elements, no signals and no looks. */
export const keyholderRuleTable: Partial<AlarmRules> = {
  volume: alarmRuleTable.volume,
  quota: alarmRuleTable.quota,
  enumeration: seenAtKeyholder,
  night: alarmRuleTable.night,
}

/** By which hours a night is told, in the Netherlands. */
export const nightHours = { from: 23, until: 6 } as const
/** How long it is remembered what was done: longer than any rule looks back. */
export const keepDays = 50
/** No rule's window is longer. */
export const longestWindowDays = 7
/** Working days in which a case has to be closed: two weeks. */
export const closeWorkingDays = 10
