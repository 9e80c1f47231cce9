import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { Compile } from 'typebox/schema'
import { readHeaders } from '../../src/otlp/exporter.ts'
import type { DecisionRecord } from '../../src/wire/decision-log.ts'
import { acts } from '../../src/wire/policy.ts'
import type { ProcessingRecord } from '../../src/wire/processing-log.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const schemas = fileURLToPath(new URL('../../docs/schemas', import.meta.url))
const published = (name: string) =>
  Compile(JSON.parse(readFileSync(join(schemas, `${name}.json`), 'utf8')))

type Push = { readonly path: string; readonly headers: NodeJS.Dict<unknown>; readonly body: string }
const pushed: Push[] = []
let answer = { status: 200, body: '{}' }
const collector = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  pushed.push({
    path: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(parts).toString(),
  })
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
})
await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done))
t.teardown(() => collector.close())

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])
const absent = '00000000-0000-4000-8000-000000000000'
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

const decisionsOf = async (agency: HouseAgency, filter = '') =>
  (await agency.call<DecisionRecord[]>('GET', `/v1/decision-log?occasion=audit${filter}`)).body
const recordsOf = async (agency: HouseAgency) =>
  (await agency.call<ProcessingRecord[]>('GET', '/v1/processing-log?occasion=audit&activities=all'))
    .body

