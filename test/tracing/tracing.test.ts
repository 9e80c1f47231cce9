import t from 'tap'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { readTraceparent } from '../../src/kernel/trace-context.ts'
import { erasePayload } from '../../src/ledger/store.ts'
import { thumbprintOf } from '../../src/proofs/statement.ts'
import type { EvaluationAnswer } from '../../src/wire/evaluation.ts'
import { makeBatch } from '../support/batches.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
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
await politie.partner.domainKeys(under.content.domain)

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const traceparent = `00-${traceId}-${spanId}-01`
const absent = '00000000-0000-4000-8000-000000000000'

const tracesOf = (operator: 'gateway' | 'keyholder', since: number) =>
  house.db[operator]
    .selectFrom('ledger_trace')
    .selectAll()
    .where('ledger_index', '>=', since)
    .orderBy('ledger_index')
    .execute()
const lookUp = (agency: HouseAgency, headers: Readonly<Record<string, string>> = {}) =>
  agency.call('GET', `/v1/signals/${absent}`, undefined, { headers })

t.test('a traceparent is read as the standard says', async (t) => {
  t.strictSame(readTraceparent(traceparent), { traceId, spanId })
  t.strictSame(readTraceparent(`01-${traceId}-${spanId}-00-more`), { traceId, spanId })
  for (const bad of [
    '',
    'x',
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01 `,
    `01-${traceId}-${spanId}-00.more`,
  ]) {
    t.equal(readTraceparent(bad), undefined, bad)
  }
})

t.test('an act is joined to the trace of whoever asked for it, in log and ledger', async (t) => {
  const since = await house.ledgerSize('gateway')
  const logged = house.logged.length
  const answer = await lookUp(politie, { traceparent, tracestate: 'vendor=secret-of-a-case' })
  const [row, ...others] = await tracesOf('gateway', since)
  t.equal(others.length, 0)
  t.equal(row?.trace_id.toString('hex'), traceId)
  t.equal(row?.parent_span_id?.toString('hex'), spanId)
  t.not(row?.span_id.toString('hex'), spanId)
  const lines = house.logged.slice(logged).map((line) => JSON.parse(line))
  t.ok(lines.some(({ route, trace }) => route === '/v1/signals/:id' && trace === traceId))
  t.notMatch(JSON.stringify([...answer.headers]), traceId, 'the answer does not repeat it')
  t.notMatch(house.logged.join(''), /secret-of-a-case/, 'nobody reads tracestate')
  const [entry] = await house.entries('gateway', since)
  t.notMatch(JSON.stringify(entry), traceId, 'the entry, which is for ever, holds nothing of it')
})

t.test('what names no trace, or names one badly, begins one', async (t) => {
  const since = await house.ledgerSize('gateway')
  await lookUp(politie)
  await lookUp(politie, { traceparent: `00-${traceId}-${spanId}` })
  await lookUp(politie, { traceparent: `${traceparent}, ${traceparent}` })
  const rows = await tracesOf('gateway', since)
  t.equal(rows.length, 3)
  t.equal(new Set(rows.map(({ trace_id }) => trace_id.toString('hex'))).size, 3)
  t.ok(rows.every(({ parent_span_id }) => parent_span_id === null))
  t.ok(rows.every(({ trace_id }) => trace_id.toString('hex') !== traceId))
})

t.test('the keyholder’s act is a child of the gateway’s', async (t) => {
  const since = {
    gateway: await house.ledgerSize('gateway'),
    keyholder: await house.ledgerSize('keyholder'),
  }
  const batch = await makeBatch(house, politie, under)
  const { status } = await politie.call<EvaluationAnswer>(
    'POST',
    '/v1/evaluations',
    { batch },
    { headers: { traceparent } },
  )
  t.equal(status, 200)
  const [own] = await tracesOf('gateway', since.gateway)
  const [other] = await tracesOf('keyholder', since.keyholder)
  t.equal(own?.trace_id.toString('hex'), traceId)
  t.equal(other?.trace_id.toString('hex'), traceId)
  t.strictSame(other?.parent_span_id, own?.span_id)
})

t.test('of submissions that share a transaction each keeps its own trace', async (t) => {
  const since = await house.ledgerSize('gateway')
  const ids = Array.from({ length: 12 }, (_, at) => (at + 1).toString(16).padStart(32, 'a'))
  const sent = await Promise.all(
    ids.map(async (id) => {
      const signal = signalAbout({ bsn: id }, under)
      await politie.call('POST', '/v1/signals', signal, {
        headers: { traceparent: `00-${id}-${spanId}-00` },
      })
      return [signal.id, id] as const
    }),
  )
  const entries = await house.entries('gateway', since)
  const rows = await tracesOf('gateway', since)
  for (const [signal, id] of sent) {
    const at = entries.findIndex(({ signalId }) => signalId === signal)
    t.equal(rows[at]?.trace_id.toString('hex'), id)
  }
})

t.test('a notice travels in no trace of what caused it', async (t) => {
  const url = `https://${receiverHost}:${receiver.port}/hook`
  const keyThumbprint = await thumbprintOf((await makeAgencyKeys()).signing)
  t.equal(
    (await gemeente.call('POST', '/v1/notifications/webhooks', { url, keyThumbprint })).status,
    201,
  )
  await politie.call('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, under), {
    headers: { traceparent },
  })
  await gemeente.call('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, under), {
    headers: { traceparent },
  })
  await house.operator('gateway').runDueWork()
  const sent = receiver.came.map(({ headers }) => String(headers.traceparent))
  t.ok(sent.length > 0)
  t.ok(sent.every((header) => readTraceparent(header) !== undefined))
  t.notMatch(sent.join(), traceId)
  t.equal(new Set(sent.map((header) => header.slice(3, 35))).size, sent.length)
})

t.test('an entry that is erased leaves nothing of its trace', async (t) => {
  const since = await house.ledgerSize('gateway')
  await lookUp(politie, { traceparent })
  await house.db.gateway.transaction().execute((tx) => erasePayload(tx, since))
  t.strictSame(await tracesOf('gateway', since), [])
})
