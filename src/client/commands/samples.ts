import { type Command, Option } from 'commander'
import { type Access, occasions } from '../../wire/access.ts'
import { lookFindings, lookReasons } from '../../wire/codes/justifications.ts'
import { codesOf } from '../../wire/codes.ts'
import { type Sample, sampleStates } from '../../wire/justification.ts'
import { HomeError } from '../agency-home.ts'
import { caseCommitmentOf } from '../case-commitment.ts'
import { readOperatorKeys } from '../operators.ts'
import type { Partner } from '../partner.ts'
import { checkDraws } from '../sample-check.ts'
import type { SampleFilter } from '../samples.ts'
import {
  agencyOption,
  machineOption,
  officerOption,
  openHome,
  type Sitting,
} from './home-option.ts'
import { note, print, printJson } from './output.ts'

type Common = Sitting & { readonly agency: string; readonly json?: boolean }

const dayText = (instant: string): string => instant.slice(0, 10)

function headOf({ id, week, state, justifyBy, reviewBy, judgement, acts, look }: Sample): string {
  const term = state.endsWith('reason') ? justifyBy : reviewBy
  return [
    id,
    week,
    judgement !== undefined && state === 'judged'
      ? judgement.finding
      : state === 'reason-overdue'
        ? `no reason by ${dayText(justifyBy)}`
        : `${state}, by ${dayText(term)}`,
    look === undefined
      ? 'its entry was erased'
      : `${look.kind} by ${[look.client, look.officer].filter(Boolean).join('/')} on ${dayText(look.at)}`,
    acts > 1 ? `${acts} times` : '',
  ]
    .join('  ')
    .trimEnd()
}

const linesOf = (sample: Sample): string[] => {
  const { entry, look, justification, judgement } = sample
  const by = ({ client, officer, at }: { client: string; officer?: string; at: string }) =>
    `${[client, officer].filter(Boolean).join('/')}, ${dayText(at)}`
  return [
    headOf(sample),
    `  entry ${entry}${look?.about === undefined ? '' : `, about ${look.about}`}`,
    ...(justification === undefined
      ? []
      : [`  ${justification.reason}, ${justification.article} (${by(justification)})`]),
    ...(judgement === undefined ? [] : [`  ${judgement.finding} (${by(judgement)})`]),
  ]
}

async function gather<Item>(items: AsyncGenerator<Item>, limit: string): Promise<Item[]> {
  const most = Number(limit)
  if (!Number.isSafeInteger(most) || most < 1)
    throw new HomeError('--limit is a whole number from 1')
  const found: Item[] = []
  for await (const item of items) {
    if (found.push(item) === most) break
  }
  return found
}

/** All acts of the agency’s own clients, whole or not at all. */
async function ownActs(partner: Partner, occasion: SampleFilter['occasion']): Promise<Access[]> {
  const { rows, text } = await partner.exportAccesses({ occasion, format: 'json' })
  const parts: Uint8Array[] = []
  for await (const part of text) parts.push(part)
  const { accesses } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { accesses: Access[] }
  if (accesses.length !== rows) throw new Error('the list of your acts broke off')
  return accesses
}

async function check(options: Common & { readonly occasion: SampleFilter['occasion'] }) {
  const { partner, settings } = await openHome(options.agency, options)
  const { agency, gateway, keyholder } = settings
  const draws = await partner.samples.draws()
  const agreements = await partner.agreements()
  const minors = new Set(
    agreements.filter(({ content }) => content.ageBands.includes('minor')).map(({ hash }) => hash),
  )
  const checked = await checkDraws({
    agency,
    draws,
    beacons: await partner.samples.beacons(),
    accesses: await ownActs(partner, options.occasion),
    coversMinors: (hash) => minors.has(hash as never),
    keyholderThumbprint: keyholder.rootThumbprint,
    ledgerKey: (await readOperatorKeys(gateway)).ledgerKey,
  })
  if (checked.some(({ faults }) => faults.length > 0)) process.exitCode = 1
  if (options.json) return printJson({ draws: checked })
  for (const { week, looks, drawn, faults } of checked) {
    print(
      `${week}  ${drawn} of ${looks} looks  ${faults.length === 0 ? 'as it has to be' : 'WRONG'}`,
    )
    for (const fault of faults) print(`  ${fault}`)
  }
  if (checked.length === 0) note('No week was drawn yet.')
}

