import t from 'tap'
import { openMovedTime } from '../../scripts/simulate/moved-time.ts'
import { shifted } from '../../src/kernel/clock.ts'
import type { AccessPage } from '../../src/wire/access.ts'
import type { Alarm, AlarmPage, AlarmView } from '../../src/wire/alarm.ts'
import type { NoticePage } from '../../src/wire/notification.ts'
import type { SignalAnswer } from '../../src/wire/signal.ts'
import { openCalls } from '../support/calls.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

// Noon in the Netherlands, on a Monday.
const time = openMovedTime(new Date('2027-03-01T11:00:00Z'))
t.teardown(time.release)
const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const at = time.clock.now()
const under = await house.agree([politie, gemeente], {
  quotas: { evaluationsPerDay: 1_000, submissionsPerDay: 20, withdrawalsPerDay: 20 },
  validity: { notBefore: at.toISOString(), notAfter: shifted(at, 300 * 86_400).toISOString() },
})

/** Tokens of yesterday are worth nothing: each day has calls of its own. */
const callsOf = ({ id, keys }: HouseAgency) =>
  openCalls({
    gatewayUrl: house.pins.gateway.url,
    clientId: `${id}.connector`,
    key: keys.client,
    clock: house.clock,
  })
let calls = { politie: callsOf(politie), gemeente: callsOf(gemeente) }
type Name = keyof typeof calls
const nextDay = (days = 1) => {
  time.moveTo(shifted(time.clock.now(), days * 86_400))
  calls = { politie: callsOf(politie), gemeente: callsOf(gemeente) }
}

const analyst = 'analyst-01'
const reviewer = 'privacy-01'
const as = (officer: string) => ({ headers: { 'raakvlak-officer': officer } })
const dueWork = () => house.operator('gateway').runDueWork()
const alarmsOf = async (agency: Name, filter = '') =>
  (await calls[agency]<AlarmPage>('GET', `/v1/alarms?occasion=spot-check${filter}`)).body.alarms
const submit = async (agency: Name, words: string, officer = analyst) => {
  const body = signalAbout({ bsn: words }, under)
  return (await calls[agency]<SignalAnswer>('POST', '/v1/signals', body, as(officer))).body
}
const lookAt = async (agency: Name, id: string, times: number, officer = analyst) => {
  for (let count = 0; count < times; count++) {
    await calls[agency]('GET', `/v1/signals/${id}`, undefined, as(officer))
  }
}
const noticesOf = async (agency: Name) =>
  (await calls[agency]<NoticePage>('GET', '/v1/notifications?after=0')).body.notices
const closing = { outcome: 'explained', reason: 'case-work' }

t.test(
  'one subject looked at again and again makes one case, however it is looked at',
  async (t) => {
    const { id } = await submit('politie', 'anna')
    await submit('gemeente', 'anna')
    const query = new URLSearchParams({ agreement: under.hash, purpose: under.content.purpose })
    const { body } = await calls.politie<{ overlaps: { handle: string }[] }>(
      'GET',
      `/v1/overlaps?${query}`,
    )
    const handle = body.overlaps[0]?.handle
    await lookAt('politie', id, 6)
    await dueWork()
    t.strictSame(await alarmsOf('politie'), [], 'below the threshold nothing is raised')
    for (let count = 0; count < 6; count++) {
      await calls.politie('GET', `/v1/overlaps/${handle}`, undefined, as(analyst))
    }
    await dueWork()
    const [alarm, ...others] = await alarmsOf('politie')
    t.match(alarm, {
      rule: 'repeated-looks',
      state: 'open',
      officer: analyst,
      client: 'connector',
      count: 1,
      threshold: 10,
      measured: 12,
      overdue: false,
      explanation: { en: /12 looks at one subject in at most 7 days/, nl: /12 keer één onderwerp/ },
      dueAt: '2027-03-15T11:00:00.000Z',
    })
    t.equal(others.length, 0)
    await lookAt('politie', id, 8)
    await dueWork()
    t.match(await alarmsOf('politie'), [{ id: alarm?.id, count: 1, measured: 20 }], 'no flood')
    t.strictSame(await alarmsOf('gemeente'), [], 'the other side learns nothing')
  },
)

t.test('what was counted is counted once, also after a restart and with two at once', async (t) => {
  const { id } = await submit('politie', 'bob', 'analyst-02')
  await lookAt('politie', id, 5, 'analyst-02')
  await Promise.all([dueWork(), dueWork()])
  await house.stop('gateway')
  await house.start('gateway')
  await lookAt('politie', id, 4, 'analyst-02')
  await Promise.all([dueWork(), dueWork()])
  t.strictSame(await alarmsOf('politie', '&officer=analyst-02'), [])
  await lookAt('politie', id, 1, 'analyst-02')
  await dueWork()
  t.match(await alarmsOf('politie', '&officer=analyst-02'), [{ measured: 10 }])
})

