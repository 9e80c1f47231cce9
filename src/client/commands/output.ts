import { Presets, SingleBar } from 'cli-progress'
import { messageOf } from '../../files/file-fault.ts'
import { steeringRanges } from '../../wire/common.ts'
import type { Simulation } from '../../wire/policy.ts'
import { UnreadableFile } from '../csv.ts'
import { GatewayProblem, OperatorFailure } from '../errors.ts'
import type { RejectedRow } from '../rows.ts'

/** What commands say. Results go to standard output, everything else to standard error. */

const steering = new RegExp(`(?!\\n)[${steeringRanges}]`, 'gu')

/**
 * Text as it may stand on a terminal. Names, desks and messages come from others: what would steer the
 * terminal or turn the direction of text is shown as a replacement character. Line ends stay.
 */
export const harmless = (text: string): string => text.replace(steering, '\ufffd')

export const print = (text: string): void => {
  process.stdout.write(`${harmless(text)}\n`)
}

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))

export const note = (text: string): void => {
  process.stderr.write(`${harmless(text)}\n`)
}

/** Tells which rows of a file are left out, and why. */
export function noteLeftOut(file: string, rows: readonly RejectedRow[]): void {
  for (const { line, problems } of rows) note(`${file}:${line}: left out: ${problems.join('; ')}`)
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
  if (error instanceof UnreadableFile) return ['The file cannot be read:', ...error.problems]
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
  if (error instanceof OperatorFailure) {
    const [first = '', ...rest] = linesOf(error.cause)
    return [`The ${error.operator}: ${first}`, ...rest]
  }
  if (error instanceof AggregateError) return error.errors.flatMap(linesOf)
  return [messageOf(error)]
}

/** What a simulation found, for people. */
export const simulationLines = ({ since, decisions, same, turns }: Simulation): string[] => [
  `${decisions} decisions since ${since.slice(0, 10)}: ${same} stay as they were, ${decisions - same} turn.`,
  ...turns.flatMap(({ agency, purpose, act, was, becomes, times, reasons }) => [
    `${String(times).padStart(7)} × ${act} of ${agency}${purpose === '' ? '' : ` for ${purpose}`}: ${was} → ${becomes}`,
    ...reasons.map(({ policy, article, en }) => `          ${policy}: ${en} (${article})`),
  ]),
]
