import { type Command, Option } from 'commander'
import { systemClock } from '../../kernel/clock.ts'
import { occasions } from '../../wire/access.ts'
import { type Alarm, type AlarmCloseBody, alarmStates } from '../../wire/alarm.ts'
import { alarmOutcomes, alarmReasons, alarmRules } from '../../wire/codes/alarms.ts'
import { codesOf } from '../../wire/codes.ts'
import { HomeError, readSignatoryKey } from '../agency-home.ts'
import { type AlarmFilter, openKeyholderAlarms } from '../alarms.ts'
import {
  agencyOption,
  machineOption,
  officerOption,
  openHome,
  type Sitting,
} from './home-option.ts'
import { note, print, printJson } from './output.ts'

type Options = {
  readonly agency: string
  readonly operator: 'gateway' | 'keyholder'
  readonly machine?: string
  readonly key?: string
  readonly json?: boolean
}
type ListOptions = Options & AlarmFilter & { readonly limit: string }
type Occasion = AlarmFilter['occasion']

const lineOf = (one: Alarm): string =>
  [
    one.id,
    one.raisedAt,
    one.rule,
    one.overdue ? `${one.state}, OVERDUE` : one.state,
    one.officer ?? one.client ?? 'the whole agency',
    `${one.measured} (from ${one.threshold})`,
    one.outcome ?? `by ${one.dueAt.slice(0, 10)}`,
  ].join('  ')

function show(one: Alarm, json: boolean | undefined): void {
  if (json) {
    printJson(one)
    return
  }
  print(lineOf(one))
  print(one.explanation.en)
  print(one.explanation.nl)
}

/** The keyholder hears signed statements: with the machines' key to ask, with a person's to answer. */
async function atKeyholder({ agency, key }: Options) {
  const { settings, keys } = await openHome(agency)
  const { gateway, keyholder } = settings
  const alarms = openKeyholderAlarms({
    agency: settings.agency,
    pins: { gateway, keyholder },
    clock: systemClock,
  })
  return {
    alarms,
    asking: keys.signing,
    answering: async () => {
      if (key === undefined) {
        throw new HomeError(
          'the keyholder takes this from a person only: name a signatory’s key file with --key',
        )
      }
      return readSignatoryKey(key)
    },
  }
}

const alarmsOfGateway = async ({ agency, machine }: Options, { officer }: Sitting = {}) => {
  const sitting = {
    ...(machine === undefined ? {} : { machine }),
    ...(officer === undefined ? {} : { officer }),
  }
  return (await openHome(agency, sitting)).partner.alarms
}

async function listed({ limit, ...options }: ListOptions): Promise<{
  readonly shown: Alarm[]
  readonly more: boolean
}> {
  const most = Number(limit)
  if (!Number.isSafeInteger(most) || most < 1) {
    throw new HomeError('--limit is a whole number from 1')
  }
  const { agency: _, operator, machine: __, key: ___, json: ____, ...filter } = options
  const isGateway = operator === 'gateway'
  if (!isGateway && (filter.rule ?? filter.officer ?? filter.client) !== undefined) {
    throw new HomeError('at the keyholder only --state narrows the list')
  }
  const found = isGateway
    ? (await alarmsOfGateway(options)).list(filter)
    : await atKeyholder(options).then(({ alarms, asking }) => alarms.list(filter, asking))
  const shown: Alarm[] = []
  for await (const alarm of found) {
    if (shown.length === most) return { shown, more: true }
    shown.push(alarm)
  }
  return { shown, more: false }
}

async function list(options: ListOptions): Promise<void> {
  const { shown, more } = await listed(options)
  if (options.json) return printJson({ alarms: shown, more })
  for (const alarm of shown) print(lineOf(alarm))
  if (shown.length === 0) note('There is no such alarm about your agency.')
  if (more) note('There are older ones. Ask with --limit.')
}

async function showOne(id: string, options: Options & { occasion: Occasion }): Promise<void> {
  if (options.operator === 'keyholder') {
    const { shown } = await listed({ ...options, limit: '1000000' })
    const found = shown.find((one) => one.id === id)
    if (found === undefined) throw new HomeError('the keyholder has no such alarm for you')
    return show(found, options.json)
  }
  const { alarm, firings, acts } = await (await alarmsOfGateway(options)).show(id, options.occasion)
  if (options.json) return printJson({ alarm, firings, acts })
  show(alarm, false)
  for (const { day, about, measured } of firings)
    print(`  ${day}  ${measured}  ${about ?? ''}`.trimEnd())
  if (acts !== undefined) note(`Its acts: ${acts}`)
}

async function take(id: string, options: Options & Sitting): Promise<void> {
  if (options.operator === 'gateway') {
    return show(await (await alarmsOfGateway(options, options)).take(id), options.json)
  }
  const { alarms, answering } = await atKeyholder(options)
  show(await alarms.take(id, await answering()), options.json)
}

async function close(id: string, options: Options & Sitting & AlarmCloseBody): Promise<void> {
  const found = { outcome: options.outcome, reason: options.reason }
  if (options.operator === 'gateway') {
    return show(await (await alarmsOfGateway(options, options)).close(id, found), options.json)
  }
  const { alarms, answering } = await atKeyholder(options)
  show(await alarms.close(id, found, await answering()), options.json)
}

const occasionOption = () =>
  new Option('--occasion <why>', 'why you look; it stands on the ledger')
    .choices([...occasions])
    .makeOptionMandatory()

/** Alarms about what one's own agency did. Its client needs the scope `oversee`. */
export function addAlarmCommands(program: Command): void {
  const alarm = program.command('alarm').description('look into alarms about what your agency did')
  const command = (words: string, description: string) =>
    alarm
      .command(words)
      .description(description)
      .requiredOption(...agencyOption)
      .addOption(
        new Option('--operator <operator>', 'who raised it')
          .choices(['gateway', 'keyholder'])
          .default('gateway'),
      )
      .option(...machineOption)
      .option('--json', 'as JSON')
  const answering = (words: string, description: string) =>
    command(words, description)
      .option(...officerOption)
      .option('--key <file>', 'at the keyholder: the key file of a signatory')

  command(
    'list',
    'alarms, the newest first: id, raised, rule, state, about whom, how much, outcome',
  )
    .addOption(occasionOption())
    .addOption(new Option('--state <state>', 'only these').choices([...alarmStates]))
    .addOption(new Option('--rule <rule>', 'only by this rule').choices([...codesOf(alarmRules)]))
    .option('--client <client>', 'only about this machine')
    .option('--officer <name>', 'only about this officer')
    .option('--limit <number>', 'most alarms', '100')
    .action(list)

  command('show <id>', 'one alarm, and the days and subjects that it was seen for')
    .addOption(occasionOption())
    .action(showOne)

  answering('take <id>', 'say that you look into an alarm').action(take)

  answering('close <id>', 'close an alarm that you took up, with what you found')
    .addOption(
      new Option('--outcome <outcome>', 'what you found')
        .choices([...codesOf(alarmOutcomes)])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--reason <reason>', 'why')
        .choices([...codesOf(alarmReasons)])
        .makeOptionMandatory(),
    )
    .action(close)
}