t.test('its agency is told, and finds the acts behind it', async (t) => {
  const [alarm] = await alarmsOf('politie', `&officer=${analyst}`)
  const dataref = `/v1/alarms/${alarm?.id}`
  const notices = await noticesOf('politie')
  t.ok(notices.some((one) => one.kind === 'alarm-raised' && one.dataref === dataref))
  const { body: view } = await calls.politie<AlarmView>('GET', `${dataref}?occasion=incident`)
  t.match(view.firings, [{ about: alarm?.about, measured: 20 }])
  const { body: acts } = await calls.politie<AccessPage>('GET', view.acts ?? '')
  t.equal(acts.accesses.filter(({ kind }) => kind !== 'signal.submit').length, 20)
  t.ok(acts.accesses.every(({ officer }) => officer === analyst))
})

t.test('nobody looks into an alarm about itself, and the first finding stands', async (t) => {
  const [alarm] = await alarmsOf('politie', `&officer=${analyst}`)
  const path = `/v1/alarms/${alarm?.id}`
  for (const act of ['_take', '_close']) {
    const body = act === '_close' ? closing : undefined
    for (const options of [as(analyst), {}]) {
      const answer = await calls.politie('POST', `${path}/${act}`, body, options)
      t.match(answer, { status: 403, code: 'policy/denied' }, act)
      t.match(answer.text, /core\/alarm-reviewer/)
    }
    const other = await calls.gemeente('POST', `${path}/${act}`, body, as(reviewer))
    t.match(other, { status: 404, code: 'alarms/not-found' }, 'of another it looks like none')
  }
  t.match(await calls.gemeente('GET', `${path}?occasion=incident`), { status: 404 })
  const early = await calls.politie('POST', `${path}/_close`, closing, as(reviewer))
  t.match(early, { status: 409, code: 'alarms/not-taken' })
  const { body: taken } = await calls.politie('POST', `${path}/_take`, undefined, as(reviewer))
  t.match(taken, { state: 'taken', takenBy: { client: 'connector', officer: reviewer } })
  const other = await calls.politie('POST', `${path}/_close`, closing, as('privacy-02'))
  t.match(other, { status: 409, code: 'alarms/not-taken' })

  const before = await house.ledgerSize('gateway')
  const both = await Promise.all(
    ['explained', 'misuse'].map((outcome) =>
      calls.politie<Alarm>('POST', `${path}/_close`, { ...closing, outcome }, as(reviewer)),
    ),
  )
  t.strictSame(both.map(({ status }) => status).sort(), [200, 409], 'of two at once one is done')
  t.match(await house.entries('gateway', before), [
    { kind: 'alarm.close', agency: 'politie', officer: reviewer, alarm: alarm?.id },
    { kind: 'alarm.close', alarm: alarm?.id },
  ])
  const first = both.find(({ status }) => status === 200)
  const { outcome, reason } = first?.body ?? {}
  const again = await calls.politie('POST', `${path}/_close`, { outcome, reason }, as(reviewer))
  t.match(again, { status: 200 }, 'the same again is welcome')
  t.match(await calls.politie('POST', `${path}/_take`, undefined, as(reviewer)), { status: 409 })
})

t.test('what was reviewed raises no alarm again; what is done afterwards does', async (t) => {
  const [alarm] = await alarmsOf('politie', `&officer=${analyst}`)
  await lookAt('politie', alarm?.about ?? '', 3)
  await dueWork()
  t.equal((await alarmsOf('politie', `&officer=${analyst}`)).length, 1)
  nextDay()
  await lookAt('politie', alarm?.about ?? '', 9)
  await dueWork()
  t.equal((await alarmsOf('politie', `&officer=${analyst}`)).length, 1)
  await lookAt('politie', alarm?.about ?? '', 1)
  await dueWork()
  t.match(await alarmsOf('politie', `&officer=${analyst}`), [
    { state: 'open', measured: 10 },
    { state: 'closed' },
  ])
})

t.test('a quota that is nearly used up is about the whole agency', async (t) => {
  for (let count = 0; count < 16; count++) await submit('gemeente', `many-${count}`, 'reporter-1')
  await dueWork()
  const [alarm, ...others] = await alarmsOf('gemeente')
  t.match(alarm, { rule: 'quota', threshold: 80, measured: 80, count: 1 })
  t.strictSame([alarm?.client, alarm?.officer, others.length], [undefined, undefined, 0])
  const raised = (await house.entries('gateway')).filter(({ kind }) => kind === 'alarm.raise')
  t.match(raised, [
    { agency: 'politie', rule: 'repeated-looks' },
    { agency: 'politie', rule: 'repeated-looks' },
    { agency: 'politie', rule: 'repeated-looks' },
    { agency: 'gemeente', rule: 'quota' },
  ])
  t.notMatch(JSON.stringify(raised), /officer|client|measured/)
})

