import t from 'tap'
import { Compile } from 'typebox/compile'
import { shifted } from '../../src/kernel/clock.ts'
import {
  type ProcessingActivity,
  type ProcessingPage,
  ProcessingRecord,
} from '../../src/wire/processing-log.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const zorg = await house.admit('jeugdzorg')
/** The police rest on the Wpg: its acts here are confidential. */
const draft = house.draft([politie, gemeente])
const confidential = await house.agree([politie, gemeente], {
  parties: draft.parties.map((party) =>
    party.agency !== 'politie'
      ? party
      : {
          ...party,
          legalBases: [
            { code: 'wpg-18', roles: ['submit'] },
            ...party.legalBases.map((basis) =>
              basis.code === 'avg-6-1-e' ? { ...basis, roles: ['receive' as const] } : basis,
            ),
          ],
        },
  ),
})
const ordinary = await house.agree([gemeente, zorg], { purpose: 'another-purpose' })
const absent = '00000000-0000-4000-8000-000000000000'
const traceOf = (digit: string) => digit.repeat(32)
const under = (trace: string) => ({ headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } })

const lines = async (agency: HouseAgency, filter = '') =>
  (
    await agency.call<ProcessingRecord[]>(
      'GET',
      `/v1/processing-log?occasion=subject-request${filter}`,
    )
  ).body
const page = (agency: HouseAgency, body: object) =>
  agency.call<ProcessingPage>('POST', '/v1/processing-activities', {
    occasion: 'subject-request',
    ...body,
  })
const activity = 'dpl.core.processing_activity_id'
const subject = 'dpl.core.data_subject_id'
const form = Compile(ProcessingRecord)

const hidden = signalAbout({ bsn: 'anna' }, confidential)
await politie.call('POST', '/v1/signals', hidden, under(traceOf('a')))
const touching = signalAbout({ bsn: 'anna' }, confidential)
await gemeente.call('POST', '/v1/signals', touching, under(traceOf('b')))
const plain = signalAbout({ bsn: 'bob' }, ordinary)
await gemeente.call('POST', '/v1/signals', plain, under(traceOf('c')))

t.test('each act is a record in the agreed form, and says what the ledger says', async (t) => {
  const since = await house.ledgerSize('gateway')
  await gemeente.call('GET', `/v1/signals/${plain.id}`)
  await gemeente.call('GET', `/v1/signals/${absent}`)
  const found = await lines(gemeente)
  const entries = await house.entries('gateway')
  t.ok(found.every((record) => form.Check(record)))
  for (const record of found) {
    const entry = entries[record.attributes['raakvlak.ledger_index']]
    t.match(entry, { kind: record.name, agency: 'gemeente' })
    t.equal(record.status, entry?.outcome === 'refuse' ? 'Unset' : 'Ok')
    t.equal(record.end_time, Date.parse(String(entry?.at)))
    t.ok(record.start_time <= record.end_time)
  }
  t.match(
    found.filter(({ attributes }) => attributes['raakvlak.ledger_index'] >= since),
    [
      { name: 'signal.read', status: 'Ok' },
      { name: 'signal.read', status: 'Unset' },
    ],
    'nothing is sampled, and a reading does not hold itself',
  )
  const submitted = found.find(({ trace_id }) => trace_id === traceOf('c'))
  t.match(submitted, {
    name: 'signal.submit',
    parent_span_id: '00f067aa0ba902b7',
    attributes: {
      'dpl.core.data_subject_id_type': 'signal',
      'dpl.core.foreign_operation.processor': /\/agencies\/gemeente$/,
    },
  })
  const keys = found.map(({ trace_id, span_id }) => `${trace_id} ${span_id}`)
  t.equal(new Set(keys).size, keys.length, 'trace and span name one record')
})

