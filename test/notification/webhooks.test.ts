import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import {
  answerChallenge,
  type Received,
  type RefusedNotification,
  trustNotificationKeys,
  verifyNotification,
} from '../../src/client/webhook-receiver.ts'
import { openLog } from '../../src/door/request-log.ts'
import { openGateway } from '../../src/gateway.ts'
import { shifted } from '../../src/kernel/clock.ts'
import type { RunningOperator } from '../../src/operator.ts'
import { thumbprintOf } from '../../src/proofs/statement.ts'
import type {
  DeliveryPage,
  NotificationKeys,
  Webhook,
  WebhookList,
  WebhookTest,
} from '../../src/wire/webhook.ts'
import { openTestClock, type TestClock } from '../support/clock.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { type Answering, type Came, openReceiver, receiverHost } from '../support/receiver.ts'
import { signalAbout } from '../support/signals.ts'

const hour = 3_600
const years = 366 * 86_400

const receiver = await openReceiver(t)
const other = await openReceiver(t)
/** What the name of the receiver stands for at the moment. */
let addresses: string[] = ['127.0.0.1']
const webhooks = {
  source: 'urn:nld:oin:00000000000000000000:systeem:raakvlak',
  networks: ['127.0.0.0/8'],
  ports: [receiver.port, other.port],
  authoritiesFile: receiver.authoritiesFile,
}
const resolveName = async () => addresses
const house = await openHouse(t, { webhooks, resolve: resolveName })
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente], {
  validity: {
    notBefore: house.clock.now().toISOString(),
    notAfter: shifted(house.clock.now(), 10 * years).toISOString(),
  },
  quotas: { evaluationsPerDay: 1, submissionsPerDay: 10_000, withdrawalsPerDay: 100 },
})
const { signing: receiverKey } = await makeAgencyKeys()
const keyThumbprint = await thumbprintOf(receiverKey)
const url = `https://${receiverHost}:${receiver.port}/hook`
const keys = await trustNotificationKeys(
  (await gemeente.call<NotificationKeys>('GET', '/v1/notifications/keys')).body,
  house.pins.gateway.rootThumbprint,
)

const verify = (came: Came, seen = new Set<string>(), change = {}): Promise<Received> =>
  verifyNotification(came, {
    url,
    keys,
    clock: house.clock,
    remember: (id) => !seen.has(id) && seen.add(id) !== undefined,
    ...change,
  })

/** Answers challenges as it should, and notices as it is told. */
const willing =
  (onNotice: Answering = (_came, response) => void response.writeHead(204).end()): Answering =>
  async (came, response) => {
    // Clocks ahead of the machine's sign ahead of it: their age is tested apart.
    const event = JSON.parse(came.body.toString())
    if (event.data?.challenge === undefined) return onNotice(came, response)
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(await answerChallenge(event, url, receiverKey)))
  }
const always =
  (status: number, headers = {}): Answering =>
  (_came, response) =>
    void response.writeHead(status, headers).end()

const register = (agency: HouseAgency, change: object = {}) =>
  agency.call<WebhookTest>('POST', '/v1/notifications/webhooks', { url, keyThumbprint, ...change })
const listed = async (agency = gemeente): Promise<Webhook[]> =>
  (await agency.call<WebhookList>('GET', '/v1/notifications/webhooks')).body.webhooks
const deliveries = async (query = '', agency = gemeente) =>
  (await agency.call<DeliveryPage>('GET', `/v1/notifications/deliveries${query}`)).body.deliveries

/** A webhook that is told from now on; everything that came before is forgotten. */
async function fresh(): Promise<Webhook> {
  for (const { id } of await listed()) {
    await gemeente.call('POST', `/v1/notifications/webhooks/${id}/_remove`, {})
  }
  await gemeente.partner.inbox.notices().then(async (notices) => {
    const last = notices.at(-1)
    if (last !== undefined) await gemeente.partner.inbox.acknowledge(last.sequence)
  })
  addresses = ['127.0.0.1']
  receiver.answer(willing())
  const { body } = await register(gemeente)
  if (body.webhook?.state !== 'active') throw new Error(JSON.stringify(body))
  receiver.came.length = 0
  return body.webhook
}

let subjects = 0
/** Something that the municipality is told. */
async function touch(times = 1): Promise<void> {
  for (let at = 0; at < times; at += 1) {
    subjects += 1
    for (const agency of [politie, gemeente]) {
      const body = signalAbout({ bsn: `webhook-${subjects}` }, under, { caseReference: 'SECRET' })
      const { status, text } = await agency.call('POST', '/v1/signals', body)
      if (status !== 201) throw new Error(text)
    }
  }
}
const sequences = (all: readonly Came[] = receiver.came) =>
  all.map(({ body }) => Number(JSON.parse(body.toString()).sequence))
