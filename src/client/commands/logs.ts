import { type Command, Option } from 'commander'
import { type LogQuery, logOccasions } from '../../wire/processing-log.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print } from './output.ts'

type LogOptions = LogQuery & { readonly agency: string }

const addLog = (
  log: Command,
  name: string,
  description: string,
  read: (
    partner: Awaited<ReturnType<typeof openHome>>['partner'],
    query: LogQuery,
  ) => AsyncIterable<object>,
): void => {
  log
    .command(name)
    .description(`${description}, as JSON, a record a line, the oldest first`)
    .requiredOption(...agencyOption)
    .addOption(
      new Option('--occasion <why>', 'why you read it; it stands on the ledger')
        .choices([...logOccasions])
        .makeOptionMandatory(),
    )
    .option('--from <instant>', 'only from this moment on')
    .option('--until <instant>', 'only before this moment')
    .option('--about <id>', 'only about this record of yours, such as a signal')
    .addOption(
      new Option('--activities <which>', 'with confidential activities, or without').choices([
        'ordinary',
        'all',
      ]),
    )
    .action(async ({ agency, ...query }: LogOptions) => {
      const { partner } = await openHome(agency)
      let count = 0
      for await (const record of read(partner, query)) {
        print(JSON.stringify(record))
        count += 1
      }
      note(count === 1 ? '1 record.' : `${count} records.`)
    })
}

/** How an agency gets its logs in forms that others read. Its client needs the scope `oversee`. */
export function addLogCommands(program: Command): void {
  const log = program.command('log').description('your logs, in forms that other systems read')
  addLog(
    log,
    'processing',
    'what was processed by you and for you (Logboek Dataverwerkingen)',
    (partner, query) => partner.processingLog(query),
  )
  addLog(
    log,
    'decisions',
    'how it was decided on what you did (Authorization Decision Log)',
    (partner, query) => partner.decisionLog(query),
  )
}