t.test('a record names its activity in the public register, at both operators', async (t) => {
  const [record] = await lines(gemeente, `&about=${plain.id}`)
  const uri = record?.attributes[activity] ?? ''
  const found: ProcessingActivity = await (await fetch(uri)).json()
  t.match(found, { id: uri, version: 1, confidential: false })
  t.ok(found.kinds.includes('signal.submit'))
  for (const name of ['gateway', 'keyholder'] as const) {
    const address = `${house.pins[name].url}/v1/processing-activities`
    const { activities } = await (await fetch(address)).json()
    t.ok(
      activities.some(({ id }: ProcessingActivity) => id === `${address}/signalling/1`),
      name,
    )
    t.ok(activities.some(({ id }: ProcessingActivity) => id.endsWith('/signalling-confidential/1')))
    t.equal((await fetch(`${address}/none/1`)).status, 404)
  }
})

t.test('no record holds an id, a token, a machine, an officer, or another agency', async (t) => {
  await gemeente.call('GET', `/v1/signals/${plain.id}`, undefined, {
    headers: { 'raakvlak-officer': 'Zx-4_77q' },
  })
  const text = JSON.stringify(await lines(gemeente, '&activities=all'))
  for (const secret of [
    plain.id,
    touching.id,
    hidden.id,
    'Zx-4_77q',
    'connector',
    'politie',
    'jeugdzorg',
    ...plain.tokens.map(({ token }) => token),
  ]) {
    t.notMatch(text, secret)
  }
})

t.test('the same record has one pseudonym at one agency, and another at each', async (t) => {
  await politie.call('GET', `/v1/signals/${plain.id}`)
  const own = await lines(gemeente, `&about=${plain.id}`)
  t.ok(own.length >= 2)
  t.equal(new Set(own.map(({ attributes }) => attributes[subject])).size, 1)
  const [tried] = await lines(politie, `&about=${plain.id}&activities=all`)
  t.match(tried, { name: 'signal.read', status: 'Unset' }, 'its own attempt')
  t.not(tried?.attributes[subject], own[0]?.attributes[subject])
  const mine = { [subject]: own[0]?.attributes[subject] }
  t.ok(((await page(gemeente, mine)).body.records ?? []).length >= 2)
  t.strictSame((await page(zorg, mine)).body, { records: [] })
})

t.test('a trace is shown as far as it is the agency’s own', async (t) => {
  const trace = traceOf('d')
  await gemeente.call('GET', `/v1/signals/${plain.id}`, undefined, under(trace))
  await zorg.call('GET', `/v1/signals/${plain.id}`, undefined, under(trace))
  const { body } = await page(gemeente, { traceId: trace })
  t.match(body.records, [{ name: 'signal.read', status: 'Ok' }])
  t.equal(body.records.length, 1)
  t.match((await page(zorg, { traceId: trace })).body.records, [{ status: 'Unset' }])
})

