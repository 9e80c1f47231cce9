import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import { dayOf, systemClock } from '../../kernel/clock.ts'
import { pairsFrom, pairsOf } from '../../linkage/calibration.ts'
import { linkageVersion } from '../../linkage/keys.ts'
import {
  fewestSubjects,
  type ThresholdReason,
  type ThresholdsView,
} from '../../wire/calibration.ts'
import { type Quality, qualities } from '../../wire/codes.ts'
import { chooseAgreement, HomeError } from '../agency-home.ts'
import { histogramOfRows } from '../calibration.ts'
import { readRows } from '../rows.ts'
import { agencyOption, agreementOption, openHome } from './home-option.ts'
import { note, noteLeftOut, openBar, print, printJson } from './output.ts'

type Options = { readonly agency: string; readonly agreement?: string; readonly json?: boolean }

const reasons: readonly ThresholdReason[] = [
  'estimate-too-low',
  'false-overlaps',
  'missed-overlaps',
  'pool-changed',
]

const percent = (precision: number | undefined): string =>
  precision === undefined ? 'not known' : `${Math.round(precision * 100)} %`

const thresholdsText = ({ levels, steps, histograms, moves, lastMove }: ThresholdsView): string =>
  [
    `Rests on ${histograms} histograms. Moved ${moves} times.`,
    ...(lastMove === undefined
      ? []
      : [`Last by ${lastMove.agency} at ${lastMove.movedAt}: ${lastMove.explanation}`]),
    'quality    from      estimated precision   floor',
    ...levels.map(
      ({ quality, bits, precision, floor }) =>
        `${quality.padEnd(9)}  ${`${bits} bits`.padEnd(8)}  ${percent(precision).padEnd(19)}   ${percent(floor)}`,
    ),
    ...levels.flatMap(({ quality, precision, floor }) =>
      precision !== null && precision !== undefined && precision < floor
        ? [
            `The estimate for ${quality} is below its floor: think of raising it, as in "thresholds move --help".`,
          ]
        : [],
    ),
    `Elsewhere: ${steps.map(({ bits, precision }) => `${bits} bits ${percent(precision)}`).join(', ')}`,
  ].join('\n')

export function addCalibrationCommands(program: Command): void {
  program
    .command('calibrate <file.csv>')
    .description('count how alike the agency’s own subjects are, and send only the counts')
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .option('--dry-run', 'count and show, send nothing')
    .option('--json', 'print the counts as JSON')
    .action(calibrate)

  const thresholds = program
    .command('thresholds')
    .description('how sure names have to be under an agreement')

  thresholds
    .command('show')
    .description('the thresholds in force, and how precise they are estimated to be')
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      const { folder, partner } = await openHome(options.agency)
      const view = await partner.thresholds(await chooseAgreement(folder, options.agreement))
      if (options.json) printJson(view)
      else print(thresholdsText(view))
    })

  thresholds
    .command('move <quality> <bits>')
    .description(
      'move one threshold, for all parties, in the agency’s name; it stands on the ledger',
    )
    .requiredOption('--reason <code>', `one of ${reasons.join(', ')}`)
    .requiredOption('--explanation <text>', 'why, for the other parties; name no person')
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .option('--json', 'as JSON')
    .action(moveThreshold)
}

async function calibrate(file: string, options: Options & { dryRun?: boolean }): Promise<void> {
  const { folder, partner } = await openHome(options.agency)
  const under = await chooseAgreement(folder, options.agreement)
  const { rows, rejected } = readRows(await readFile(file), { today: dayOf(systemClock.now()) })
  noteLeftOut(file, rejected)
  const bar = openBar(basename(file), rows.length * 2)
  const histogram = histogramOfRows(rows, bar.update)
  bar.stop()
  const { subjects, counts } = histogram
  if (subjects < fewestSubjects) {
    throw new HomeError(
      `the file has ${subjects} different subjects, and a histogram takes ${fewestSubjects}: with fewer, a count can point to two of them`,
    )
  }
  if (options.json) printJson({ linkage: linkageVersion, ...histogram })
  else {
    print(
      `Compared ${pairsOf(subjects)} pairs of ${subjects} subjects; ${rows.length - subjects} of ${rows.length} rows were doubles, or not about a person who can be linked.`,
    )
    print(`${pairsFrom(histogram, 20)} pairs score 20 bits or more, though they are two persons.`)
  }
  note(
    `What leaves the agency: the version ${linkageVersion}, the number ${subjects}, and ${counts.length} counts of pairs. No name, date, number, key or token.`,
  )
  if (options.dryRun) return note('Nothing was sent.')
  await partner.submitHistogram(under, histogram)
  note(`Sent. Next: thresholds show --agency ${options.agency}`)
}

async function moveThreshold(
  name: string,
  to: string,
  options: Options & { readonly reason: string; readonly explanation: string },
): Promise<void> {
  const quality: Quality | undefined = qualities.find((one) => one === name)
  if (quality === undefined) throw new HomeError(`the quality is one of ${qualities.join(', ')}`)
  const reason = reasons.find((one) => one === options.reason)
  if (reason === undefined) throw new HomeError(`--reason takes one of ${reasons.join(', ')}`)
  const bits = Number(to)
  if (!Number.isInteger(bits) || bits < 0) throw new HomeError('bits are a whole number')
  const { folder, partner } = await openHome(options.agency)
  const under = await chooseAgreement(folder, options.agreement)
  const seen = await partner.thresholds(under)
  const view = await partner.moveThresholds(under, {
    move: seen.moves + 1,
    thresholds: { ...seen.thresholds, [quality]: bits },
    reason,
    explanation: options.explanation,
  })
  if (options.json) printJson(view)
  else print(thresholdsText(view))
}