const occasionOption = () =>
  new Option('--occasion <why>', 'why you look; it stands on the ledger').choices([...occasions])

/** Looks that were drawn to be justified. Judging needs another machine than looked; see docs/justifications.md. */
export function addSampleCommands(program: Command): void {
  const sample = program
    .command('sample')
    .description('looks that were drawn this week to be justified, and judged by another')
  const command = (words: string, description: string) =>
    sample
      .command(words)
      .description(description)
      .requiredOption(...agencyOption)
      .option(...machineOption)
      .option(...officerOption)
      .option('--json', 'as JSON')

  command('list', 'drawn looks of the agency, the newest first')
    .addOption(occasionOption().default('spot-check'))
    .option('--own', 'only those of which you give the reason')
    .addOption(new Option('--state <state>', 'only these').choices([...sampleStates]))
    .addOption(new Option('--finding <finding>', 'only these').choices([...codesOf(lookFindings)]))
    .option('--week <week>', 'only of this week, such as 2026-W48')
    .option('--limit <number>', 'most looks', '100')
    .action(
      async ({
        agency,
        machine,
        officer,
        json,
        own,
        limit,
        ...filter
      }: Common & SampleFilter & { readonly own?: boolean; readonly limit: string }) => {
        const sitting = { ...(machine && { machine }), ...(officer && { officer }) }
        const { samples } = (await openHome(agency, sitting)).partner
        const found = await gather(own ? samples.listOwn() : samples.list(filter), limit)
        if (json) return printJson({ samples: found })
        for (const one of found) print(headOf(one))
        if (found.length === 0) note('None.')
      },
    )

  command('show <look>', 'one drawn look')
    .addOption(occasionOption().default('spot-check'))
    .option('--case <reference>', 'show the salt, and whether this case was committed to')
    .action(
      async (
        id: string,
        options: Common & {
          readonly occasion: SampleFilter['occasion']
          readonly case?: string
        },
      ) => {
        const { partner, keys } = await openHome(options.agency, options)
        const found = await partner.samples.read(id, options.occasion)
        if (options.json) return printJson(found)
        for (const line of linesOf(found)) print(line)
        if (options.case === undefined) return
        const { salt, commitment } = caseCommitmentOf(keys.signing, {
          number: id,
          caseReferences: [options.case],
        })
        const fits = found.justification?.caseCommitment === commitment
        print(fits ? `It is this case. Salt ${salt}` : 'It is another case, or none was named.')
        if (!fits) process.exitCode = 1
      },
    )

  command('justify <look>', 'give the reason of a look of your own')
    .addOption(
      new Option('--reason <code>', 'why you looked')
        .choices([...codesOf(lookReasons)])
        .makeOptionMandatory(),
    )
    .requiredOption('--article <code>', 'the legal basis that made it necessary, such as wpg-20')
    .option('--case <reference>', 'your own case; only a commitment to it leaves your agency')
    .action(
      async (
        id: string,
        options: Common & {
          readonly reason: Parameters<Partner['samples']['justify']>[1]['reason']
          readonly article: string
          readonly case?: string
        },
      ) => {
        const { partner, keys } = await openHome(options.agency, options)
        const { reason, article } = options
        const committed =
          options.case === undefined
            ? {}
            : {
                caseCommitment: caseCommitmentOf(keys.signing, {
                  number: id,
                  caseReferences: [options.case],
                }).commitment,
              }
        const given = await partner.samples.justify(id, { reason, article, ...committed })
        if (options.json) return printJson(given)
        print(`It waits to be judged until ${dayText(given.reviewBy)}.`)
      },
    )

  command('review <look>', 'judge a look of another officer, at another machine')
    .addOption(
      new Option('--finding <code>', 'what you found')
        .choices([...codesOf(lookFindings)])
        .makeOptionMandatory(),
    )
    .action(
      async (
        id: string,
        options: Common & {
          readonly finding: Parameters<Partner['samples']['review']>[1]['finding']
        },
      ) => {
        const { partner } = await openHome(options.agency, options)
        const judged = await partner.samples.review(id, { finding: options.finding })
        if (options.json) return printJson(judged)
        print(`Judged: ${options.finding}.`)
      },
    )

  command(
    'check',
    'make every draw again from your own acts; exit 1 when one is not what it has to be',
  )
    .addOption(occasionOption().default('inspection'))
    .action(check)
}