t.test('a match makes no record, and no difference', async (t) => {
  const before = (await lines(politie, '&activities=all')).length
  await gemeente.call('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, confidential))
  const after = await lines(politie, '&activities=all')
  t.equal(after.length, before + 1)
  t.match(after.at(-1), { name: 'processing-log.read' })
})

t.test('who may not know of confidential activities sees what it would see without', async (t) => {
  const shown = await lines(politie)
  t.notMatch(JSON.stringify(shown), /-confidential/)
  t.notOk(shown.some(({ trace_id }) => trace_id === traceOf('a')))
  t.strictSame(await lines(politie, `&about=${hidden.id}`), [])
  const all = await lines(politie, `&about=${hidden.id}&activities=all`)
  t.match(all, [{ name: 'signal.submit', trace_id: traceOf('a') }])
  const uri = all[0]?.attributes[activity] ?? ''
  t.match(uri, /\/signalling-confidential\/1$/)
  const pseudonym = all[0]?.attributes[subject]
  for (const asked of [
    { traceId: traceOf('a') },
    { [activity]: uri },
    { [subject]: pseudonym },
    { [subject]: pseudonym, traceId: traceOf('a') },
  ]) {
    const kept = await page(politie, asked)
    const none = await page(politie, { traceId: traceOf('e') })
    t.strictSame(kept.body, none.body, JSON.stringify(Object.keys(asked)))
    t.equal(kept.status, none.status)
    const known = await page(politie, { ...asked, activities: 'all' })
    t.match(known.body.records[0], { name: 'signal.submit' })
  }
  const limited = { scopes: ['oversee'] as const }
  t.match(
    await politie.call(
      'GET',
      '/v1/processing-log?occasion=audit&activities=all',
      undefined,
      limited,
    ),
    { status: 403, code: 'door/forbidden' },
  )
  t.match((await house.entries('gateway')).at(-1), {
    kind: 'processing-log.read',
    outcome: 'refuse',
    reasons: ['door/forbidden'],
  })
  const [own] = await lines(gemeente, `&about=${touching.id}`)
  t.match(own?.attributes[activity], /\/signalling\/1$/, 'the other party’s own act is ordinary')
})

t.test('what a delegate did stands in both logs, what it tried without it in one', async (t) => {
  const since = await house.ledgerSize('gateway')
  const lent = `?agreement=${encodeURIComponent(ordinary.hash)}&purpose=another-purpose&onBehalfOf=gemeente`
  await politie.call('GET', `/v1/overlaps${lent}`)
  t.match(await house.entries('gateway', since), [
    { kind: 'overlap.list', agency: 'politie', onBehalfOf: 'gemeente', outcome: 'refuse' },
  ])
  const ofSince = (records: readonly ProcessingRecord[]) =>
    records.filter(({ attributes }) => attributes['raakvlak.ledger_index'] === since)
  t.equal(ofSince(await lines(gemeente, '&activities=all')).length, 0)
  t.match(ofSince(await lines(politie, '&activities=all')), [{ status: 'Unset' }])

  await gemeente.partner.delegate({
    actingAgency: 'politie',
    agreement: ordinary.hash,
    notBefore: shifted(house.clock.now(), -60).toISOString(),
    notAfter: shifted(house.clock.now(), 3_600).toISOString(),
  })
  await politie.call('GET', `/v1/overlaps${lent}`)
  const [mine] = (await lines(gemeente)).filter(({ name }) => name === 'overlap.list')
  t.match(mine, {
    status: 'Ok',
    attributes: { 'dpl.core.foreign_operation.processor': /\/agencies\/politie$/ },
  })
})

t.test('a page says how to go on, and pages leave nothing out', async (t) => {
  for (let count = 0; count < 105; count++) await zorg.call('GET', `/v1/signals/${absent}`)
  const uri = (await lines(zorg)).at(-2)?.attributes[activity]
  const { body: first } = await page(zorg, { [activity]: uri })
  t.equal(first.records.length, 100)
  const { body: second } = await page(zorg, { [activity]: uri, after: first.next })
  const seen = [...first.records, ...second.records].map(
    ({ attributes }) => attributes['raakvlak.ledger_index'],
  )
  t.equal(new Set(seen).size, seen.length)
  t.ok(seen.length >= 105)
  t.equal(second.next, undefined)
})

t.test('reading needs one of three questions, an occasion and the scope', async (t) => {
  const before = await house.ledgerSize('gateway')
  t.match(await page(zorg, {}), { status: 400, code: 'door/invalid-input' })
  t.match(await page(zorg, { traceId: 'x' }), { status: 400 })
  t.match(await zorg.call('GET', '/v1/processing-log'), { status: 400 })
  const path = '/v1/processing-log?occasion=audit'
  t.match(await zorg.call('GET', path, undefined, { scopes: ['read'] }), { status: 403 })
  t.equal(await house.ledgerSize('gateway'), before)
  await zorg.call('GET', path)
  t.match(await house.entries('gateway', before), [
    { kind: 'processing-log.read', occasion: 'audit', activities: 'ordinary', outcome: 'permit' },
  ])
})
