import t from 'tap'
import { shifted } from '../../src/kernel/clock.ts'
import { lastWeekBefore, weekOf } from '../../src/kernel/weeks.ts'
import type {
  Sample,
  SampleBeacons,
  SampleDraws,
  SamplePage,
} from '../../src/wire/justification.ts'
import type { NoticePage } from '../../src/wire/notification.ts'
import type { SignalAnswer } from '../../src/wire/signal.ts'
import { inFuture } from '../support/future.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { bothInFuture } from '../support/later.ts'
import { addClient } from '../support/second-client.ts'
import { signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])
const overseer = await addClient(house, politie, 'privacy-officer')
const day = 86_400
const absent = '00000000-0000-4000-8000-000000000000'
const commitment = 'A'.repeat(43)

const as = (officer: string) => ({ headers: { 'raakvlak-officer': officer } })
const anna = as('officer-anna')
const bob = as('officer-bob')
const carla = as('officer-carla')

/** An overlap, and a look of an officer of the police at it, or of its machine. */
async function look(subject: string, who?: typeof anna): Promise<string> {
  await politie.call('POST', '/v1/signals', signalAbout({ bsn: subject }, under))
  const { body } = await gemeente.call<SignalAnswer>(
    'POST',
    '/v1/signals',
    signalAbout({ bsn: subject }, under),
  )
  if (body.overlaps.length === 0) throw new Error('no overlap')
  const { body: page } = await politie.call<{ overlaps: { handle: string }[] }>(
    'GET',
    `/v1/overlaps?agreement=${encodeURIComponent(under.hash)}&purpose=${under.content.purpose}`,
  )
  const handle = page.overlaps.map((one) => one.handle).find((one) => !looked.has(one)) ?? ''
  looked.add(handle)
  const { status, text } = await politie.call('GET', `/v1/overlaps/${handle}`, undefined, who)
  if (status !== 200) throw new Error(text)
  return handle
}
const looked = new Set<string>()
const list = (filter = '', call = overseer) =>
  call<SamplePage>('GET', `/v1/samples?occasion=spot-check${filter}`)
const own = (who?: typeof anna, agency: HouseAgency = politie) =>
  agency.call<SamplePage>('GET', '/v1/own-samples', undefined, who)
const justify = (id: string, who?: typeof anna, change = {}, call = politie.call) =>
  call<Sample>(
    'POST',
    `/v1/samples/${id}/_justify`,
    { reason: 'own-case', article: 'wpg-20', caseCommitment: commitment, ...change },
    who,
  )
const judge = (id: string, finding: string, who = carla, call = overseer) =>
  call<Sample>('POST', `/v1/samples/${id}/_review`, { finding }, who)
const noticesOf = async (agency: HouseAgency, kind: string) =>
  (await agency.call<NoticePage>('GET', '/v1/notifications')).body.notices.filter(
    (one) => one.kind === kind,
  )
const kindsSince = async (since: number) =>
  (await house.entries('gateway', since)).map(({ kind }) => kind)
const aWeek = 7 * day

await look('one', anna)
await look('two', bob)
await look('three')
const drawnAbout = async (about: string) => {
  const { body } = await list()
  const found = body.samples.find((one) => one.look?.about === about)
  if (found === undefined) throw new Error('it was not drawn')
  return found
}
const [handleOfAnna = '', handleOfBob = '', handleOfMachine = ''] = [...looked]

t.test('weeks are those of Amsterdam and end on Monday', async (t) => {
  t.equal(weekOf(new Date('2026-11-22T22:59:59Z')), '2026-W47')
  t.equal(weekOf(new Date('2026-11-22T23:00:00Z')), '2026-W48', 'midnight in winter')
  t.equal(weekOf(new Date('2026-07-05T22:00:00Z')), '2026-W28', 'midnight in summer')
  t.equal(weekOf(new Date('2027-01-03T12:00:00Z')), '2026-W53', 'the year of its Thursday')
  t.equal(lastWeekBefore(new Date('2027-01-04T12:00:00Z')), '2026-W53')
})

