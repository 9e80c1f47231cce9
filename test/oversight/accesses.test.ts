import { Readable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import { type AccessExportDownload, exportEnding } from '../../src/client/accesses.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { exportText } from '../../src/oversight/access-export.ts'
import { verifyReceipt } from '../../src/proofs/receipt.ts'
import { type AccessPage, exportFormats } from '../../src/wire/access.ts'
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
  await politie.call('GET', `/v1/follow-ups/${absent}`, undefined, asked)
  const seen = { version: 1 }
  await politie.call('POST', `/v1/follow-ups/${absent}/_acknowledge`, seen, asked)
  await politie.call('GET', '/v1/recalls', undefined, asked)
  const answer = { answer: 'refuse', reason: 'call-instead' }
  await politie.call('POST', `/v1/disclosures/${absent}/_answer`, answer, asked)
  const { body } = await look(politie, `&officer=${officer}`)
  t.match(
    body.accesses.map(({ kind, about, officer }) => ({ kind, about, officer })),
    [
      { kind: 'disclosure.answer', officer },
      { kind: 'recall.list', officer },
      { kind: 'follow-up.acknowledge', about: absent, officer },
      { kind: 'follow-up.read', about: absent, officer },
      { kind: 'signal.submit', about: sent.id, officer },
      { kind: 'signal.read', about: absent, officer },
    ],
  )
  t.equal(body.accesses.length, 6, 'an act without a named officer is nobody’s')
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

const exported = (agency: HouseAgency, query: string, accept = 'text/csv') =>
  agency.partner.exportAccesses({
    occasion: 'inspection',
    format: accept === 'text/csv' ? 'csv' : 'json',
    ...Object.fromEntries(new URLSearchParams(query)),
  })
const textOf = async ({ text }: AccessExportDownload): Promise<string> => {
  const chunks = []
  for await (const chunk of text) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

t.test(
  'an export holds exactly what the filter shows, and is an act with its number',
  async (t) => {
    const filter = '&kind=signal.read&outcome=refuse'
    const { body: first } = await look(politie, filter)
    const { body: second } = await look(politie, `${filter}&before=${first.next}`)
    const shown = [...first.accesses, ...second.accesses]
    t.ok(shown.length > 100, 'more than a page')

    const json = await exported(politie, filter.slice(1), 'application/json')
    t.equal(json.rows, shown.length)
    t.strictSame(JSON.parse(await textOf(json)), { accesses: shown, rows: shown.length })
    const csv = await exported(politie, filter.slice(1))
    const table = await textOf(csv)
    t.ok(table.startsWith('\uFEFFindex;at;kind;'), 'a mark, a heading, semicolons')
    t.ok(table.endsWith(`\r\nrows;${shown.length}\r\n`))
    const rows: Record<string, string>[] = parse(table, {
      bom: true,
      columns: true,
      delimiter: ';',
      to: shown.length,
    })
    t.strictSame(
      rows.map(({ index, about }) => ({ index: Number(index), about })),
      shown.map(({ index, about }) => ({ index, about })),
    )

    const [one, other] = (await house.entries('gateway')).slice(-2)
    t.match(
      [one, other],
      [
        { kind: 'access.export', format: 'json', answerSize: shown.length, occasion: 'inspection' },
        { kind: 'access.export', format: 'csv', by: 'own', outcome: 'permit', agency: 'politie' },
      ],
    )
    t.equal(one?.filterHash, other?.filterHash, 'the same question')
    const empty = await exported(gemeente, 'client=nobody', 'application/json')
    t.strictSame(JSON.parse(await textOf(empty)), { accesses: [], rows: 0 })
    t.not((await house.entries('gateway')).at(-1)?.filterHash, one?.filterHash)
  },
)

t.test('a table never runs a formula, also not one that an officer is called', async (t) => {
  await politie.call('GET', `/v1/signals/${absent}`, undefined, {
    headers: { 'raakvlak-officer': '-2--SUM-A1' },
  })
  const table = await textOf(await exported(politie, 'officer=-2--SUM-A1'))
  t.match(table, /;'-2--SUM-A1;/)
  t.notMatch(table, /(^|;)[=+@-]/m)
})

t.test('an export that lost rows on the way breaks off instead of ending well', async (t) => {
  const { body } = await look(politie)
  for (const format of exportFormats) {
    for (const rows of [body.accesses.length - 1, body.accesses.length + 1]) {
      let text = ''
      await t.rejects(async () => {
        for await (const part of exportText(format, Readable.from([body.accesses]), rows))
          text += part
      }, /erased/)
      t.notMatch(text, exportEnding(format, rows))
    }
  }
})

t.test('an export needs the scope and an occasion, and a form that is known', async (t) => {
  const path = '/v1/accesses/_export?format=csv&occasion=incident'
  t.match(await politie.call('GET', path, undefined, { scopes: ['read'] }), { status: 403 })
  for (const query of ['format=csv', 'occasion=incident', 'format=pdf&occasion=incident'])
    t.match(await politie.call('GET', `/v1/accesses/_export?${query}`), { status: 400 }, query)
})

t.test('an agency sees what others did for it by delegation, without who sat where', async (t) => {
  const huis = await house.admit('veiligheidshuis')
  await gemeente.partner.delegate({
    actingAgency: huis.id,
    agreement: under.hash,
    notBefore: house.clock.now().toISOString(),
    notAfter: shifted(house.clock.now(), 600).toISOString(),
  })
  const { body: sent } = await huis.call<SignalAnswer>(
    'POST',
    '/v1/signals',
    { ...signalAbout({ bsn: 'carla' }, under), onBehalfOf: 'gemeente' },
    { headers: { 'raakvlak-officer': 'hidden-officer' } },
  )
  const { body } = await look(gemeente, '&by=delegates')
  t.strictSame(
    body.accesses.map(({ index, at, purpose, ...one }) => one),
    [
      {
        kind: 'signal.submit',
        outcome: 'permit',
        agency: 'veiligheidshuis',
        agreement: under.hash,
        about: sent.id,
      },
    ],
  )
  t.notMatch(JSON.stringify(body), /hidden-officer|connector/)
  const receipt = await receiptOf(gemeente, body.accesses[0]?.index ?? -1)
  t.equal(receipt.status, 404, 'the receipt names the machine: it is the delegate’s')
  t.strictSame((await look(politie, '&by=delegates')).body, { accesses: [] })
  for (const side of ['delegates', 'others'])
    for (const asked of ['client=connector', 'officer=hidden-officer', 'onBehalfOf=gemeente'])
      t.match(
        await look(gemeente, `&by=${side}&${asked}`),
        { status: 400, code: 'door/invalid-input' },
        'nor can it be guessed',
      )
})

t.test('an agency sees what others did with its signals, and only what it was told', async (t) => {
  const jeugd = await house.admit('jeugdzorg')
  const ours = await house.agree([politie, jeugd])
  await jeugd.call('POST', '/v1/signals', signalAbout({ bsn: 'dora' }, ours))
  const { body: own } = await politie.call<SignalAnswer>(
    'POST',
    '/v1/signals',
    signalAbout({ bsn: 'dora' }, ours),
  )
  const handle = own.overlaps[0]?.handle ?? ''
  await politie.call('GET', `/v1/overlaps/${handle}`)
  t.strictSame(
    (await look(jeugd, '&by=others')).body,
    { accesses: [] },
    'that somebody looked at an overlap tells of one',
  )
  const necessity = 'We have to know by tomorrow whether she is in danger.'
  const wish = {
    owner: 'jeugdzorg',
    article: 'avg-6-1-e',
    necessity,
    fields: ['narrative'],
  } as const
  await politie.partner.disclosures.request({ handle }, { ...wish, fields: ['narrative'] }, ours)
  await t.rejects(
    politie.partner.disclosures.request(
      { handle: absent },
      { ...wish, fields: ['narrative'] },
      ours,
    ),
  )
  t.match((await house.entries('gateway')).at(-1), {
    kind: 'disclosure.request',
    outcome: 'refuse',
    owner: 'jeugdzorg',
  })
  const { body } = await look(jeugd, '&by=others')
  t.match(
    body.accesses.map(({ kind, outcome, agency }) => [kind, outcome, agency]),
    [['disclosure.request', 'permit', 'politie']],
    'not the request that was refused',
  )
  t.notMatch(JSON.stringify(body), /connector/)
})

t.test(
  'how much an answer held can be asked for; a list that could tell of a match is told coarsely',
  async (t) => {
    await politie.call(
      'GET',
      `/v1/overlaps?${new URLSearchParams({ agreement: under.hash, purpose: under.content.purpose })}`,
    )
    const { body: coarse } = await look(politie, '&kind=overlap.list')
    t.equal(coarse.accesses[0]?.answerSize, 0, 'none or a few are alike')
    const { body: large } = await look(politie, '&answerSizeFrom=100')
    t.ok(large.accesses.length > 0)
    t.ok(large.accesses.every(({ answerSize = 0 }) => answerSize >= 100))
    const { body: single } = await look(politie, '&kind=signal.read&answerSizeFrom=1')
    t.strictSame(single, { accesses: [] }, 'what was refused held nothing')
  },
)
