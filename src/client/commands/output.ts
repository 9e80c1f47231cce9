import { Presets, SingleBar } from 'cli-progress'
import type { Simulation } from '../../wire/policy.ts'
import { UnreadableFile } from '../csv.ts'
import { GatewayProblem } from '../errors.ts'

/** What commands say. Results go to standard output, everything else to standard error. */

/**
 * Text as it may stand on a terminal. Names, desks and messages come from others: what would steer the
 * terminal or turn the direction of text is shown as a replacement character. Line ends stay.
 */
export const harmless = (text: string): string =>
  text.replace(/(?!\n)[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, '\ufffd')

export const print = (text: string): void => {
  process.stdout.write(`${harmless(text)}\n`)
}

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))

export const note = (text: string): void => {
  process.stderr.write(`${harmless(text)}\n`)
}

/** A progress bar on a terminal; silent elsewhere. */
export function openBar(label: string, total: number) {
  const bar = new SingleBar(
    { format: `${label} [{bar}] {value}/{total}`, hideCursor: true, stream: process.stderr },
    Presets.shades_grey,
  )
  const visible = process.stderr.isTTY === true && total > 0
  if (visible) bar.start(total, 0)
  return {
    update: (done: number): void => {
      if (visible) bar.update(done)
    },
    stop: (): void => {
      if (visible) bar.stop()
    },
  }
}

/** Everything that an error has to say to a person, one line each; never a stack. */
export function linesOf(error: unknown): string[] {
  if (error instanceof UnreadableFile) return [error.message, ...error.problems]
  if (error instanceof GatewayProblem) {
    const { title, detail, problems = [] } = error.problem
    return [
      title,
      ...problems.map(({ at, message, article }) =>
        [at, message, article && `(${article})`].filter(Boolean).join(' '),
      ),
      detail,
    ]
  }
  if (error instanceof AggregateError) return error.errors.flatMap(linesOf)
  if (!(error instanceof Error)) return [String(error)]
  const cause = (error.cause as { code?: unknown } | undefined)?.code
  if (cause === 'ECONNREFUSED')
    return ['The operator does not answer. Is it running, and is the address right?']
  return [error.message]
}

/** What a simulation found, for people. */
export const simulationLines = ({ since, decisions, same, turns }: Simulation): string[] => [
  `${decisions} decisions since ${since.slice(0, 10)}: ${same} stay as they were, ${decisions - same} turn.`,
  ...turns.flatMap(({ agency, purpose, act, was, becomes, times, reasons }) => [
    `${String(times).padStart(7)} × ${act} of ${agency} for ${purpose}: ${was} → ${becomes}`,
    ...reasons.map(({ policy, article, en }) => `          ${policy}: ${en} (${article})`),
  ]),
]
