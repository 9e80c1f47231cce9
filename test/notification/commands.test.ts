import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readJson } from '../../src/client/agency-home.ts'
import { answerChallenge } from '../../src/client/webhook-receiver.ts'
import type { PrivateJwk } from '../../src/proofs/statement.ts'
import { writeAgencyHome } from '../support/agency-home.ts'
import { run } from '../support/command.ts'
import { openHouse } from '../support/house.ts'
import { openReceiver, receiverHost } from '../support/receiver.ts'
import { signalAbout } from '../support/signals.ts'

const receiver = await openReceiver(t)
const house = await openHouse(t, {
  webhooks: {
    networks: ['127.0.0.0/8'],
    ports: [receiver.port],
    authoritiesFile: receiver.authoritiesFile,
  },
  resolve: async () => ['127.0.0.1'],
})
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])
const url = `https://${receiverHost}:${receiver.port}/hook`
const folder = join(house.folder, 'gemeente')
const raakvlak = (...words: readonly string[]) =>
  run(house.folder, 'src/client/cli.ts', 'notifications', ...words, '--agency', folder)

t.test(
  'the command line lists, acknowledges, registers a webhook and checks what came',
  async (t) => {
    await writeAgencyHome(house, folder, gemeente)
    t.match(await raakvlak(), { code: 0, error: /None/ })
    const keyFile = join(house.folder, 'receiver-key.json')
    receiver.answer(async ({ body }, response) => {
      const event = JSON.parse(body.toString())
      if (event.data === undefined) return void response.writeHead(204).end()
      const key = (await readJson(keyFile)) as PrivateJwk
      response.end(JSON.stringify(await answerChallenge(event, url, key)))
    })
    t.match(await raakvlak('webhook', 'register', url, '--key', keyFile), {
      code: 0,
      out: /active .*receiver.example.*\nThe receiver answered/,
    })
    t.match(await raakvlak('webhook', 'register', 'http://x.example/', '--key', keyFile), {
      code: 1,
      error: /\/url only https/,
    })
    for (const agency of [politie, gemeente]) {
      await agency.call('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, under))
    }
    await house.operator('gateway').runDueWork()
    t.match(await raakvlak('webhook', 'deliveries'), { out: /1 {2}delivered .*accepted 204/ })
    t.match(await raakvlak('list'), {
      out: /1 .*touches one of another agency\n +\/v1\/overlaps\//,
    })
    t.match(await raakvlak('acknowledge', '1'), { out: /up to 1/ })
    t.match(await raakvlak('acknowledge', '2'), { code: 1, error: /no notice with this number/ })
    t.match(await raakvlak('list', '--after', '0', '--json'), { out: /"acknowledged": true/ })

    const came = receiver.came.at(-1)
    const [headers, body] = [join(house.folder, 'headers.json'), join(house.folder, 'body.json')]
    await writeFile(headers, JSON.stringify(came?.headers))
    await writeFile(body, came?.body ?? '')
    const check = (at: string) =>
      raakvlak('webhook', 'check', body, '--headers', headers, '--url', at)
    t.match(await check(url), { code: 0, out: /overlap-found/, error: /It is from the gateway/ })
    t.match(await check(`${url}2`), { code: 1, error: /signature does not hold/ })
    await writeFile(body, `${came?.body} `)
    t.match(await check(url), { code: 1, error: /not the one that was signed/ })

    const [webhook] = await gemeente.partner.webhooks.list()
    const id = webhook?.id ?? ''
    t.match(await raakvlak('webhook', 'redeliver', id, '--from', '1'), {
      out: /1 to be sent again/,
    })
    t.match(await raakvlak('webhook', 'redeliver', id), { code: 1, error: /--from or --notice/ })
    t.match(await raakvlak('webhook', 'test', id), { out: /The receiver answered/ })
    t.match(await raakvlak('webhook', 'remove', id), { out: /Removed/ })
    t.match(await raakvlak('webhook', 'list'), { error: /None/ })
  },
)
