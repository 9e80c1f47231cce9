import type { Command } from 'commander'
import { measureGrounds, signalMeasures } from '../../wire/codes/restrictions.ts'
import type { RestrictionView } from '../../wire/restriction.ts'
import { codeIn, oneOf } from './code-option.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'

type Options = { readonly agency: string; readonly json?: boolean }
type MeasureOptions = Options & { readonly measure: string }

const measureOf = ({ measure }: MeasureOptions) => codeIn(signalMeasures, measure, '--measure')
const restrictionsOf = async ({ agency }: Options) => (await openHome(agency)).partner.restrictions

const lineOf = ({ signal, measure, ground, since, reviewOn, isDue }: RestrictionView): string =>
  [
    `${signal.id}  ${measure}, ground ${ground}, since ${since}`,
    `  your case ${signal.caseReference ?? '-'}; look at it again on ${reviewOn}${isDue ? ': that is due' : ''}`,
  ].join('\n')

function printAll(found: readonly RestrictionView[], { json }: Options, none: string): void {
  if (json) printJson({ restrictions: found })
  else if (found.length === 0) note(none)
  else print(found.map(lineOf).join('\n'))
}

const noneLeft = 'Nothing is laid on this signal any more.'

export function addRestrictionCommands(program: Command): void {
  const group = program
    .command('restriction')
    .description('own signals that are restricted, or of which their subject is told nothing')
  const command = (words: string, description: string) =>
    group
      .command(words)
      .description(description)
      .requiredOption(...agencyOption)
      .option('--json', 'as JSON')
  const measureCommand = (words: string, description: string) =>
    command(words, description).requiredOption('--measure <code>', oneOf(signalMeasures))
  const reviewOption = [
    '--review-on <day>',
    'when to look at it again, YYYY-MM-DD, at most 184 days ahead',
  ] as const

  command('list', 'all of them; what has to be looked at first').action(async (options: Options) =>
    printAll(await (await restrictionsOf(options)).list(), options, 'None.'),
  )

  measureCommand('lay <signal>', 'restrict an own signal, or keep it from its subject')
    .requiredOption('--ground <code>', oneOf(measureGrounds))
    .requiredOption(...reviewOption)
    .action(
      async (
        signal: string,
        options: MeasureOptions & { readonly ground: string; readonly reviewOn: string },
      ) => {
        const { reviewOn } = options
        const measure = measureOf(options)
        const ground = codeIn(measureGrounds, options.ground, '--ground')
        const restrictions = await restrictionsOf(options)
        printAll(await restrictions.lay(signal, { measure, ground, reviewOn }), options, noneLeft)
      },
    )

  measureCommand('review <signal>', 'say that you looked at it again, and that it stays')
    .requiredOption(...reviewOption)
    .action(async (signal: string, options: MeasureOptions & { readonly reviewOn: string }) => {
      const { reviewOn } = options
      const measure = measureOf(options)
      const restrictions = await restrictionsOf(options)
      printAll(await restrictions.review(signal, { measure, reviewOn }), options, noneLeft)
    })

  measureCommand('lift <signal>', 'lift it; what was restricted is matched anew').action(
    async (signal: string, options: MeasureOptions) => {
      const restrictions = await restrictionsOf(options)
      printAll(await restrictions.lift(signal, measureOf(options)), options, noneLeft)
    },
  )
}
