import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  type Access,
  type AccessExportQuery,
  exportFormats,
  occasions,
  sides,
} from '../../wire/access.ts'
import { type AccessFilter, exportEnding } from '../accesses.ts'
import { HomeError } from '../agency-home.ts'
import { saveDownload } from './download.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'

type ListOptions = AccessFilter & {
  readonly agency: string
  readonly limit: string
  readonly json?: boolean
}

type ExportOptions = AccessExportQuery & { readonly agency: string; readonly output: string }

const lineOf = ({ index, at, kind, outcome, agency, client, officer, about }: Access): string =>
  [
    index,
    at,
    kind,
    outcome ?? '-',
    officer === undefined ? (client ?? agency) : `${client}/${officer}`,
    about ?? '',
  ]
    .join('  ')
    .trimEnd()

async function list({ agency, limit, json, ...filter }: ListOptions): Promise<void> {
  const most = Number(limit)
  if (!Number.isSafeInteger(most) || most < 1)
    throw new HomeError('--limit is a whole number from 1')
  const { partner } = await openHome(agency)
  const shown: Access[] = []
  let more = false
  for await (const access of partner.accesses(filter)) {
    more = shown.length === most
    if (more) break
    shown.push(access)
  }
  if (json) return printJson({ accesses: shown, more })
  for (const access of shown) print(lineOf(access))
  if (shown.length === 0) note('No act of your clients is as you ask.')
  if (more)
    note(`There are older ones. Ask with --limit, or with --until ${shown.at(-1)?.at ?? ''}`)
}

async function exportAll({ agency, output, ...query }: ExportOptions): Promise<void> {
  const { partner } = await openHome(agency)
  const { rows, text } = await partner.exportAccesses(query)
  await saveDownload(output, text, { ending: exportEnding(query.format, rows) })
  note(`${rows} acts in ${output}.`)
}

const wholeNumber = (text: string): number => {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new InvalidArgumentError('It is a whole number.')
}

/** Options that say which acts; the same for a list and an export. */
const withFilter = (command: Command): Command =>
  command
    .requiredOption(...agencyOption)
    .addOption(occasionOption())
    .addOption(
      new Option(
        '--by <side>',
        'whose acts: of your own clients, of others for you by delegation, of others with your signals',
      ).choices([...sides]),
    )
    .option('--kind <act>', 'only this act, such as overlap.read')
    .addOption(new Option('--outcome <outcome>', 'only these').choices(['permit', 'refuse']))
    .option('--client <client>', 'only this machine')
    .option('--officer <name>', 'only this officer, by the opaque name that your client gave')
    .option('--on-behalf-of <agency>', 'only acts for this agency')
    .option('--agreement <hash>', 'only under this agreement')
    .option('--purpose <purpose>', 'only for this purpose')
    .option('--about <id>', 'only about this signal, handle or follow-up')
    .option(
      '--answer-size-from <number>',
      'only answers with at least so many records',
      wholeNumber,
    )
    .option('--from <instant>', 'only from this moment on')
    .option('--until <instant>', 'only before this moment')

const occasionOption = () =>
  new Option('--occasion <why>', 'why you look; it stands on the ledger')
    .choices([...occasions])
    .makeOptionMandatory()

/** How an agency looks back at what its own clients did. Its client needs the scope `oversee`. */
export function addAccessCommands(program: Command): void {
  const access = program.command('access').description('look back at what your own clients did')

  withFilter(
    access
      .command('list')
      .description(
        'acts, permitted or refused, the newest first: entry, time, act, outcome, client/officer or agency, about',
      ),
  )
    .option('--limit <number>', 'most acts', '100')
    .option('--json', 'as JSON')
    .action(list)

  withFilter(
    access
      .command('export')
      .description('all acts that the filter shows, in a file; a table opens in a spreadsheet'),
  )
    .addOption(
      new Option('--format <form>', 'table or JSON').choices([...exportFormats]).default('csv'),
    )
    .requiredOption('-o, --output <file>', 'where to; refused when it is there')
    .action(exportAll)

  access
    .command('receipt <entry>')
    .description('the receipt of one act, as JSON; `verify-receipt` checks it offline')
    .requiredOption(...agencyOption)
    .addOption(occasionOption())
    .action(async (entry: string, options: { agency: string } & Pick<AccessFilter, 'occasion'>) => {
      const index = Number(entry)
      if (!Number.isSafeInteger(index) || index < 0)
        throw new HomeError('an entry is a whole number')
      const { partner } = await openHome(options.agency)
      printJson(await partner.accessReceipt(index, options.occasion))
    })
}