const ids = (all: readonly Came[] = receiver.came) =>
  all.map(({ body }) => String(JSON.parse(body.toString()).id))

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return
    await pause(100)
  }
  throw new Error(`it never came to it: ${what}`)
}

/** Another gateway process on the same database, with a clock of its own. */
async function another(clock: TestClock = openTestClock()): Promise<RunningOperator> {
  return openGateway(house.settings.gateway, {
    clock,
    random: house.random,
    logger: openLog({ level: 'silent' }),
    path: (relative) => resolve(house.folder, relative),
    resolve: resolveName,
  })
}

t.test(
  'a webhook is told once it has answered a challenge, signed and without content',
  async (t) => {
    receiver.answer(always(200))
    const silent = await register(gemeente)
    t.match(silent, {
      status: 201,
      body: { result: 'wrong-answer', webhook: { state: 'unconfirmed' } },
    })
    await touch()
    await house.operator('gateway').runDueWork()
    t.equal(receiver.came.length, 1, 'nothing but the challenge was sent')
    const mine = silent.body.webhook
    receiver.answer(willing())
    const before = await house.ledgerSize('gateway')
    const tested = await gemeente.call<WebhookTest>(
      'POST',
      `/v1/notifications/webhooks/${mine.id}/_test`,
      {},
    )
    t.match(tested.body, { result: 'accepted', webhook: { state: 'active', waiting: 0 } })
    t.match(await house.entries('gateway', before), [
      { kind: 'webhook.test', outcome: 'permit', webhook: mine.id },
      { kind: 'webhook.confirm', agency: 'gemeente', webhook: mine.id },
    ])
    receiver.came.length = 0
    await touch()
    await until(() => receiver.came.length === 1, 'the queue delivers by itself')
    const [came] = receiver.came
    if (came === undefined) throw new Error('nothing came')
    const { event } = await verify(came)
    const notice = (await gemeente.partner.inbox.notices()).at(-1)
    t.strictSame(event, {
      specversion: '1.0',
      id: notice?.id,
      source: webhooks.source,
      type: 'nl.raakvlak.notices.overlap-found.v1',
      time: notice?.at,
      sequence: String(notice?.sequence),
      sequencetype: 'Integer',
      dataref: `${house.pins.gateway.url}${notice?.dataref}`,
    })
    t.notMatch(came.body.toString(), /SECRET|politie|certain|official|agreement/)
    t.match(await deliveries(), [
      { state: 'delivered', attempts: 1, result: 'accepted', status: 204 },
    ])
    t.notMatch(JSON.stringify(house.logged), new RegExp(receiverHost), 'no log names the receiver')
  },
)

t.test(
  'what is tampered with, old, for another address or of another key is refused',
  async (t) => {
    await fresh()
    await touch()
    await until(() => receiver.came.length === 1, 'it came')
    const [came] = receiver.came
    if (came === undefined) throw new Error('nothing came')
    const refused = (reason: RefusedNotification['reason']) => ({
      name: 'RefusedNotification',
      reason,
    })
    const withHeader = (name: string, value: string) => ({
      ...came,
      headers: { ...came.headers, [name]: value },
    })
    const changed = came.body.toString().replace('overlap-found', 'overlap-ended')
    await t.rejects(verify({ ...came, body: Buffer.from(changed) }), refused('digest'))
    const digest = String(came.headers['content-digest'])
    const turned = digest.replace(/:(.)/, (_all, first) => `:${first === 'A' ? 'B' : 'A'}`)
    await t.rejects(verify(withHeader('content-digest', turned)), refused('signature'))
    await t.rejects(verify(withHeader('content-type', 'text/plain')), refused('signature'))
    const signature = String(came.headers.signature)
    const forged = signature.replace(/:(.)/, (_all, first) => `:${first === 'A' ? 'B' : 'A'}`)
    await t.rejects(verify(withHeader('signature', forged)), refused('signature'))
    const input = String(came.headers['signature-input'])
    await t.rejects(
      verify(withHeader('signature-input', input.replace(' "content-digest"', ''))),
      refused('signature'),
      'a signature that covers less',
    )
    await t.rejects(verify(came, new Set(), { url: `${url}2` }), refused('signature'))
    const { signing } = await makeAgencyKeys()
    await t.rejects(verify(came, new Set(), { keys: [signing] }), refused('signature'))
    const late = openTestClock()
    late.advance(400)
    await t.rejects(verify(came, new Set(), { clock: late }), refused('signature'))
    const seen = new Set<string>()
    t.match(await verify(came, seen), { kind: 'notice' })
    await t.rejects(verify(came, seen), refused('replayed'))
    const { body } = await gemeente.call<NotificationKeys>('GET', '/v1/notifications/keys')
    await t.rejects(trustNotificationKeys(body, house.pins.keyholder.rootThumbprint))
  },
)

