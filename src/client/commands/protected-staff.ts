import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { dayOf, shifted, systemClock } from '../../kernel/clock.ts'
import type { ProtectedStaff } from '../../wire/protected-staff.ts'
import { chooseAgreement, HomeError } from '../agency-home.ts'
import { plainBytes } from '../csv.ts'
import { staffRowDefaults } from '../protected-staff.ts'
import { readRows } from '../rows.ts'
import { agencyOption, agreementOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'

type Options = { readonly agency: string; readonly json?: boolean }
type RegisterOptions = Options & {
  readonly agreement?: string
  readonly file: string
  readonly days: string
}

/** A file of staff with what every row of a signal needs; a column that is there already stays as it is. */
function completed(file: Uint8Array): string {
  let records: string[][]
  try {
    records = parse(Buffer.from(plainBytes(file)), {
      delimiter: [',', ';', '\t'],
      relax_column_count: true,
      skip_empty_lines: true,
    })
  } catch {
    throw new HomeError('the file is not a table with commas, semicolons or tabs')
  }
  const [header = [], ...rows] = records
  const missing = Object.entries(staffRowDefaults(systemClock)).filter(
    ([column]) => !header.some((name) => name.trim() === column),
  )
  return stringify([
    [...header, ...missing.map(([column]) => column)],
    ...rows.map((row) => [
      ...header.map((_, at) => row[at] ?? ''),
      ...missing.map(([, value]) => value),
    ]),
  ])
}

function show({ lists }: ProtectedStaff, json: boolean | undefined): void {
  if (json) {
    printJson({ lists })
    return
  }
  for (const { domain, members, expiresOn } of lists) {
    print(`${domain}  ${members} protected  the first until ${expiresOn}`)
  }
  if (lists.length === 0) note('Nobody is protected.')
}

async function register({ agency, agreement, file, days, json }: RegisterOptions): Promise<void> {
  const count = Number(days)
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new HomeError('--days is a whole number from 1')
  }
  const { folder, partner } = await openHome(agency)
  const under = await chooseAgreement(folder, agreement)
  const now = systemClock.now()
  const { rows, rejected } = readRows(completed(await readFile(file)), { today: dayOf(now) })
  for (const { line, problems } of rejected) note(`line ${line}: ${problems.join('; ')}`)
  if (rows.length === 0) throw new HomeError('there is nobody in the file who can be protected')
  const until = dayOf(shifted(now, count * 86_400))
  const { lists, unlinkable } = await partner.protectedStaff.protect(rows, under, until)
  show({ lists }, json)
  if (unlinkable > 0) note(`${unlinkable} of them cannot be told by what the file says of them.`)
}

/** Staff whom an agency protects against looks of its own people. Its client needs the scopes `oversee` and `evaluate`. */
export function addProtectedStaffCommands(program: Command): void {
  const staff = program
    .command('protect-staff')
    .description('be told when your own people submit or look at a signal about your own staff')

  staff
    .command('register')
    .description('protect the people in a file; their names stay here, tokens go')
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .requiredOption('--file <csv>', 'columns that identify, as in a file of signals')
    .option('--days <number>', 'for how long', '365')
    .option('--json', 'as JSON')
    .action(register)

  staff
    .command('list')
    .description('how many are protected')
    .requiredOption(...agencyOption)
    .option('--json', 'as JSON')
    .action(async ({ agency, json }: Options) => {
      const { partner } = await openHome(agency)
      show(await partner.protectedStaff.list(), json)
    })

  staff
    .command('remove')
    .description('end all of it, at once and for good')
    .requiredOption(...agencyOption)
    .option('--json', 'as JSON')
    .action(async ({ agency, json }: Options) => {
      const { partner } = await openHome(agency)
      show(await partner.protectedStaff.remove(), json)
    })
}
