import { join } from 'node:path'
import type { Command } from 'commander'
import { systemClock } from '../../kernel/clock.ts'
import { randomUuid, systemRandomness } from '../../kernel/random.ts'
import { thumbprintOf } from '../../proofs/statement.ts'
import {
  addMachine,
  addSignatory,
  createHome,
  HomeError,
  homeFolder,
  readPublicAgency,
} from '../agency-home.ts'
import { makeAgencyKeys } from '../agency-keys.ts'
import { GatewayProblem } from '../errors.ts'
import { currentCard } from '../kept-card.ts'
import {
  enrolAdministrator,
  type PinnedOperator,
  pinAgency,
  readOperator,
  vouchFor,
} from '../operators.ts'
import {
  administratorOption,
  keepAdministrator,
  openAdministrator,
  readAdministrator,
} from './administrator-option.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print } from './output.ts'

const isUsedCode = (refusal: unknown): boolean =>
  refusal instanceof GatewayProblem && refusal.code === 'agencies/enrolment-refused'

const usedCode = (known: readonly PinnedOperator[], { url, rootThumbprint }: PinnedOperator) =>
  known.some((one) => one.url === url && one.rootThumbprint === rootThumbprint)
    ? `You enrolled at ${url} before, and this code is used up. Nothing was changed.`
    : `The code was used already, or a later start of ${url} printed a newer one. Nothing was changed.`