const signal = signalAbout({ bsn: 'anna' }, under)
await politie.call('POST', '/v1/signals', signal, {
  headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
})
await gemeente.call('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, under))

t.test('each decision is a record in the published form, denials as Unset', async (t) => {
  await politie.call(
    'POST',
    '/v1/signals',
    signalAbout({ bsn: 'bob' }, under, { purpose: 'other' }),
  )
  const found = await decisionsOf(politie)
  const form = published('decision-record')
  t.ok(found.length > 1)
  for (const record of found) t.ok(form.Check(record), record.body.request.action.name)
  t.match(found[0], {
    trace_id: traceId,
    parent_span_id: '00f067aa0ba902b7',
    event_name: 'adl.access_evaluation',
    status: 'Ok',
    attributes: { 'adl.core.policies': /\/policy-sets\//, 'adl.core.information': /agreements/ },
    body: {
      request: {
        subject: { type: 'agency', id: 'politie' },
        action: { name: 'signal.submit' },
        resource: { type: 'signal' },
        context: { purpose: 'protecting-victims', category: 'labour-exploitation' },
      },
      response: { decision: true, context: { reasons: ['sharing/submit'] } },
    },
  })
  t.match(found.at(-1), {
    status: 'Unset',
    body: { response: { decision: false, context: { reasons: ['core/purpose'] } } },
  })
  const keys = found.map(({ trace_id, span_id }) => `${trace_id} ${span_id}`)
  t.equal(new Set(keys).size, keys.length)
  const entries = await house.entries('gateway')
  const decided = entries.filter(
    ({ agency, kind }) => agency === 'politie' && acts.some((act) => act === kind),
  )
  t.equal(found.length, decided.length - 1, 'every one but this reading')
})

t.test('decisions and processing of one act have one place in the trace', async (t) => {
  const places = new Map(
    (await recordsOf(politie)).map((record) => [
      record.attributes['raakvlak.ledger_index'],
      `${record.trace_id} ${record.span_id} ${record.parent_span_id}`,
    ]),
  )
  for (const record of await decisionsOf(politie)) {
    const place = places.get(record.attributes['raakvlak.ledger_index'])
    if (place === undefined) continue
    t.equal(place, `${record.trace_id} ${record.span_id} ${record.parent_span_id}`)
  }
})

t.test('that another agency’s signal is there, no record tells', async (t) => {
  await gemeente.call('GET', `/v1/signals/${absent}`)
  await gemeente.call('GET', `/v1/signals/${signal.id}`)
  await gemeente.call('POST', `/v1/signals/${absent}/_withdraw`, { reason: 'other' })
  await gemeente.call('POST', `/v1/signals/${signal.id}/_withdraw`, { reason: 'other' })
  const found = await decisionsOf(gemeente)
  const learnt = (record: DecisionRecord) => {
    const { trace_id: _t, span_id: _s, timestamp: _m, attributes, body, ...rest } = record
    const { 'raakvlak.ledger_index': _i, ...references } = attributes
    const {
      resource: { type },
      ...request
    } = body.request
    return { ...rest, references, request, type, decision: body.response.decision }
  }
  for (const act of ['signal.read', 'signal.withdraw']) {
    const [missing, theirs] = found.filter(({ body }) => body.request.action.name === act)
    t.ok(missing && theirs, act)
    t.strictSame(missing && learnt(missing), theirs && learnt(theirs), act)
  }
})

t.test('no record names a machine, an officer, an id of a record or another agency', async (t) => {
  const text = JSON.stringify(await decisionsOf(gemeente, '&activities=all'))
  for (const secret of [
    'connector',
    'politie',
    signal.id,
    ...signal.tokens.map((one) => one.token),
  ])
    t.notMatch(text, secret)
})

t.test('reading is an act of its own, with scope and occasion', async (t) => {
  const before = await house.ledgerSize('gateway')
  await decisionsOf(politie)
  t.match(await house.entries('gateway', before), [
    { kind: 'decision-log.read', occasion: 'audit', activities: 'ordinary', outcome: 'permit' },
  ])
  t.match(await politie.call('GET', '/v1/decision-log'), { status: 400 })
  const path = '/v1/decision-log?occasion=audit'
  t.match(await politie.call('GET', path, undefined, { scopes: ['read'] }), { status: 403 })
  const asked = { scopes: ['oversee'] } as const
  t.match(await politie.call('GET', `${path}&activities=all`, undefined, asked), { status: 403 })
})

t.test('what is exported fits the published schemas', async (t) => {
  const record = published('processing-record')
  for (const one of await recordsOf(politie)) t.ok(record.Check(one), one.name)
  t.notOk(record.Check({ ...(await recordsOf(politie))[0], officer: 'x' }), 'and nothing more')
  const body = { traceId, occasion: 'audit' }
  t.ok(published('read-processing').Check(body))
  const { body: page } = await politie.call('POST', '/v1/processing-activities', body)
  t.ok(published('processing-page').Check(page))
  const register = await fetch(`${house.pins.gateway.url}/v1/processing-activities`)
  t.ok(published('processing-activities').Check(await register.json()))
  const accesses = await politie.call('GET', '/v1/accesses?occasion=incident')
  t.ok(published('access-page').Check(accesses.body))
})

t.test('the client reads both logs line by line', async (t) => {
  const lines: object[] = []
  for await (const one of politie.partner.processingLog({ occasion: 'incident' })) lines.push(one)
  t.ok(lines.length > 3)
  const decided: object[] = []
  for await (const one of politie.partner.decisionLog({
    occasion: 'incident',
    about: signal.id,
  }))
    decided.push(one)
  t.equal(decided.length, 1)
})

const spansIn = (pushes: readonly Push[]) =>
  pushes
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(({ body }) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans)
const due = () => house.operator('gateway').runDueWork()

t.test(
  'logs are pushed to a collector: each record, in its order, from where it stopped',
  async (t) => {
    await house.stop('gateway')
    const { port } = collector.address() as AddressInfo
    house.settings.gateway.otlp = { url: `http://127.0.0.1:${port}`, everySeconds: 60 }
    await house.start('gateway')
    await due()
    const mine = await recordsOf(politie)
    const spans = spansIn(pushed)
    for (const record of mine) {
      const span = spans.find(
        ({ traceId, spanId }) => traceId === record.trace_id && spanId === record.span_id,
      )
      t.match(span, {
        name: record.name,
        status: { code: record.status === 'Ok' ? 1 : 0 },
        startTimeUnixNano: `${record.start_time}000000`,
      })
    }
    const logs = pushed
      .filter(({ path }) => path === '/v1/logs')
      .flatMap(({ body }) => JSON.parse(body).resourceLogs[0].scopeLogs[0].logRecords)
    t.match(logs[0], { eventName: 'adl.access_evaluation', traceId: /^[0-9a-f]{32}$/ })
    t.notMatch(JSON.stringify(pushed), new RegExp(`${signal.id}|connector`))

    pushed.length = 0
    await due()
    const again = spansIn(pushed)
    t.ok(again.length < spans.length, 'what was taken is not sent again')
    t.match(again, [{ name: 'processing-log.read' }])
  },
)

t.test('a dead collector holds nothing up, and gets everything afterwards', async (t) => {
  pushed.length = 0
  answer = { status: 503, body: '' }
  await politie.call('GET', `/v1/signals/${absent}`)
  await due()
  t.ok(pushed.length > 0)
  pushed.length = 0
  t.equal((await politie.call('GET', `/v1/signals/${signal.id}`)).status, 200)
  await due()
  t.equal(pushed.length, 0, 'it is given time')
  answer = { status: 200, body: '{}' }
  house.clock.advance(121)
  await due()
  t.match(spansIn(pushed), [{ name: 'signal.read' }, { name: 'signal.read' }])
})

t.test('after a crash between pushing and noting, the same records come once more', async (t) => {
  const [last] = spansIn(pushed).slice(-1)
  const position = house.db.gateway.updateTable('export_position')
  await position
    .set(({ eb }) => ({ next_index: eb('next_index', '-', 1) }))
    .where('log', '=', 'processing')
    .execute()
  pushed.length = 0
  await house.stop('gateway')
  await house.start('gateway')
  await due()
  const [first] = spansIn(pushed)
  t.strictSame(first, last, 'under the same trace and span')
})

t.test('headers for a collector are read, and never repeated in a fault', async (t) => {
  t.strictSame(readHeaders('Authorization: Bearer x y\n\nx-a:1\n'), {
    authorization: 'Bearer x y',
    'x-a': '1',
  })
  t.throws(() => readHeaders('a: b\nsecret-token'), /^line 2 of the headers/)
  t.throws(() => readHeaders('secret-token'), { message: /^(?!.*secret).*$/ })
})