t.test('nothing is drawn before the week is over', async (t) => {
  await house.operator('gateway').runDueWork()
  t.strictSame((await list()).body.samples, [])
  const early = await house.post('keyholder', '/v1/witness/sample-beacons', {
    week: weekOf(house.clock.now()),
  })
  t.match(early, { status: 409, code: 'witness/week-not-over' })
})

t.test('a week is drawn once, also by two gateways at once and after a crash', async (t) => {
  const since = await house.ledgerSize('gateway')
  await bothInFuture(house, aWeek, async (gateway) => {
    await inFuture(house, aWeek, async (second) => {
      await Promise.all([gateway.runDueWork(), second.runDueWork()])
    })
    await gateway.runDueWork()
  })
  const kinds = await kindsSince(since)
  t.equal(kinds.filter((kind) => kind === 'sample.seed').length, 1)
  t.equal(kinds.filter((kind) => kind === 'sample.draw').length, 1, 'one agency looked')
  const { body } = await list()
  t.equal(body.samples.length, 3, 'three looks are fewer than are drawn at least')
  t.match(await drawnAbout(handleOfAnna), {
    state: 'awaiting-reason',
    acts: 1,
    look: { kind: 'overlap.read', client: 'connector', officer: 'officer-anna' },
  })
  t.equal((await noticesOf(politie, 'looks-drawn')).length, 1, 'told once')
  t.equal((await noticesOf(gemeente, 'looks-drawn')).length, 0)
})

t.test('a draw is named by entries only, and no other agency sees it', async (t) => {
  const drawn = (await house.entries('gateway')).find(({ kind }) => kind === 'sample.draw')
  const { body } = await list()
  t.strictSame(drawn?.drawn, body.samples.map(({ entry }) => entry).reverse())
  t.notMatch(JSON.stringify(drawn), /officer|handle|connector/)
  const theirs = await list('', gemeente.call)
  t.strictSame(theirs.body, { samples: [] })
  const { id } = await drawnAbout(handleOfAnna)
  for (const answer of [
    await gemeente.call('GET', `/v1/samples/${id}?occasion=spot-check`),
    await justify(id, anna, {}, gemeente.call),
    await judge(id, 'justified', carla, gemeente.call),
    await justify(absent, anna),
  ]) {
    t.match(answer, { status: 404, code: 'samples/not-found' })
  }
  const { body: draws } = await gemeente.call<SampleDraws>('GET', '/v1/sample-draws')
  t.match(draws.draws, [{ looks: 0, drawn: [] }])
})

t.test('only whoever looked gives the reason', async (t) => {
  const ofAnna = await drawnAbout(handleOfAnna)
  const ownOf = async (who?: typeof anna) =>
    (await own(who)).body.samples.map(({ look }) => look?.officer)
  t.strictSame(await ownOf(anna), [undefined, 'officer-anna'], 'and of the machine she sits at')
  t.strictSame(await ownOf(), [undefined])
  for (const other of [bob, undefined]) {
    const answer = await justify(ofAnna.id, other)
    t.match(answer, { status: 403, code: 'policy/denied' })
    t.match(answer.body, { problems: [{ at: 'core/sample-own-look' }] })
  }
  const ofMachine = await drawnAbout(handleOfMachine)
  const otherMachine = await justify(ofMachine.id, undefined, {}, overseer)
  t.match(otherMachine, { status: 403 }, 'another machine did not look')
  t.match(await justify(ofAnna.id, anna, { caseCommitment: undefined, article: 'none-such' }), {
    status: 400,
    body: { problems: [{ at: '/article' }, { at: '/caseCommitment' }] },
  })
  t.match(await justify(ofAnna.id, anna), {
    status: 200,
    body: {
      state: 'awaiting-review',
      justification: { reason: 'own-case', client: 'connector', officer: 'officer-anna' },
    },
  })
  const machine = await justify(ofMachine.id, undefined, {
    reason: 'by-machine',
    caseCommitment: undefined,
  })
  t.equal(machine.status, 200, 'a machine needs no case')
})