t.test('only the receiver’s own key answers a challenge, for its own address', async (t) => {
  const { id } = await fresh()
  const { signing: thief } = await makeAgencyKeys()
  const answers: [string, Answering][] = [
    ['no answer', always(200)],
    ['too long', (_came, response) => void response.writeHead(200).end('x'.repeat(20_000))],
    [
      'of another key',
      async ({ body }, response) =>
        void response.end(
          JSON.stringify(await answerChallenge(JSON.parse(body.toString()), url, thief)),
        ),
    ],
    [
      'for another address',
      async ({ body }, response) =>
        void response.end(
          JSON.stringify(
            await answerChallenge(JSON.parse(body.toString()), `${url}x`, receiverKey),
          ),
        ),
    ],
    [
      'on another challenge',
      async ({ body }, response) => {
        const event = JSON.parse(body.toString())
        const asked = { ...event, data: { challenge: 'A'.repeat(43) } }
        response.end(JSON.stringify(await answerChallenge(asked, url, receiverKey)))
      },
    ],
  ]
  for (const [name, answer] of answers) {
    receiver.answer(answer)
    const { body } = await gemeente.call<WebhookTest>(
      'POST',
      `/v1/notifications/webhooks/${id}/_test`,
      {},
    )
    t.equal(body.result, 'wrong-answer', name)
  }
})

t.test('a receiver that is down for a day loses nothing, and hears it in its order', async (t) => {
  await fresh()
  await receiver.stop()
  await touch(3)
  const clock = openTestClock()
  const gateway = await another(clock)
  for (let passed = 0; passed < 24; passed += 1) {
    await gateway.runDueWork()
    clock.advance(hour)
  }
  t.match(await listed(), [{ state: 'active', waiting: 3, dead: 0 }])
  const [first] = await deliveries('?state=waiting')
  t.match(first, { result: 'unreachable' })
  t.ok((first?.attempts ?? 0) >= 8 && (first?.attempts ?? 99) <= 12, `${first?.attempts} attempts`)
  await receiver.start()
  clock.advance(9 * hour)
  await gateway.runDueWork()
  await gateway.close()
  const numbers = sequences()
  t.equal(numbers.length, 3)
  t.strictSame(
    numbers,
    [...numbers].sort((one, two) => one - two),
  )
  t.match(await listed(), [{ state: 'active', waiting: 0, dead: 0 }])
})

t.test('one that never accepts is paused, its agency sees it, and nothing is lost', async (t) => {
  const { id } = await fresh()
  receiver.answer(always(500))
  await touch(3)
  const clock = openTestClock()
  const gateway = await another(clock)
  for (let passed = 0; passed < 20; passed += 1) {
    await gateway.runDueWork()
    clock.advance(4 * hour)
  }
  await gateway.close()
  t.match(await listed(), [{ state: 'paused', waiting: 3, dead: 1 }])
  t.match(await deliveries('?state=dead'), [{ attempts: 13, result: 'refused', status: 500 }])
  const notices = await gemeente.partner.inbox.notices()
  t.match(notices.at(-1), { kind: 'webhook-paused', dataref: '/v1/notifications/webhooks' })
  receiver.answer(willing())
  receiver.came.length = 0
  await house.operator('gateway').runDueWork()
  t.equal(receiver.came.length, 0, 'paused: nothing is sent')
  await gemeente.call('POST', `/v1/notifications/webhooks/${id}/_test`, {})
  receiver.came.length = 0
  await until(async () => (await listed())[0]?.waiting === 0, 'what waited was delivered')
  t.match(await listed(), [{ state: 'active', dead: 1 }])
  const [dead] = await deliveries('?state=dead')
  const path = `/v1/notifications/webhooks/${id}/_redeliver`
  t.match(await gemeente.call('POST', path, { notice: dead?.notice }), { body: { waiting: 1 } })
  await until(() => ids().includes(dead?.notice ?? ''), 'the dead one was sent again')
  t.match(await listed(), [{ dead: 0, waiting: 0 }])
})

