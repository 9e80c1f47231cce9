import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { openLog } from '../../src/door/request-log.ts'
import { endOfRetention } from '../../src/kernel/calendar.ts'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import type { RunningOperator } from '../../src/operator.ts'
import { openQueue } from '../../src/store/queue.ts'
import { transact } from '../../src/store/transact.ts'
import type { BulkAnswer, EndedOverlap, SignalAnswer, SignalStatus } from '../../src/wire/signal.ts'
import { learned } from '../support/calls.ts'
import { inFuture as gatewayInFuture } from '../support/future.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const jeugdzorg = await house.admit('jeugdzorg')
const outsider = await house.admit('outsider')
const db = house.db.gateway
const day = 86_400
const years = 366 * day

const now = house.clock.now()
const today = dayOf(now)
/** First day of the next quarter, and of the one after it. */
const soon = endOfRetention(today, 3)
const later = endOfRetention(today, 6)
const longValidity = {
  validity: {
    notBefore: now.toISOString(),
    notAfter: shifted(now, 10 * years).toISOString(),
  },
}
const agreeFor = (purpose: string, parties: HouseAgency[] = [politie, gemeente, jeugdzorg]) =>
  house.agree(parties, { purpose, domain: purpose, ...longValidity })

const inFuture = <Result>(seconds: number, work: (gateway: RunningOperator) => Promise<Result>) =>
  gatewayInFuture(house, seconds, work)

const untilDay = (text: string): number =>
  (new Date(text).getTime() - house.clock.now().getTime()) / 1000 + 60

async function submit(
  agency: HouseAgency,
  words: string,
  under: UnderAgreement,
  retainUntil = later,
): Promise<SignalAnswer> {
  const body = signalAbout({ bsn: words }, under, { observedOn: today, retainUntil })
  const {
    status,
    body: answer,
    text,
  } = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (status !== 201) throw new Error(text)
  return answer
}

const rowOf = (id: string) =>
  db.selectFrom('signal').selectAll().where('id', '=', id).executeTakeFirst()
const handleOf = async (agency: HouseAgency, under: UnderAgreement, signal: string) =>
  (await agency.partner.overlaps(under)).find((one) => one.signal.id === signal)?.handle
const expiries = async (since: number) =>
  (await house.entries('gateway', since)).filter(({ kind }) => kind === 'signal.expire')

t.test('a signal goes on its day, not before; the tombstone tells of nobody', async (t) => {
  const under = await agreeFor('a-tombstone')
  const gone = await submit(politie, 'anna', under, soon)
  const stays = await submit(politie, 'boris', under)
  await house.operator('gateway').runDueWork()
  t.equal((await rowOf(gone.id))?.state, 'live')
  const before = await house.ledgerSize('gateway')
  await inFuture(untilDay(soon), ({ runDueWork }) => runDueWork())
  t.equal((await rowOf(stays.id))?.state, 'live')
  const row = await rowOf(gone.id)
  const { id, agency_id, agreement_hash, purpose, domain, state, client, ended_at, ...rest } = row!
  t.match({ id, agency_id, agreement_hash, state }, { agency_id: 'politie', state: 'expired' })
  t.match([client, purpose, domain, ended_at], [/./, /./, /./, Date])
  const { epoch, subject_kind, submitted_at, ledger_index, ...erased } = rest
  t.match([epoch, subject_kind, submitted_at, ledger_index], [1, 'person', Date, /\d/])
  t.ok(
    Object.values(erased).every((value) => value === null),
    `nothing else is left: ${Object.keys(erased)}`,
  )
  const tokens = await db
    .selectFrom('signal_token')
    .select('signal_id')
    .where('signal_id', 'in', [gone.id, stays.id])
    .execute()
  t.strictSame(tokens, [{ signal_id: stays.id }])
  t.match(await expiries(before), [
    { signalId: gone.id, agency: 'politie', agreement: under.hash, cause: 'past-retention' },
  ])
  const { body: status } = await politie.call<SignalStatus>('GET', `/v1/signals/${gone.id}`)
  t.match(status, { state: 'expired', receipt: { version: 1 } })
  t.notOk('caseReference' in status)
})