export function addAdministrationCommands(program: Command): void {
  const administrator = program
    .command('administrator')
    .description('who may admit agencies at an operator')

  administrator
    .command('enrol')
    .description('become the first administrator of an operator, with its one-time code')
    .requiredOption('--operator <url>', 'the operator')
    .requiredOption(
      '--thumbprint <thumbprint>',
      'root thumbprint of the operator, told out of band',
    )
    .requiredOption('--code <code>', 'the one-time code that the operator showed when it started')
    .option(...administratorOption)
    .action(
      async (options: {
        operator: string
        thumbprint: string
        code: string
        administrator: string
      }) => {
        const operator = { url: options.operator, rootThumbprint: options.thumbprint }
        const own = await readOperator(operator.url)
        if (own.rootThumbprint !== operator.rootThumbprint) {
          throw new HomeError(
            'the operator at this address has another root key than you were told; stop here',
          )
        }
        const folder = options.administrator
        const known = await readAdministrator(folder)
        const key = known?.key ?? (await makeAgencyKeys()).root
        // The key is kept before it is enrolled: a code works once, and a lost key would be for good.
        const keep = (operators: readonly PinnedOperator[]) =>
          keepAdministrator(folder, { key, operators })
        const before = known?.operators ?? []
        if (known === undefined) await keep(before)
        await enrolAdministrator(operator, key, options.code, systemClock.now()).catch(
          (refusal: unknown) => {
            throw isUsedCode(refusal) ? new HomeError(usedCode(before, operator)) : refusal
          },
        )
        await keep([...before.filter(({ url }) => url !== operator.url), operator])
        print(
          `You are the administrator of the ${own.operator}. The key is in ${folder}; keep it safe.`,
        )
      },
    )

  administrator
    .command('key')
    .description('make the key of a further administrator, for another one to vouch for')
    .requiredOption('--operator <url>', 'the operator')
    .requiredOption('--thumbprint <thumbprint>', 'its root thumbprint, told out of band')
    .option(...administratorOption)
    .action(async (options: { operator: string; thumbprint: string; administrator: string }) => {
      const operator = { url: options.operator, rootThumbprint: options.thumbprint }
      const known = await readAdministrator(options.administrator)
      const key = known?.key ?? (await makeAgencyKeys()).root
      const others = (known?.operators ?? []).filter(({ url }) => url !== operator.url)
      await keepAdministrator(options.administrator, { key, operators: [...others, operator] })
      print(`Thumbprint of your key, to be told out of band: ${await thumbprintOf(key)}`)
      note('Next, at an administrator who is one already: administrator vouch --help')
    })

  administrator
    .command('vouch')
    .description('vouch for another administrator; from the third on it takes two of you')
    .requiredOption('--for <thumbprint>', 'thumbprint of the other’s key, told out of band')
    .option(...administratorOption)
    .action(async (options: { for: string; administrator: string }) => {
      const { key, operators } = await openAdministrator(options.administrator)
      for (const operator of operators) {
        const at = systemClock.now()
        const state = await vouchFor(operator, key, { thumbprint: options.for, at })
        print(
          state === 'administrator'
            ? `An administrator at ${operator.url} now.`
            : `Noted at ${operator.url}; it takes one more administrator’s word.`,
        )
      }
    })

  const agency = program.command('agency').description('agencies and their keys')

  agency
    .command('create <name>')
    .description('make the folder of a new agency, with fresh keys that never leave it')
    .requiredOption('--gateway <url>', 'address of the gateway')
    .requiredOption('--gateway-thumbprint <thumbprint>', 'its root thumbprint, told out of band')
    .requiredOption('--keyholder <url>', 'address of the keyholder')
    .requiredOption('--keyholder-thumbprint <thumbprint>', 'its root thumbprint, told out of band')
    .requiredOption('--contact-desk <text>', 'whom other agencies call: a desk, a phone, a mailbox')
    .requiredOption(...agencyOption)
    .action(async (name: string, options: Record<string, string>) => {
      const folder = homeFolder(options.agency ?? '')
      const told = await createHome(folder, {
        name,
        contactDesk: options.contactDesk ?? '',
        gateway: { url: options.gateway ?? '', rootThumbprint: options.gatewayThumbprint ?? '' },
        keyholder: {
          url: options.keyholder ?? '',
          rootThumbprint: options.keyholderThumbprint ?? '',
        },
      })
      print(`Made ${folder} for ${told.agency}.`)
      print(`Root thumbprint, to be told to the administrators out of band: ${told.rootThumbprint}`)
      note(
        `Next: give ${join(folder, 'public.json')} to the administrators, and to whoever drafts the agreement.`,
      )
    })

  agency
    .command('register')
    .description('admit an agency at every operator that you administer')
    .requiredOption(
      '--agency <name-or-file>',
      'the agency’s public.json, or its name under var/agencies',
    )
    .option(
      '--thumbprint <thumbprint>',
      'root thumbprint as the agency told it; compared when given',
    )
    .option('--suspend', 'suspend the agency instead')
    .option(...administratorOption)
    .action(
      async (options: {
        agency: string
        thumbprint?: string
        suspend?: boolean
        administrator: string
      }) => {
        const admin = await openAdministrator(options.administrator)
        const { agency: id, name, rootThumbprint } = await readPublicAgency(options.agency)
        if (options.thumbprint !== undefined && options.thumbprint !== rootThumbprint) {
          throw new HomeError('the file holds another thumbprint than you were told; stop here')
        }
        const active = options.suspend !== true
        for (const operator of admin.operators) {
          await pinAgency(operator, admin.key, {
            agency: id,
            name,
            rootThumbprint,
            active,
            number: randomUuid(systemRandomness),
            at: systemClock.now(),
          })
          print(`${id} is ${active ? 'admitted' : 'suspended'} at ${operator.url}.`)
        }
        if (active) note(`Next, at the agency: agency present --agency ${options.agency}`)
      },
    )

  agency
    .command('present')
    .description('declare the agency’s keys and machine to both operators, under its root key')
    .requiredOption(...agencyOption)
    .action(async (options: { agency: string }) => {
      const { folder, partner, settings } = await openHome(options.agency)
      await partner.presentSigned(await currentCard(folder, settings))
      print(`Both operators know the keys of ${settings.agency}.`)
    })

  agency
    .command('signatory <name>')
    .description('make the key of a person who may sign agreements for the agency, beside its own')
    .requiredOption('--key <file>', 'where the key goes; give the file to that person')
    .requiredOption(...agencyOption)
    .action(async (name: string, options: { key: string; agency: string }) => {
      await addSignatory(homeFolder(options.agency), name, options.key)
      print(`${name} is on the agency’s next card. The key is in ${options.key}.`)
      note(`Next: agency present --agency ${options.agency}`)
    })

  agency
    .command('machine <name>')
    .description('make the key of a further machine of the agency, such as its privacy officer’s')
    .requiredOption('--key <file>', 'where the key goes; give the file to that machine')
    .requiredOption(...agencyOption)
    .action(async (name: string, options: { key: string; agency: string }) => {
      await addMachine(homeFolder(options.agency), name, options.key)
      print(`${name} is on the agency’s next card. The key is in ${options.key}.`)
      note(`Next: agency present --agency ${options.agency}`)
    })
}
