import type { Command } from 'commander'
import { keepingReasons, recallAnswers } from '../../wire/codes/recalls.ts'
import { codesOf } from '../../wire/codes.ts'
import type { RecallView } from '../../wire/recall.ts'
import { HomeError } from '../agency-home.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'

type Options = { readonly agency: string; readonly json?: boolean }

const lineOf = (one: RecallView): string =>
  [
    `${one.id}  ${one.state.padEnd(9)}  ${one.cause}, told ${one.toldAt}`,
    one.side === 'owner'
      ? `  ${one.other.name} opened signal ${one.signalId ?? ''} (${one.disclosure})`
      : `  you opened ${one.disclosure} of ${one.other.name}`,
    `  reminded ${one.reminders} times${one.nextReminderAt === undefined ? '' : `, again on ${one.nextReminderAt}`}`,
    ...(one.confirmedAt === undefined
      ? []
      : [
          `  confirmed ${one.confirmedAt}: ${one.answer}${one.reason === undefined ? '' : `, ${one.reason}`}`,
        ]),
  ].join('\n')

export function addRecallCommands(disclosure: Command): void {
  disclosure
    .command('recalls')
    .description(
      'opened texts whose signal was corrected, restricted or ended, and what was done with them',
    )
    .requiredOption(...agencyOption)
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      const { partner } = await openHome(options.agency)
      const recalls = await partner.recalls.list()
      if (options.json) return printJson(recalls)
      if (recalls.length === 0) note('None.')
      for (const one of recalls) print(lineOf(one))
    })

  disclosure
    .command('confirm-recall <recall>')
    .description('say what you did with a text whose signal was corrected, restricted or ended')
    .requiredOption('--answer <code>', `one of ${codesOf(recallAnswers).join(', ')}`)
    .option('--reason <code>', `why it is kept: one of ${codesOf(keepingReasons).join(', ')}`)
    .requiredOption(...agencyOption)
    .action(
      async (recall: string, options: Options & { readonly answer: string; reason?: string }) => {
        const answer = codesOf(recallAnswers).find((code) => code === options.answer)
        const reason = codesOf(keepingReasons).find((code) => code === options.reason)
        if (answer === undefined) {
          throw new HomeError(`--answer is one of ${codesOf(recallAnswers).join(', ')}`)
        }
        if ((answer === 'kept') !== (reason !== undefined)) {
          throw new HomeError(
            `--reason tells why it is kept: one of ${codesOf(keepingReasons).join(', ')}`,
          )
        }
        const { partner } = await openHome(options.agency)
        await partner.recalls.confirm(recall, {
          answer,
          ...(reason === undefined ? {} : { reason }),
        })
        print('Confirmed.')
      },
    )
}