t.test('whoever knew an overlap learns that it is over, and no more', async (t) => {
  const under = await agreeFor('an-end')
  const own = await submit(politie, 'carla', under)
  const other = await submit(gemeente, 'carla', under, soon)
  const third = await submit(jeugdzorg, 'carla', under)
  const handle = await handleOf(politie, under, own.id)
  const otherHandle = await handleOf(gemeente, under, other.id)
  await inFuture(untilDay(soon), ({ runDueWork }) => runDueWork())
  t.match(await politie.partner.overlap(handle!), { others: [{ agency: 'jeugdzorg' }] })
  t.equal((await politie.partner.endedOverlaps(under)).length, 0, 'one of the two others is left')
  t.match(await gemeente.partner.overlap(otherHandle!), {
    signal: { id: other.id },
    cause: 'own-signal',
    endedOn: soon,
  })
  await jeugdzorg.partner.withdraw(third.id, 'other')
  const ended = (await politie.partner.overlap(handle!)) as EndedOverlap
  t.strictSame(ended, {
    handle,
    agreement: under.hash,
    signal: { id: own.id, caseReference: 'CASE-1' },
    endedOn: dayOf(house.clock.now()),
    cause: 'other-signal',
  })
  t.strictSame(await politie.partner.endedOverlaps(under), [ended])
  t.equal(await handleOf(politie, under, own.id), undefined)
  for (const stranger of [gemeente, jeugdzorg, outsider]) {
    t.strictSame(
      learned(await stranger.call('GET', `/v1/overlaps/${handle}`)),
      learned(await stranger.call('GET', '/v1/overlaps/00000000-0000-4000-8000-000000000000')),
      'to everybody else there is no such handle',
    )
  }
  await submit(jeugdzorg, 'carla', under)
  t.match(await politie.partner.overlap(handle!), { others: [{ agency: 'jeugdzorg' }] })
})

t.test('a withdrawal, and an expiry, of another look the same', async (t) => {
  const under = await agreeFor('the-same', [politie, gemeente])
  const expiring = await submit(politie, 'dora', under)
  await submit(gemeente, 'dora', under, soon)
  await inFuture(untilDay(soon), ({ runDueWork }) => runDueWork())
  const withdrawing = await submit(politie, 'emil', under)
  const other = await submit(gemeente, 'emil', under)
  await gemeente.partner.withdraw(other.id, 'subject-objected')
  const ended = await politie.partner.endedOverlaps(under)
  const of = (id: string) => {
    const { handle, signal, endedOn, ...rest } = ended.find((one) => one.signal.id === id)!
    return rest
  }
  t.strictSame(of(expiring.id), of(withdrawing.id))
})

t.test('when an agreement ends its signals go, and its receivers are told', async (t) => {
  const revoked = await agreeFor('revoked', [politie, gemeente])
  const own = await submit(politie, 'fred', revoked)
  await submit(gemeente, 'fred', revoked)
  const handle = await handleOf(politie, revoked, own.id)
  await gemeente.partner.revokeAgreement(revoked.hash)
  const before = await house.ledgerSize('gateway')
  await house.operator('gateway').runDueWork()
  t.equal((await rowOf(own.id))?.state, 'expired')
  t.match(await politie.partner.overlap(handle!), { cause: 'agreement', signal: { id: own.id } })
  t.equal((await expiries(before)).filter(({ cause }) => cause === 'agreement-ended').length, 2)

  const ending = await house.agree([politie, gemeente], { purpose: 'past', domain: 'past' })
  const inside = await submit(politie, 'gina', ending)
  await house.operator('gateway').runDueWork()
  t.equal((await rowOf(inside.id))?.state, 'live')
  await inFuture(2 * day, ({ runDueWork }) => runDueWork())
  t.equal((await rowOf(inside.id))?.state, 'expired')
})