t.test('nobody judges a look of their own, nor at the machine that looked', async (t) => {
  const { id } = await drawnAbout(handleOfAnna)
  for (const [who, call] of [
    [anna, overseer],
    [carla, politie.call],
    [{ headers: {} as { 'raakvlak-officer': string } }, overseer],
  ] as const) {
    t.match(await judge(id, 'justified', who, call), {
      status: 403,
      body: { problems: [{ at: 'core/sample-other-reviewer' }] },
    })
  }
  t.match(await judge((await drawnAbout(handleOfBob)).id, 'unjustified'), {
    status: 409,
    code: 'samples/awaiting-reason',
  })
  t.match(await judge(id, 'unclear'), { status: 200, body: { state: 'judged' } })
  t.match(await justify(id, anna, { reason: 'follow-up' }), { body: { state: 'awaiting-review' } })
  t.match(await judge(id, 'justified'), {
    status: 200,
    body: { state: 'judged', judgement: { finding: 'justified', client: 'privacy-officer' } },
  })
  t.equal((await judge(id, 'justified')).status, 200, 'the same again is welcome')
  t.match(await judge(id, 'unjustified'), { status: 409, code: 'samples/judged' })
  t.match(await justify(id, anna), { status: 409, code: 'samples/judged' })
})

t.test('every act on a drawn look is on the ledger, refused ones too', async (t) => {
  const since = await house.ledgerSize('gateway')
  const { id, entry } = await drawnAbout(handleOfBob)
  await justify(id, anna)
  await judge(absent, 'justified')
  t.match((await house.entries('gateway', since)).slice(1), [
    {
      kind: 'sample.justify',
      outcome: 'refuse',
      look: entry,
      officer: 'officer-anna',
      reasons: ['core/sample-own-look'],
    },
    { kind: 'sample.judge', outcome: 'refuse', reasons: ['samples/not-found'] },
  ])
})

t.test('terms that pass are told once each, and then it is judged without a reason', async (t) => {
  const { id } = await drawnAbout(handleOfBob)
  await inFuture(house, 30 * day, async (gateway) => {
    await gateway.runDueWork()
    await gateway.runDueWork()
  })
  t.equal((await noticesOf(politie, 'looks-unexplained')).length, 1)
  t.equal((await noticesOf(politie, 'looks-unreviewed')).length, 1, 'that of the machine')
  await inFuture(house, 60 * day, (gateway) => gateway.runDueWork())
  t.equal((await noticesOf(politie, 'looks-unexplained')).length, 1)
  t.equal((await noticesOf(politie, 'looks-unreviewed')).length, 2, 'that without a reason, too')
  await house.db.gateway
    .updateTable('sample')
    .set({ justify_by: shifted(house.clock.now(), -day) })
    .where('id', '=', id)
    .execute()
  t.equal((await drawnAbout(handleOfBob)).state, 'reason-overdue')
  t.match(await judge(id, 'unjustified'), { status: 200 })
  t.match(
    (await list('&finding=unjustified')).body.samples,
    [{ id, state: 'judged' }],
    'it stays visible',
  )
  const { body } = await overseer<SampleDraws>('GET', '/v1/sample-draws')
  t.match(body.draws, [{ looks: 3, figures: { justified: 1, unjustified: 1, unclear: 0 } }])
})

t.test('the keyholder says one word for a week, for good', async (t) => {
  const { body } = await overseer<SampleDraws>('GET', '/v1/sample-draws')
  const week = body.draws[0]?.week
  const again = await house.post('keyholder', '/v1/witness/sample-beacons', { week })
  t.equal(again.body.statement, body.draws[0]?.beacon)
  const said = await fetch(`${house.pins.keyholder.url}/v1/witness/sample-beacons`)
  t.match(((await said.json()) as SampleBeacons).beacons, [{ week }])
})
