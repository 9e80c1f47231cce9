import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { emergencyOutcomes } from '../../wire/codes/emergencies.ts'
import { codesOf } from '../../wire/codes.ts'
import type { EmergencyView } from '../../wire/emergency.ts'
import { chooseAgreement, HomeError, readJson, readSignatoryKey } from '../agency-home.ts'
import type { SignedEmergency } from '../emergencies.ts'
import { fieldsIn } from './field-option.ts'
import { agencyOption, agreementOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'

type Options = { readonly agency: string; readonly agreement?: string; readonly json?: boolean }

const open = async ({ agency, agreement }: Options) => {
  const { folder, partner } = await openHome(agency)
  return {
    folder,
    agency: partner.agency,
    emergencies: partner.emergencies,
    under: await chooseAgreement(folder, agreement),
  }
}

const placeOf = (folder: string, number: string): string =>
  join(folder, 'disclosures', `emergency-${number}.json`)

/** A signed emergency is written down before it is sent, so that an interrupted opening can go on. */
async function keep(folder: string, signed: SignedEmergency): Promise<void> {
  await mkdir(join(folder, 'disclosures'), { recursive: true, mode: 0o700 })
  await writeFile(placeOf(folder, signed.number), JSON.stringify(signed), {
    mode: 0o600,
    flag: 'wx',
  })
}

function printTexts(texts: Readonly<Record<string, string>>, json: boolean | undefined): void {
  if (json) printJson(texts)
  else for (const [field, text] of Object.entries(texts)) print(`${field}:\n${text}`)
}

const lineOf = (one: EmergencyView): string =>
  [
    `${one.number}  ${one.receiver} opened ${one.fields.join(', ')} of ${one.owner}’s signal ${one.signalId} on ${one.releasedAt ?? '-'}`,
    one.outcome ?? `  (review by ${one.reviewBy}${one.overdue ? ', OVERDUE' : ''})`,
    one.closed ? '  the route is closed for this receiver' : '',
  ]
    .filter((word) => word !== '')
    .join('  ')

/** The emergency route, beside disclosures that an owner grants. */
export function addEmergencyCommands(disclosure: Command): void {
  const emergency = disclosure
    .command('emergency')
    .description('acute danger to life: two officers open a sealed text, the owner reviews it')
  const command = (words: string, description: string) =>
    emergency
      .command(words)
      .description(description)
      .requiredOption(...agencyOption)
      .option(...agreementOption)

  command('open <handle>', 'sign with the keys of two officers and open; the owner is told at once')
    .requiredOption('--owner <agency>', 'short name of the agency whose signal it is')
    .requiredOption('--necessity <text>', 'what the danger is; the owner reads it')
    .requiredOption('--officer <key-files...>', 'key files of two signatories of your agency')
    .option('--fields <list>', 'sealed fields', 'narrative')
    .option('--json', 'as JSON')
    .action(
      async (
        handle: string,
        options: Options & {
          readonly owner: string
          readonly necessity: string
          readonly fields: string
          readonly officer: readonly string[]
        },
      ) => {
        const [first, second, ...more] = await Promise.all(options.officer.map(readSignatoryKey))
        if (first === undefined || second === undefined || more.length > 0) {
          throw new HomeError('--officer takes the key files of two people')
        }
        const { folder, emergencies, under } = await open(options)
        const wanted = {
          owner: options.owner,
          fields: fieldsIn(options.fields),
          necessity: options.necessity,
        }
        const signed = await emergencies.sign({ handle }, wanted, under, [first, second])
        await keep(folder, signed)
        note(`Emergency ${signed.number}. Interrupted, go on with: disclosure emergency resume`)
        printTexts(await emergencies.open(signed, under), options.json)
      },
    )

  command('resume <number>', 'go on with an emergency that was signed and interrupted')
    .option('--json', 'as JSON')
    .action(async (number: string, options: Options) => {
      const { folder, emergencies, under } = await open(options)
      const signed = (await readJson(placeOf(folder, number))) as SignedEmergency
      printTexts(await emergencies.open(signed, under), options.json)
    })

  for (const [name, side, description] of [
    [
      'inbox',
      'owner',
      'emergencies in which your signals were opened, as both operators have them',
    ],
    ['list', 'receiver', 'emergencies in which your agency opened signals of others'],
  ] as const) {
    command(name, description)
      .option('--json', 'as JSON')
      .action(async (options: Options) => {
        const { agency, emergencies, under } = await open(options)
        const found = await emergencies.list(under)
        const all = found.emergencies.filter((one) => one[side] === agency)
        if (options.json) return printJson({ emergencies: all, onlyAt: found.onlyAt })
        if (all.length === 0) note('None.')
        for (const one of all) {
          print(lineOf(one))
          if (one.necessity !== undefined) print(`  why: ${one.necessity.text}`)
          if (found.onlyAt.keyholder.includes(one.number)) {
            print('  THE GATEWAY DID NOT TELL OF THIS. Report it.')
          }
        }
      })
  }

  command('review <number>', 'say what you found, at both operators')
    .requiredOption('--outcome <code>', `one of ${codesOf(emergencyOutcomes).join(', ')}`)
    .action(async (number: string, options: Options & { readonly outcome: string }) => {
      const outcome = codesOf(emergencyOutcomes).find((code) => code === options.outcome)
      if (outcome === undefined) {
        throw new HomeError(`--outcome is one of ${codesOf(emergencyOutcomes).join(', ')}`)
      }
      const { emergencies } = await open(options)
      await emergencies.review(number, outcome)
      print(
        outcome === 'not-justified'
          ? 'Reviewed. The route is closed for this receiver; "reopen" opens it again.'
          : 'Reviewed.',
      )
    })

  command('reopen <receiver>', 'let an agency use the route on your signals again').action(
    async (receiver: string, options: Options) => {
      const { emergencies, under } = await open(options)
      await emergencies.reopen(receiver, under)
      print('Open again, at both operators.')
    },
  )
}