t.test('a suspension ends no signal, and holds up no retention', async (t) => {
  const under = await agreeFor('a-halt', [politie, gemeente])
  const stays = await submit(politie, 'kim', under)
  const goes = await submit(gemeente, 'kim', under, soon)
  await suspendAgreementAt(house.pins.gateway, house.administrators.gateway, {
    agreement: under.hash,
    suspended: true,
    cause: 'incident',
    at: house.clock.now(),
  })
  await house.operator('gateway').runDueWork()
  t.match([await rowOf(stays.id), await rowOf(goes.id)], [{ state: 'live' }, { state: 'live' }])
  await inFuture(untilDay(soon), ({ runDueWork }) => runDueWork())
  t.match([await rowOf(stays.id), await rowOf(goes.id)], [{ state: 'live' }, { state: 'expired' }])
  const before = await house.ledgerSize('gateway')
  await gemeente.partner.revokeAgreement(under.hash)
  await house.operator('gateway').runDueWork()
  t.match(await expiries(before), [{ signalId: stays.id, cause: 'agreement-ended' }])
})

t.test('the signals of an earlier version end on the first day of the later one', async (t) => {
  const under = await agreeFor('a-renewal', [politie, gemeente])
  const own = await submit(politie, 'lars', under)
  const other = await submit(gemeente, 'lars', under)
  const handle = await handleOf(politie, under, own.id)
  const renewed = await house.agree([politie, gemeente], {
    purpose: 'a-renewal',
    domain: 'a-renewal',
    previous: under.hash,
    validity: { ...longValidity.validity, notBefore: shifted(now, day).toISOString() },
  })
  await house.operator('gateway').runDueWork()
  t.equal((await rowOf(own.id))?.state, 'live', 'the later version has not begun')
  const before = await house.ledgerSize('gateway')
  await inFuture(day + 60, async ({ runDueWork }) => {
    await runDueWork()
    await runDueWork()
  })
  const ended = { agreement: under.hash, cause: 'agreement-ended' }
  t.match(await expiries(before), [ended, ended])
  for (const { id } of [own, other]) {
    t.match(await rowOf(id), { state: 'expired', case_reference: null, tokens: null })
  }
  t.match(await politie.partner.overlap(handle!), { cause: 'agreement', signal: { id: own.id } })
  t.not(renewed.hash, under.hash)
})

t.test('signals under an agreement whose form no longer counts end too', async (t) => {
  const under = await agreeFor('a-former-form', [politie, gemeente])
  const own = await submit(politie, 'mats', under)
  await sql`update agreement set content = replace(content, 'raakvlak-agreement/2', 'raakvlak-agreement/1')
    where hash = ${under.hash}`.execute(db)
  const before = await house.ledgerSize('gateway')
  await house.operator('gateway').runDueWork()
  t.match(await expiries(before), [{ signalId: own.id, cause: 'agreement-ended' }])
})

t.test('a year of arrears is caught up in pieces, by two processes, once each', async (t) => {
  const under = await agreeFor('arrears', [politie, gemeente])
  for (let round = 0; round < 3; round += 1) {
    const signals = Array.from({ length: 90 }, (_, at) =>
      signalAbout({ bsn: `h${round} ${at}` }, under, { observedOn: today, retainUntil: soon }),
    )
    const agency = round === 1 ? gemeente : politie
    await agency.call<BulkAnswer>('POST', '/v1/signals/_bulk', { signals })
  }
  const before = await house.ledgerSize('gateway')
  await inFuture(years, (one) =>
    inFuture(years, async (other) => {
      await Promise.all([one.runDueWork(), other.runDueWork(), one.runDueWork()])
    }),
  )
  const told = (await expiries(before)).filter(({ agreement }) => agreement === under.hash)
  t.equal(told.length, 270)
  t.equal(new Set(told.map(({ signalId }) => signalId)).size, 270)
  const { rows } = await sql<{ most: number }>`
    select max(together) as most from (select count(*) as together from signal
      where agreement_hash = ${under.hash} group by ended_at) as pieces`.execute(db)
  t.ok(Number(rows[0]?.most) <= 100, 'no transaction ended more than a hundred')
})

