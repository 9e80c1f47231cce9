import type { Finding, Findings } from './misuse/findings.ts'
import type { Disclosed } from './sealed-texts.ts'

/** What a simulation shows, as `--json` prints it; with what became of planted misuse, where there was any. */
export type SimulationDocument = Partial<Findings> & {
  /** Where misuse was planted; to three decimals, a month being a twelfth of 365 days. */
  readonly falseAlarmsPerAgencyMonth?: number
  readonly seed: number
  readonly days: number
  readonly agencies: number
  /** Signals that were taken. */
  readonly signals: number
  /** Overlaps that were followed up; what went into another one counts there. */
  readonly overlaps: number
  /** Times that something which somebody could see had no owner, at any moment at which something had changed. */
  readonly unowned: number
  /** Terms that somebody let pass, by the simulation's own reckoning. */
  readonly breaches: number
  /** Of those, the ones that the gateway told the next person of at once, by its ledger. */
  readonly escalated: number
  readonly disclosures: Readonly<Disclosed>
  /** Of the overlaps that are closed, by outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Signals whose agency was not told what became of them. */
  readonly feedbackMissing: number
  /** Useful of the closed overlaps, 0 to 1, to three decimals. */
  readonly yield: number
  /** Of the gateway; verified when both ledgers are. */
  readonly ledger: { readonly size: number; readonly verified: boolean }
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

const hoursOf = (found: readonly Finding[]): string =>
  found
    .map(({ hours }) => hours)
    .filter((hours) => hours !== null)
    .sort((one, other) => one - other)
    .join(', ')

/** A line for each kind of misuse: how many were found in time, by what, and after how many hours. */
function misuseLines({
  misuse,
  falseAlarms,
  falseAlarmsPerAgencyMonth,
  falseByRule,
}: SimulationDocument) {
  if (misuse === undefined || falseAlarms === undefined) return []
  const kinds = [...Map.groupBy(misuse, ({ kind }) => kind)].map(([kind, all]) => {
    const found = all.filter((one) => one.found)
    const by = [...new Set(all.flatMap((one) => one.by ?? []))].join(', ')
    const count = `${found.length} of ${all.length}`
    return `  ${kind.padEnd(22)}${count.padEnd(10)}${by.padEnd(24)}${hoursOf(all)}`
  })
  return [
    `  ${'planted misuse'.padEnd(22)}${'found'.padEnd(10)}${'by'.padEnd(24)}after hours`,
    ...kinds,
    '',
    `  false alarms          ${falseAlarms}, ${falseAlarmsPerAgencyMonth} per agency and month`,
    ...Object.entries(falseByRule ?? {}).map(([rule, count]) => `    ${rule.padEnd(22)}${count}`),
    '',
  ]
}

/** The report for a person at a terminal. */
export function textOf(
  found: SimulationDocument,
  differences: readonly string[],
  seconds: number,
): string {
  const { disclosures: texts, outcomes, ledger } = found
  const closed = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  const rows = Object.entries(outcomes).sort(([, one], [, other]) => other - one)
  return [
    `${found.days} days, ${found.agencies} agencies, seed ${found.seed}: ${found.signals} signals, ${found.overlaps} overlaps.`,
    '',
    `  without an owner      ${found.unowned}`,
    `  terms let pass        ${found.breaches}, of which ${found.escalated} were escalated`,
    `  closed                ${closed}, ${percent(found.yield)} useful`,
    ...rows.map(([code, count]) => `    ${code.padEnd(22)}${count}`),
    `  without feedback      ${found.feedbackMissing}`,
    `  sealed texts          ${texts.requested} asked for: ${texts.granted} granted, ${texts.partly} in part, ${texts.refused} refused; ${texts.opened} opened`,
    `  ledger                ${ledger.size} entries, ${ledger.verified ? 'verified' : 'NOT VERIFIED'}`,
    '',
    ...misuseLines(found),
    ...(differences.length === 0
      ? ['Everything adds up.']
      : ['What does not add up:', ...differences.map((one) => `  ${one}`)]),
    `Done in ${seconds.toFixed(0)} s.`,
    '',
  ].join('\n')
}
