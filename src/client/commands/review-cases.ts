import { type Command, Option } from 'commander'
import { type AccessQuery, occasions } from '../../wire/access.ts'
import {
  agencyOption,
  machineOption,
  officerOption,
  openHome,
  type Sitting,
} from './home-option.ts'
import { note, print, printJson } from './output.ts'

/** What awaits whoever reviews for the agency, of every kind, as one list. Its client needs the scope `oversee`. */
export function addReviewCaseList(review: Command): void {
  review
    .command('list')
    .description(
      'what waits to be reviewed, the earliest due first: due, state, kind, id, address; emergencies, drawn looks, alarms, reviews that policies ask',
    )
    .requiredOption(...agencyOption)
    .option(...machineOption)
    .option(...officerOption)
    .addOption(
      new Option('--occasion <why>', 'why you look; it stands on the ledger')
        .choices([...occasions])
        .default('spot-check'),
    )
    .option('--json', 'as JSON')
    .action(
      async (
        options: Sitting & {
          readonly agency: string
          readonly occasion: AccessQuery['occasion']
          readonly json?: boolean
        },
      ) => {
        const { samples } = (await openHome(options.agency, options)).partner
        const found = await samples.reviewCases(options.occasion)
        if (options.json) return printJson(found)
        for (const { dueAt, state, kind, id, address, own } of found.cases) {
          const whose = own ? '  (about you: a colleague has to see to it)' : ''
          print(
            `${dueAt.slice(0, 10)}  ${state.padEnd(7)}  ${kind.padEnd(16)}  ${id}  ${address}${whose}`,
          )
        }
        if (found.cases.length === 0) note('Nothing waits to be reviewed.')
        if (found.more) note('There are more than are shown.')
      },
    )
}