t.test('a notice that one receiver cannot digest does not stop those behind it', async (t) => {
  await fresh()
  await touch(3)
  const bad = new Set<string>()
  receiver.answer(
    willing(({ body }, response) => {
      const { id } = JSON.parse(body.toString())
      if (bad.size === 0) bad.add(id)
      response.writeHead(bad.has(id) ? 500 : 204).end()
    }),
  )
  const clock = openTestClock()
  const gateway = await another(clock)
  for (let passed = 0; passed < 16; passed += 1) {
    await gateway.runDueWork()
    clock.advance(10 * hour)
  }
  await gateway.close()
  const [webhook] = await listed()
  t.match(webhook, { state: 'active', waiting: 0, dead: 1 })
  t.match((await deliveries()).map(({ state }) => state).sort(), ['dead', 'delivered', 'delivered'])
})

t.test('a receiver replays: all from a number on, under the same ids', async (t) => {
  const { id } = await fresh()
  await touch(3)
  await until(() => receiver.came.length === 3, 'three came')
  const [numbers, told] = [sequences(), ids()]
  receiver.came.length = 0
  const path = `/v1/notifications/webhooks/${id}/_redeliver`
  await gemeente.call('POST', path, { from: numbers[1] })
  await until(() => receiver.came.length === 2, 'two came again')
  t.strictSame(ids(), told.slice(1))
  const none = { notice: '00000000-0000-4000-8000-000000000000' }
  t.match(await gemeente.call('POST', path, none), { code: 'notification/not-found' })
})

t.test('a redirect is not followed', async (t) => {
  await fresh()
  other.came.length = 0
  receiver.answer(always(302, { location: `https://127.0.0.1:${other.port}/` }))
  await touch()
  await until(async () => (await deliveries('?state=waiting')).length === 1, 'it was tried')
  await until(async () => (await deliveries('?state=waiting'))[0]?.attempts === 1, 'it was tried')
  t.match(await deliveries('?state=waiting'), [{ result: 'redirected', status: 302 }])
  t.equal(other.came.length, 0)
})

t.test('a name that comes to stand for a private address is not sent to', async (t) => {
  for (const private_ of [['10.0.0.1'], ['127.0.0.1', '169.254.169.254'], ['::ffff:10.0.0.1']]) {
    addresses = private_
    const refused = await register(gemeente, { url: `${url}/other` })
    t.equal(refused.code, 'notification/invalid-webhook', private_.join())
  }
  await fresh()
  addresses = ['127.0.0.1', '192.168.1.1']
  await touch()
  await until(async () => (await deliveries('?state=waiting'))[0]?.attempts === 1, 'it was tried')
  t.match(await deliveries('?state=waiting'), [{ result: 'forbidden-address' }])
  t.equal(receiver.came.length, 0, 'rebinding reaches nobody')
})

t.test(
  'an address that is no place for a webhook is refused, with everything that is wrong',
  async (t) => {
    const cases: [string, RegExp][] = [
      ['http://receiver.example/hook', /only https/],
      ['https://user:secret@receiver.example/', /without credentials/],
      ['https://receiver.example:22/', /not this port/],
      ['https://receiver.example/#part', /without a fragment/],
      ['https://RECEIVER.example/', /write it/],
      ['https://10.0.0.1/', /public addresses/],
      ['https://[::1]/', /public addresses/],
      ['https://2130706433/', /write it/],
      ['not an address', /no URL/],
    ]
    const before = await house.ledgerSize('gateway')
    for (const [one, words] of cases) {
      addresses = ['127.0.0.1']
      const { status, text, code } = await register(gemeente, { url: one })
      t.equal(status, 400, one)
      t.equal(code, 'notification/invalid-webhook', one)
      t.match(text, words, one)
      t.notMatch(text, /secret|RECEIVER/, 'nothing that was sent is repeated')
    }
    const both = await register(gemeente, { url: 'http://a:b@receiver.example:22/' })
    t.equal((both.body as unknown as { problems: unknown[] }).problems.length, 3)
    const entries = await house.entries('gateway', before)
    t.ok(entries.every(({ kind, outcome }) => kind === 'webhook.register' && outcome === 'refuse'))
  },
)

t.test('a certificate that nobody trusts is not spoken to', async (t) => {
  addresses = ['127.0.0.1']
  const { body } = await register(gemeente, {
    url: `https://${receiverHost}:${other.port}/hook`,
  })
  t.equal(body.result, 'untrusted-certificate')
  t.equal(other.came.length, 0)
})