t.test(
  'a run that fails in the middle changes nothing, and the next one does it all',
  async (t) => {
    const under = await agreeFor('a-crash', [politie, gemeente])
    const own = await submit(politie, 'ida', under, soon)
    await submit(gemeente, 'ida', under, soon)
    const before = await house.ledgerSize('gateway')
    await sql`alter table signal_token add column broken integer`.execute(db)
    await sql`create function refuse() returns trigger as 'begin raise exception ''no''; end' language plpgsql`.execute(
      db,
    )
    await sql`create trigger broken before delete on signal_token execute function refuse()`.execute(
      db,
    )
    await inFuture(untilDay(soon), async ({ runDueWork, server }) => {
      await t.rejects(runDueWork())
      t.equal((await rowOf(own.id))?.state, 'live')
      t.equal((await expiries(before)).length, 0, 'nothing on the ledger either')
      t.equal((await politie.partner.endedOverlaps(under)).length, 0)
      const waiting = await server.inject('/health/retention')
      t.match(waiting.json(), { runs: [{ run: 'past-retention', due: 'some' }, {}] })
      await sql`drop trigger broken on signal_token`.execute(db)
      await runDueWork()
      const done = await server.inject('/health/retention')
      t.match(done.json(), { runs: [{ due: 'none', lastSucceededAt: /^20/ }, { due: 'none' }] })
    })
    t.equal((await rowOf(own.id))?.state, 'expired')
    t.equal((await expiries(before)).length, 2)
    await sql`alter table signal_token drop column broken`.execute(db)
  },
)

t.test('a period that the agreement does not allow is refused, with all its faults', async (t) => {
  const under = await agreeFor('periods', [politie, gemeente])
  const cases: [Partial<{ observedOn: string; retainUntil: string }>, string[]][] = [
    [{ observedOn: today, retainUntil: endOfRetention(today, 27) }, ['/retainUntil']],
    [{ observedOn: '2024-01-02', retainUntil: '2026-01-01' }, ['/retainUntil']],
    [{ observedOn: today, retainUntil: soon.replace(/-01$/, '-02') }, ['/retainUntil']],
    [
      { observedOn: '2090-01-01', retainUntil: '2093-02-03' },
      ['/observedOn', '/retainUntil', '/retainUntil'],
    ],
  ]
  for (const [change, places] of cases) {
    const body = signalAbout({ bsn: 'jan' }, under, change)
    const answer = await politie.call('POST', '/v1/signals', body)
    t.equal(answer.code, 'signals/retention')
    const problems = answer.body.problems as { at: string }[]
    t.strictSame(
      problems.map(({ at }) => at),
      places,
    )
    t.equal(await rowOf(body.id), undefined)
  }
  const most = endOfRetention(today, under.content.retentionMonths)
  t.ok(await submit(politie, 'jan', under, most), 'the longest that is allowed')
})

t.test(
  'a job asked for inside a transaction is delivered when that commits, else never',
  async (t) => {
    const logger = openLog({ level: 'silent' })
    const [one, other] = [
      await openQueue({ db, name: 'a-test', logger }),
      await openQueue({ db, name: 'a-test', logger }),
    ]
    t.teardown(() => Promise.all([one.close(), other.close()]).then(() => {}))
    let delivered = 0
    const work = async () => {
      delivered += 1
    }
    await one.deliverTo(work)
    await other.deliverTo(work)
    // Else the turn of a minute would count as asking.
    await sql`delete from pgboss.schedule where name = 'a-test'`.execute(db)
    const settled = async () => {
      let seen = -1
      while (seen !== delivered) {
        seen = delivered
        await pause(4_500)
      }
      return seen
    }
    const first = await settled()
    t.ok(first >= 1, 'at the start')
    await t.rejects(
      transact(db, 'a test', async (tx) => {
        await one.ask(tx)
        throw new Error('no')
      }),
    )
    t.equal(await settled(), first)
    await transact(db, 'a test', async (tx) => {
      await one.ask(tx)
      await one.ask(tx)
    })
    t.ok((await settled()) > first)
  },
)