t.test('many looks on one day raise an alarm against what is usual there', async (t) => {
  const clerk = 'clerk-0001'
  const looks = async (times: number) => {
    for (let count = 0; count < times; count++) {
      await lookAt('gemeente', `00000000-0000-4000-8000-00000000010${count % 10}`, 1, clerk)
    }
  }
  for (let days = 0; days < 5; days++) {
    await looks(3)
    nextDay()
  }
  await looks(29)
  await dueWork()
  t.strictSame(await alarmsOf('gemeente', '&rule=volume'), [])
  await looks(1)
  await dueWork()
  t.match(await alarmsOf('gemeente', '&rule=volume'), [
    { officer: clerk, measured: 30, threshold: 30, explanation: { en: /usual is 3;/ } },
  ])
})

t.test('an alarm that nobody closes in time is told of again, once a week', async (t) => {
  const told = async () =>
    (await noticesOf('gemeente')).filter(({ kind }) => kind === 'alarm-overdue').length
  t.equal(await told(), 0)
  nextDay(20)
  await Promise.all([dueWork(), dueWork()])
  t.equal(await told(), 3)
  t.ok((await alarmsOf('gemeente')).every((one) => one.overdue))
  nextDay(7)
  await dueWork()
  t.equal(await told(), 6)
})

t.test('a look needs the scope and an occasion, and is an act', async (t) => {
  const narrow = { scopes: ['read', 'review'] as const }
  const path = '/v1/alarms?occasion=incident'
  t.match(await calls.politie('GET', path, undefined, narrow), { status: 403 })
  t.match(await calls.politie('GET', '/v1/alarms'), { status: 400 })
  t.match(await calls.politie('GET', `${path}&agency=gemeente`), { status: 400 })
  const before = await house.ledgerSize('gateway')
  await alarmsOf('politie')
  t.match(await house.entries('gateway', before), [
    { kind: 'alarm.list', outcome: 'permit', agency: 'politie', occasion: 'spot-check' },
  ])
})

t.test(
  'what touches counts as a hit only for who may know, and what ends soon is noted',
  async (t) => {
    const submitter = await house.admit('school')
    const now = time.clock.now()
    const other = await house.agree(
      [politie, gemeente, submitter],
      { validity: { notBefore: now.toISOString(), notAfter: shifted(now, 86_400).toISOString() } },
      { school: ['submit'] },
    )
    const send = async (agency: Name | 'school', words: string) => {
      const body = signalAbout({ bsn: words }, other, { region: 'utrecht' })
      const call = agency === 'school' ? callsOf(submitter) : calls[agency]
      const { status } = await call('POST', '/v1/signals', body, as('clerk-0002'))
      t.equal(status, 201)
      return body.id
    }
    await send('politie', 'dora')
    await send('school', 'dora')
    const own = await send('gemeente', 'dora')
    await calls.gemeente(
      'POST',
      `/v1/signals/${own}/_withdraw`,
      { reason: 'other' },
      as('clerk-0002'),
    )
    await dueWork()
    const rows = await house.db.gateway
      .selectFrom('alarm_tally')
      .select(['agency_id', 'measure', 'key'])
      .where('actor', '=', 'officer:clerk-0002')
      .orderBy('agency_id')
      .orderBy('measure')
      .execute()
    const of = (agency: string) =>
      rows.filter((row) => row.agency_id === agency).map(({ measure }) => measure)
    t.strictSame(of('school'), ['home-region', 'region', 'submit'])
    t.strictSame(of('gemeente'), ['miss', 'soon-withdrawn', 'submit'])
    t.ok(rows.some(({ measure, key }) => measure === 'home-region' && key === 'Midden-Nederland'))
  },
)

t.test('neither the tallies nor the alarms hold anything of another agency', async (t) => {
  const rows = await house.db.gateway.selectFrom('alarm_tally').selectAll().execute()
  const handles = await house.db.gateway.selectFrom('follow_up_agency').selectAll().execute()
  for (const { agency_id, measure, key } of rows) {
    if (measure !== 'subject') continue
    const handle = handles.find((one) => one.handle === key)
    t.ok(handle === undefined || handle.agency_id === agency_id)
  }
  t.ok(rows.length > 0)
})