t.test('a slow receiver does not keep others waiting, and is tried again', async (t) => {
  await fresh()
  let slow = true
  receiver.answer(
    willing(async (_came, response) => {
      if (slow) await pause(17_000)
      response.writeHead(204).end()
    }),
  )
  await touch()
  await until(() => receiver.came.length === 1, 'it came')
  await until(async () => (await deliveries('?state=waiting'))[0]?.result === 'timeout', 'given up')
  slow = false
  const clock = openTestClock()
  clock.advance(60)
  const gateway = await another(clock)
  await gateway.runDueWork()
  await gateway.close()
  t.equal(new Set(ids()).size, 1, 'the same notice, under the same id')
  t.match(await listed(), [{ waiting: 0 }])
})

t.test('two gateways at once: one delivery of a notice at a time, each in its order', async (t) => {
  await fresh()
  let [under_, most] = [0, 0]
  receiver.answer(
    willing(async (_came, response) => {
      under_ += 1
      most = Math.max(most, under_)
      await pause(20)
      under_ -= 1
      response.writeHead(204).end()
    }),
  )
  const gateways = await Promise.all([another(), another()])
  await touch(12)
  await Promise.all(gateways.map(({ runDueWork }) => runDueWork()))
  await until(async () => (await listed())[0]?.waiting === 0, 'all were delivered')
  await Promise.all(gateways.map(({ close }) => close()))
  t.equal(most, 1)
  const numbers = sequences()
  t.equal(numbers.length, 12)
  t.strictSame(
    numbers,
    [...numbers].sort((one, two) => one - two),
  )
})

t.test('a process that died while it delivered is followed by another one', async (t) => {
  const { id } = await fresh()
  await house.db.gateway
    .updateTable('webhook')
    .set({ claimed_by: 'the dead', claimed_until: shifted(house.clock.now(), 60) })
    .where('id', '=', id)
    .execute()
  await touch()
  await house.operator('gateway').runDueWork()
  t.equal(receiver.came.length, 0, 'nobody interferes with a claim')
  const clock = openTestClock()
  clock.advance(61)
  const gateway = await another(clock)
  await gateway.runDueWork()
  await gateway.close()
  t.equal(receiver.came.length, 1)
})

t.test('while an agreement is suspended nothing is sent; afterwards it is', async (t) => {
  await fresh()
  const suspend = (suspended: boolean) =>
    suspendAgreementAt(house.pins.gateway, house.administrators.gateway, {
      agreement: under.hash,
      suspended,
      cause: 'incident',
      at: house.clock.now(),
    })
  receiver.answer(willing(always(503)))
  await touch()
  await until(async () => (await deliveries('?state=waiting'))[0]?.attempts === 1, 'it was tried')
  await suspend(true)
  receiver.answer(willing())
  receiver.came.length = 0
  const clock = openTestClock()
  clock.advance(hour)
  const gateway = await another(clock)
  await gateway.runDueWork()
  t.equal(receiver.came.length, 0)
  t.strictSame(await deliveries(), [])
  t.match(await listed(), [{ waiting: 0 }], 'not even how many wait')
  await suspend(false)
  clock.advance(hour)
  await gateway.runDueWork()
  await gateway.close()
  t.equal(receiver.came.length, 1)
})

t.test('a webhook is one agency’s: to others it looks like none', async (t) => {
  const { id } = await fresh()
  const paths = ['_test', '_remove', '_redeliver'].map((act) => [
    `/v1/notifications/webhooks/${id}/${act}`,
    act === '_redeliver' ? { from: 1 } : {},
  ])
  for (const [path, body] of paths) {
    t.match(await politie.call('POST', String(path), body), {
      status: 404,
      code: 'notification/not-found',
    })
  }
  t.strictSame(await listed(politie), [])
  t.strictSame(await deliveries('', politie), [])
  t.match(await listed(), [{ id, state: 'active' }])
  for (let at = 0; at < 5; at += 1) await register(politie, { url: `${url}/${at}` })
  t.match(await register(politie, { url: `${url}/6` }), {
    code: 'notification/too-many-webhooks',
  })
  t.match(
    await register(politie, { url: `${url}/1` }),
    { status: 201 },
    'one that stands is welcome',
  )
})

t.test('a suspended agency is sent nothing', async (t) => {
  await fresh()
  receiver.answer(willing(always(503)))
  await touch()
  await until(async () => (await deliveries('?state=waiting'))[0]?.attempts === 1, 'it was tried')
  receiver.answer(willing())
  receiver.came.length = 0
  await house.pin('gateway', gemeente, { active: false })
  const clock = openTestClock()
  clock.advance(hour)
  const gateway = await another(clock)
  await gateway.runDueWork()
  t.equal(receiver.came.length, 0)
  await house.pin('gateway', gemeente, { active: true })
  clock.advance(hour)
  await gateway.runDueWork()
  await gateway.close()
  t.equal(receiver.came.length, 1)
})
