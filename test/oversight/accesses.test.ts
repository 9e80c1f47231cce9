import t from 'tap'
import { verifyReceipt } from '../../src/proofs/receipt.ts'
import type { AccessPage } from '../../src/wire/access.ts'
import type { Receipt } from '../../src/wire/common.ts'
import type { SignalAnswer } from '../../src/wire/signal.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])
const absent = '00000000-0000-4000-8000-000000000000'

const look = (agency: HouseAgency, filter = '') =>
  agency.call<AccessPage>('GET', `/v1/accesses?occasion=spot-check${filter}`)
const receiptOf = (agency: HouseAgency, index: number) =>
  agency.call<Receipt>('GET', `/v1/accesses/${index}/receipt?occasion=complaint`)
const submit = (agency: HouseAgency) =>
  agency.call<SignalAnswer>('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, under))

t.test(
  'an agency sees what its own clients did, refused too, and nothing of another',
  async (t) => {
    const { body: mine } = await submit(politie)
    await submit(gemeente)
    await house.operator('gateway').runDueWork()
    await politie.call('GET', `/v1/signals/${absent}`)

    const { status, body } = await look(politie)
    t.equal(status, 200)
    t.match(body.accesses[0], { kind: 'signal.read', outcome: 'refuse', about: absent })
    t.ok(body.accesses.some(({ kind, about }) => kind === 'signal.submit' && about === mine.id))
    const entries = await house.entries('gateway')
    for (const { index } of body.accesses) {
      t.match(entries[index], { agency: 'politie', client: /./ }, `entry ${index}`)
    }
    t.notMatch(JSON.stringify(body), /gemeente|reasons|tokens|requestId/)

    const about = await look(gemeente, `&about=${mine.id}`)
    t.strictSame(about.body, { accesses: [] }, 'nor by the id of another agency’s signal')
  },
)

t.test('every filter narrows, and the address is the filter', async (t) => {
  for (const [filter, holds] of [
    ['&kind=signal.submit', ({ kind }) => kind === 'signal.submit'],
    ['&outcome=refuse', ({ outcome }) => outcome === 'refuse'],
    [`&about=${absent}`, ({ about }) => about === absent],
    [`&agreement=${encodeURIComponent(under.hash)}`, ({ agreement }) => agreement === under.hash],
  ] as readonly (readonly [string, (access: AccessPage['accesses'][number]) => boolean])[]) {
    const { body } = await look(politie, filter)
    t.ok(body.accesses.length > 0, filter)
    t.ok(body.accesses.every(holds), filter)
  }
  for (const filter of ['&client=another', '&onBehalfOf=gemeente', '&purpose=another']) {
    t.strictSame((await look(politie, filter)).body, { accesses: [] }, filter)
  }
  t.strictSame((await look(politie, '&until=2000-01-01T00:00:00Z')).body, { accesses: [] })
  t.strictSame((await look(politie, '&from=2999-01-01T00:00:00Z')).body, { accesses: [] })
  const { body: between } = await look(
    politie,
    `&from=2000-01-01T00:00:00Z&until=2999-01-01T00:00:00Z`,
  )
  t.ok(between.accesses.length > 0)
  t.match(await look(politie, '&agency=gemeente'), { status: 400, code: 'door/invalid-input' })
  t.match(await politie.call('GET', '/v1/accesses'), { status: 400 }, 'no occasion, no look')
})

t.test('pages follow each other without a gap while acts go on', async (t) => {
  for (let count = 0; count < 105; count++) await politie.call('GET', `/v1/signals/${absent}`)
  const { body: first } = await look(politie, '&kind=signal.read')
  t.equal(first.accesses.length, 100)
  await politie.call('GET', `/v1/signals/${absent}`)
  const { body: second } = await look(politie, `&kind=signal.read&before=${first.next}`)
  const seen = [...first.accesses, ...second.accesses].map(({ index }) => index)
  t.equal(new Set(seen).size, 106)
  t.equal(second.next, undefined)
})

t.test(
  'a receipt verifies offline, not when tampered with, and only for one’s own acts',
  async (t) => {
    const { body } = await look(politie, '&kind=signal.submit')
    const index = body.accesses[0]?.index ?? -1
    const key = house.operator('gateway').ledgerKey
    const { body: receipt } = await receiptOf(politie, index)
    t.match(await verifyReceipt(receipt, key), { valid: true })
    const tampered = { ...receipt, entry: receipt.entry?.replace('permit', 'refuse') ?? '' }
    t.match(await verifyReceipt(tampered, key), { valid: false })

    const theirs = await receiptOf(gemeente, index)
    t.match(theirs, { status: 404, code: 'oversight/not-found' })
    const none = await receiptOf(gemeente, 1_000_000)
    t.match(none, { status: 404, code: 'oversight/not-found' }, 'looks like none')
    t.match((await house.entries('gateway')).slice(-2), [
      { kind: 'access.list', outcome: 'refuse', entry: index, reasons: ['oversight/not-found'] },
      { kind: 'access.list', outcome: 'refuse', entry: 1_000_000, occasion: 'complaint' },
    ])
  },
)

t.test('a look is an act with its occasion, and needs the scope', async (t) => {
  const before = await house.ledgerSize('gateway')
  await look(politie)
  t.match(await house.entries('gateway', before), [
    { kind: 'access.list', outcome: 'permit', agency: 'politie', occasion: 'spot-check' },
  ])
  const path = '/v1/accesses?occasion=incident'
  t.match(await politie.call('GET', path, undefined, { scopes: ['read', 'review'] }), {
    status: 403,
  })
})

t.test('an act says which officer sat at the machine, where the agency says so', async (t) => {
  const officer = 'Zx-4_77q'
  const asked = { headers: { 'raakvlak-officer': officer } }
  await politie.call('GET', `/v1/signals/${absent}`, undefined, asked)
  const { body: sent } = await politie.call<SignalAnswer>(
    'POST',
    '/v1/signals',
    signalAbout({ bsn: 'bob' }, under),
    asked,
  )
  const { body } = await look(politie, `&officer=${officer}`)
  t.match(
    body.accesses.map(({ kind, about, officer }) => ({ kind, about, officer })),
    [
      { kind: 'signal.submit', about: sent.id, officer },
      { kind: 'signal.read', about: absent, officer },
    ],
  )
  t.equal(body.accesses.length, 2, 'an act without a named officer is nobody’s')
  t.strictSame((await look(gemeente, `&officer=${officer}`)).body, { accesses: [] })
})

t.test(
  'an officer’s name that is not opaque is refused, not written down or repeated',
  async (t) => {
    const before = (await house.entries('gateway')).length
    for (const name of ['Jan de Vries', 'jan@politie.example', 'short', 'x'.repeat(65)]) {
      const answer = await politie.call('GET', `/v1/signals/${absent}`, undefined, {
        headers: { 'raakvlak-officer': name },
      })
      t.match(answer, { status: 400, code: 'door/invalid-input' }, name)
      t.notMatch(JSON.stringify(answer), new RegExp(name))
    }
    t.equal((await house.entries('gateway')).length, before)
  },
)
