import type { Command } from 'commander'
import { noticeKinds } from '../../wire/codes/notices.ts'
import type { Notice } from '../../wire/notification.ts'
import { HomeError } from '../agency-home.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'
import { addWebhookCommands } from './webhooks.ts'

const sentenceOf = ({ kind }: Notice): string =>
  noticeKinds.find(({ code }) => code === kind)?.en ?? kind

const lineOf = (notice: Notice): string =>
  [
    `${String(notice.sequence).padStart(6)}  ${notice.at.slice(0, 16).replace('T', ' ')}  ${sentenceOf(notice)}`,
    notice.onBehalfOf === undefined ? '' : ` (for ${notice.onBehalfOf})`,
    `\n        ${notice.dataref}`,
  ].join('')

function numberIn(text: string, option: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new HomeError(`${option} takes the number of a notice`)
  }
  return number
}

export function addNotificationCommands(program: Command): void {
  const notifications = program
    .command('notifications')
    .description('what you are told: that something happened, and where to look')

  notifications
    .command('list', { isDefault: true })
    .description('what you have not acknowledged yet')
    .requiredOption(...agencyOption)
    .option('--after <number>', 'everything that is kept after this one, acknowledged or not')
    .option('--json', 'as JSON')
    .action(
      async (options: {
        readonly agency: string
        readonly after?: string
        readonly json?: boolean
      }) => {
        const { inbox } = (await openHome(options.agency)).partner
        const { after } = options
        const notices = await inbox.notices(
          after === undefined ? undefined : numberIn(after, '--after'),
        )
        if (options.json) return printJson(notices)
        if (notices.length === 0) note('None.')
        for (const notice of notices) print(lineOf(notice))
      },
    )

  notifications
    .command('acknowledge <number>')
    .description('say that you have dealt with every notice up to this one')
    .requiredOption(...agencyOption)
    .action(async (number: string, options: { readonly agency: string }) => {
      const { inbox } = (await openHome(options.agency)).partner
      print(`Acknowledged up to ${await inbox.acknowledge(numberIn(number, 'acknowledge'))}.`)
    })

  addWebhookCommands(notifications)
}
