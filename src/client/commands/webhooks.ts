import { readFile, writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { systemClock } from '../../kernel/clock.ts'
import { type PrivateJwk, thumbprintOf } from '../../proofs/statement.ts'
import {
  type Delivery,
  deliveryStates,
  type Webhook,
  type WebhookTest,
} from '../../wire/webhook.ts'
import { HomeError, readJson } from '../agency-home.ts'
import { makeSigningKey } from '../agency-keys.ts'
import { answerChallenge, verifyNotification } from '../webhook-receiver.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'

type Options = { readonly agency: string; readonly json?: boolean }

const open = async ({ agency }: Options) => (await openHome(agency)).partner.webhooks

const lineOf = ({ id, state, url, waiting, dead }: Webhook): string =>
  `${id}  ${state.padEnd(11)}  ${url}${waiting === 0 ? '' : `  ${waiting} waiting`}${dead === 0 ? '' : `  ${dead} given up`}`

function printTest({ webhook, result, status }: WebhookTest): void {
  print(lineOf(webhook))
  const said = status === undefined ? '' : ` (${status})`
  print(
    result === 'accepted'
      ? 'The receiver answered: it is told from now on.'
      : `The receiver did not answer as it should: ${result.replaceAll('-', ' ')}${said}.`,
  )
}

/** The receiver's key in this file; made there when there is none. */
async function receiverKey(file: string): Promise<PrivateJwk> {
  try {
    await writeFile(file, JSON.stringify(await makeSigningKey()), { mode: 0o600, flag: 'wx' })
    note(`Made ${file}: give it to the receiver, which answers challenges with it.`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return (await readJson(file)) as PrivateJwk
}

const deliveryLine = ({ sequence, kind, state, attempts, result, status, notice }: Delivery) =>
  `${String(sequence).padStart(6)}  ${state.padEnd(9)}  ${kind}  ${attempts} attempts${result === undefined ? '' : `, ${result}`}${status === undefined ? '' : ` ${status}`}\n        ${notice}`

export function addWebhookCommands(notifications: Command): void {
  const webhook = notifications
    .command('webhook')
    .description('have notices sent to a system of yours, without content')
  const command = (words: string, description: string) =>
    webhook
      .command(words)
      .description(description)
      .requiredOption(...agencyOption)

  command('register <url>', 'say where you are told; it is sent a challenge at once')
    .requiredOption('--key <file>', 'the receiver’s key (JWK); made when it is not there')
    .action(async (url: string, options: Options & { readonly key: string }) => {
      const keyThumbprint = await thumbprintOf(await receiverKey(options.key))
      printTest(await (await open(options)).register({ url, keyThumbprint }))
    })

  command('list', 'your webhooks, and how they stand')
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      const all = await (await open(options)).list()
      if (options.json) return printJson(all)
      if (all.length === 0) note('None.')
      for (const one of all) print(lineOf(one))
    })

  command(
    'test <id>',
    'send a challenge; answered, it is told from then on, also after a pause',
  ).action(async (id: string, options: Options) => printTest(await (await open(options)).test(id)))

  command('remove <id>', 'end the sending, for good').action(
    async (id: string, options: Options) => {
      await (await open(options)).remove(id)
      print('Removed.')
    },
  )

  command('deliveries', 'what became of your notices')
    .addOption(new Option('--state <code>', 'only these').choices(deliveryStates))
    .option('--json', 'as JSON')
    .action(async (options: Options & { readonly state?: Delivery['state'] }) => {
      const all = await (await open(options)).deliveries(options.state)
      if (options.json) return printJson(all)
      if (all.length === 0) note('None.')
      for (const one of all) print(deliveryLine(one))
    })

  command('redeliver <id>', 'have notices sent again')
    .option('--notice <id>', 'this one')
    .option('--from <number>', 'all from this one on')
    .action(
      async (
        id: string,
        options: Options & { readonly notice?: string; readonly from?: string },
      ) => {
        const { notice, from } = options
        if ((notice === undefined) === (from === undefined)) {
          throw new HomeError('say which: --from or --notice')
        }
        const which = notice === undefined ? { from: Number(from) } : { notice }
        const { waiting } = await (await open(options)).redeliver(id, which)
        print(`${waiting} to be sent again.`)
      },
    )

  command('check <body-file>', 'whether what came to a webhook is from the gateway, and new enough')
    .requiredOption('--url <url>', 'the webhook’s own address, as it was registered')
    .requiredOption('--headers <file>', 'the headers as JSON, names in lower case')
    .option('--key <file>', 'the receiver’s key: prints the answer to a challenge')
    .action(
      async (
        bodyFile: string,
        options: Options & {
          readonly url: string
          readonly headers: string
          readonly key?: string
        },
      ) => {
        const { url, headers, key } = options
        const received = await verifyNotification(
          {
            headers: (await readJson(headers)) as Record<string, string>,
            body: await readFile(bodyFile),
          },
          {
            url,
            keys: await (await open(options)).keys(),
            clock: systemClock,
            remember: () => true,
          },
        )
        note('It is from the gateway. Whether it came before, only the receiver knows: by its id.')
        if (received.kind === 'notice' || key === undefined) return printJson(received.event)
        const ownKey = (await readJson(key)) as PrivateJwk
        printJson(await answerChallenge(received.event, url, ownKey))
      },
    )
}
