import type { Command } from 'commander'
import { flagOutcomes, flagReasons } from '../../wire/codes/non-punishment.ts'
import { codesOf } from '../../wire/codes.ts'
import type { FlagView } from '../../wire/non-punishment.ts'
import { chooseAgreement, HomeError } from '../agency-home.ts'
import { agencyOption, agreementOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'

type Options = { readonly agency: string; readonly agreement?: string; readonly json?: boolean }

const open = async ({ agency, agreement }: Options) => {
  const { folder, partner } = await openHome(agency)
  return {
    nonPunishment: partner.nonPunishment,
    under: await chooseAgreement(folder, agreement),
  }
}

const linesOf = (flag: FlagView): string =>
  [
    `${flag.id}  ${flag.state.padEnd(7)}  ${
      flag.outcome === undefined
        ? `by ${flag.dueAt.slice(0, 10)}, ${flag.desk}`
        : `${flag.outcome} (${flag.reason})`
    }`,
    ...flag.own.map(({ id, caseReference }) => `  your case ${caseReference ?? id}`),
    ...flag.call.map(
      ({ name, contactDesk, mention }) => `  call ${name}: ${contactDesk}; mention ${mention}`,
    ),
  ].join('\n')

export function addNonPunishmentCommands(program: Command): void {
  const group = program
    .command('non-punishment')
    .description('persons who are a suspect to one agency and a presumed victim to another')
  const command = (words: string, description: string) =>
    group
      .command(words)
      .description(description)
      .requiredOption(...agencyOption)
      .option(...agreementOption)

  command('list', 'what your agency has to look at again, where the agreement names it for that')
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      const { nonPunishment, under } = await open(options)
      const flags = await nonPunishment.list(under)
      if (options.json) return printJson(flags)
      if (flags.length === 0) note('None.')
      for (const flag of flags) print(linesOf(flag))
    })

  command('close <flag>', 'record what came of the review')
    .requiredOption('--outcome <code>', `one of ${codesOf(flagOutcomes).join(', ')}`)
    .requiredOption('--reason <code>', `one of ${codesOf(flagReasons).join(', ')}`)
    .action(
      async (
        flag: string,
        options: Options & { readonly outcome: string; readonly reason: string },
      ) => {
        const outcome = codesOf(flagOutcomes).find((code) => code === options.outcome)
        const reason = codesOf(flagReasons).find((code) => code === options.reason)
        if (outcome === undefined) {
          throw new HomeError(`--outcome is one of ${codesOf(flagOutcomes).join(', ')}`)
        }
        if (reason === undefined) {
          throw new HomeError(`--reason is one of ${codesOf(flagReasons).join(', ')}`)
        }
        const { nonPunishment } = await open(options)
        await nonPunishment.close(flag, { outcome, reason })
        print('Closed.')
      },
    )

  command('mention <mention>', 'which of your cases you are called about').action(
    async (mention: string, options: Options) => {
      const { nonPunishment, under } = await open(options)
      const { signal, handle } = await nonPunishment.mention(mention, under)
      print(
        `${signal.caseReference ?? signal.id}${handle === undefined ? '' : `  overlap ${handle}`}`,
      )
    },
  )
}
