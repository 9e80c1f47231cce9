import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import t from 'tap'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { openLog } from '../../src/door/request-log.ts'
import { openGateway } from '../../src/gateway.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { seal } from '../../src/sealing/sealing.ts'
import type { NoticePage } from '../../src/wire/notification.ts'
import type { SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { openTestClock } from '../support/clock.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { type Subject, signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const jeugdzorg = await house.admit('jeugdzorg')
const under = await house.agree([politie, gemeente, jeugdzorg])
const day = 86_400

async function submit(
  agency: HouseAgency,
  subject: Subject,
  change: Partial<SignalBody> = {},
  agreement: UnderAgreement = under,
): Promise<SignalAnswer> {
  const body = signalAbout(subject, agreement, change)
  const answer = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body
}

const page = async (agency: HouseAgency, query = '') =>
  (await agency.call<NoticePage>('GET', `/v1/notifications${query}`)).body

/** What an agency is told meanwhile; acknowledged afterwards. */
async function toldBy(agency: HouseAgency, work: () => Promise<unknown>) {
  await readAll(agency)
  await work()
  return readAll(agency)
}
async function readAll(agency: HouseAgency) {
  const notices = await agency.partner.inbox.notices()
  const last = notices.at(-1)
  if (last !== undefined) await agency.partner.inbox.acknowledge(last.sequence)
  return notices
}
const shortly = (notices: readonly { kind: string; dataref: string }[]) =>
  notices.map(({ kind, dataref }) => `${kind} ${dataref}`)

t.test(
  'both sides are told of an overlap, the earlier signaller too; that, and not what',
  async (t) => {
    const first = await submit(politie, { bsn: 'anna' }, { caseReference: 'P-SECRET' })
    const second = await submit(gemeente, { bsn: 'anna' }, { caseReference: 'G-SECRET' })
    const [earlier] = await politie.partner.overlaps(under)
    t.match(await page(politie), {
      acknowledgedUntil: 0,
      notices: [{ sequence: 1, kind: 'overlap-found', dataref: `/v1/overlaps/${earlier?.handle}` }],
    })
    t.match(await page(gemeente), {
      notices: [{ sequence: 1, dataref: `/v1/overlaps/${second.overlaps[0]?.handle}` }],
    })
    t.strictSame((await page(jeugdzorg)).notices, [])
    const notice = (await page(politie)).notices[0]
    t.strictSame(Object.keys(notice ?? {}).sort(), [
      'acknowledged',
      'agreement',
      'at',
      'dataref',
      'id',
      'kind',
      'sequence',
    ])
    const all = JSON.stringify(await house.db.gateway.selectFrom('notice').selectAll().execute())
    t.notMatch(all, /SECRET|certain|official|phone/)
    t.not(all.includes(first.id) || all.includes(second.id), true, 'no signal is named')
    t.equal(
      (await politie.call('GET', notice?.dataref ?? '')).status,
      200,
      'it leads to the overlap',
    )
    t.equal(
      (await gemeente.call('GET', notice?.dataref ?? '')).status,
      404,
      'and nobody else there',
    )
  },
)

t.test(
  'another agency in an overlap is news; another signal of one that is there is none',
  async (t) => {
    const own = await submit(politie, { bsn: 'bart' })
    await submit(gemeente, { bsn: 'bart' })
    t.strictSame(await toldBy(politie, () => submit(gemeente, { bsn: 'bart' })), [])
    const handle = (await politie.partner.overlaps(under)).find(
      ({ signal }) => signal.id === own.id,
    )?.handle
    t.strictSame(shortly(await toldBy(politie, () => submit(jeugdzorg, { bsn: 'bart' }))), [
      `overlap-found /v1/overlaps/${handle}`,
    ])
  },
)

t.test('whoever is reached by a chain of certain evidence is told, too', async (t) => {
  await submit(politie, { bsn: 'cor' })
  await submit(gemeente, { bsn: 'cor', 'v-number': 'cor' })
  const told = await toldBy(politie, () => submit(jeugdzorg, { 'v-number': 'cor' }))
  t.strictSame(
    told.map(({ kind }) => kind),
    ['overlap-found'],
  )
})

t.test('a party that may only submit is told nothing', async (t) => {
  const oneWay = await house.agree(
    [politie, gemeente],
    { purpose: 'one-way', domain: 'one-way' },
    { gemeente: ['submit'], politie: ['submit', 'receive'] },
  )
  await readAll(gemeente)
  await submit(gemeente, { bsn: 'dirk' }, {}, oneWay)
  const told = await toldBy(politie, () => submit(politie, { bsn: 'dirk' }, {}, oneWay))
  t.equal(told.length, 1)
  await politie.partner.withdraw(
    (await submit(politie, { bsn: 'dirk' }, {}, oneWay)).id,
    'entered-by-mistake',
  )
  t.strictSame(await readAll(gemeente), [])
})

t.test('who acts for an agency is told for it, while that delegation holds', async (t) => {
  const acting = await house.admit('safety-house')
  const number = await politie.partner.delegate({
    actingAgency: acting.id,
    agreement: under.hash,
    notBefore: house.clock.now().toISOString(),
    notAfter: under.content.validity.notAfter,
  })
  const own = signalAbout({ bsn: 'dora' }, under, { onBehalfOf: 'politie' })
  t.equal((await acting.call('POST', '/v1/signals', own)).status, 201)
  const told = await toldBy(acting, () => submit(gemeente, { bsn: 'dora' }))
  t.match(told, [{ kind: 'overlap-found', onBehalfOf: 'politie' }])
  const dataref = told[0]?.dataref ?? ''
  t.match(await acting.call('GET', dataref), { status: 200 })
  const before = await house.ledgerSize('gateway')
  t.match(await gemeente.call('GET', dataref), { status: 404 }, 'nobody else acts for it')
  t.match(await acting.call('GET', dataref.split('?')[0] ?? ''), { status: 404 })
  t.match(await acting.call('GET', dataref), { status: 200 })
  t.match(await house.entries('gateway', before), [
    { kind: 'overlap.read', outcome: 'refuse', agency: 'gemeente' },
    { kind: 'overlap.read', outcome: 'refuse', agency: 'safety-house' },
    { kind: 'overlap.read', outcome: 'permit', agency: 'safety-house', onBehalfOf: 'politie' },
  ])
  await politie.partner.endDelegation(number)
  t.strictSame(await toldBy(acting, () => submit(jeugdzorg, { bsn: 'dora' })), [])
  t.match(await acting.call('GET', dataref), { status: 404 })
})

t.test('the end of an overlap is told to whoever could see it, and to nobody else', async (t) => {
  await submit(politie, { bsn: 'else' })
  const second = await submit(gemeente, { bsn: 'else' })
  const { handle } = second.overlaps[0] ?? {}
  await readAll(gemeente)
  await readAll(jeugdzorg)
  const told = await toldBy(politie, () =>
    gemeente.partner.withdraw(second.id, 'entered-by-mistake'),
  )
  t.strictSame(
    told.map(({ kind }) => kind),
    ['overlap-ended'],
  )
  t.match(await politie.call('GET', told[0]?.dataref ?? ''), { status: 200 })
  t.strictSame(shortly(await readAll(gemeente)), [`overlap-ended /v1/overlaps/${handle}`])
  t.strictSame(await readAll(jeugdzorg), [])
})

t.test('a correction tells of what it brings together and takes apart', async (t) => {
  await submit(politie, { bsn: 'frits' })
  await submit(jeugdzorg, { bsn: 'gerda' })
  const own = await submit(gemeente, { bsn: 'frits' })
  await readAll(jeugdzorg)
  const { id: _id, ...body } = signalAbout({ bsn: 'gerda' }, under)
  const correct = (subject: Subject) =>
    gemeente.call('POST', `/v1/signals/${own.id}/_correct`, {
      ...body,
      tokens: signalAbout(subject, under).tokens,
    })
  await readAll(gemeente)
  t.strictSame(
    (await toldBy(politie, () => correct({ bsn: 'gerda' }))).map(({ kind }) => kind),
    ['overlap-ended'],
  )
  t.strictSame(
    (await readAll(jeugdzorg)).map(({ kind }) => kind),
    ['overlap-found'],
  )
  t.strictSame(
    (await readAll(gemeente)).map(({ kind }) => kind),
    ['overlap-found'],
  )
  const nothingNew = await toldBy(jeugdzorg, () => correct({ bsn: 'gerda', phone: 'new' }))
  t.strictSame(nothingNew, [], 'what stays together is no news')
})

t.test('each step of a disclosure is told to the other side', async (t) => {
  const { sealingKeys } = await politie.partner.domainKeys(under.content.domain)
  const id = randomUUID()
  const sealed = await seal({
    signalId: id,
    purpose: under.content.purpose,
    owner: 'politie',
    field: 'narrative',
    content: 'Seen at the station.',
    operators: sealingKeys,
    random: house.random,
  })
  await submit(politie, { bsn: 'hans' }, { id, sealed: [sealed] as SignalBody['sealed'] })
  const handle = (await submit(gemeente, { bsn: 'hans' })).overlaps[0]?.handle ?? ''
  const [owner, receiver] = [politie.partner.disclosures, gemeente.partner.disclosures]
  const wanted = {
    owner: 'politie',
    article: 'avg-6-1-e',
    necessity: 'NECESSITY OF KNOWING',
    fields: ['narrative' as const],
  }
  let number = ''
  let grant = ''
  const steps: readonly [HouseAgency, string, () => Promise<unknown>][] = [
    [
      politie,
      'requested',
      async () => {
        number = (await receiver.request({ handle }, wanted, under)).number
      },
    ],
    [gemeente, 'answered', () => owner.answer(number, { answer: 'ask', text: 'WHY TODAY?' })],
    [
      politie,
      'replied',
      () => receiver.reply(number, { reply: 'answer', text: 'SO THAT WE CAN.' }),
    ],
    [gemeente, 'answered', () => owner.answer(number, { answer: 'refuse', reason: 'harm' })],
    [politie, 'replied', () => receiver.reply(number, { reply: 'objection', text: 'YET AGAIN.' })],
    [
      gemeente,
      'granted',
      async () => {
        grant = (await owner.grant(number, under, { signalId: id })).grant?.number ?? ''
      },
    ],
    [politie, 'opened', () => receiver.open(number, under)],
  ]
  for (const [other, step, take] of steps) {
    t.strictSame(shortly(await toldBy(other, take)), [
      `disclosure-${step} /v1/disclosures/${number}`,
    ])
  }
  t.strictSame(await toldBy(politie, () => receiver.show(number)), [], 'looking is no step')
  t.strictSame(await toldBy(gemeente, () => owner.revoke(grant).catch(() => {})), [], 'too late')
  const again = await receiver.request({ handle }, wanted, under)
  const { grant: second } = await owner.grant(again.number, under, { signalId: id })
  t.strictSame(shortly(await toldBy(gemeente, () => owner.revoke(second?.number ?? ''))), [
    `disclosure-revoked /v1/disclosures/${again.number}`,
  ])
  const kept = await house.db.gateway.selectFrom('notice').selectAll().execute()
  t.notMatch(JSON.stringify(kept), /NECESSITY|WHY|SO THAT|YET|narrative|harm/)
})

t.test(
  'acknowledging is a cursor: what was acknowledged is still there to be read again',
  async (t) => {
    await readAll(gemeente)
    await submit(politie, { bsn: 'ida' })
    await submit(gemeente, { bsn: 'ida' })
    const [notice] = (await page(gemeente)).notices
    const until = notice?.sequence ?? 0
    const before = await house.ledgerSize('gateway')
    t.equal(await gemeente.partner.inbox.acknowledge(until), until)
    t.equal(await gemeente.partner.inbox.acknowledge(until - 1), until, 'never back')
    t.strictSame(await page(gemeente), { notices: [], acknowledgedUntil: until })
    t.match((await page(gemeente, `?after=${until - 1}`)).notices, [
      { id: notice?.id, acknowledged: true },
    ])
    t.match(
      await gemeente.call('POST', '/v1/notifications/_acknowledge', { until: until + 1 }),
      { status: 409, code: 'notification/not-told' },
      'what was not told cannot be acknowledged',
    )
    t.match(await house.entries('gateway', before), [
      { kind: 'notice.acknowledge', outcome: 'permit', agency: 'gemeente' },
      { kind: 'notice.acknowledge', outcome: 'permit' },
      { kind: 'notice.list', outcome: 'permit' },
      { kind: 'notice.list', outcome: 'permit' },
      { kind: 'notice.acknowledge', outcome: 'refuse', reasons: ['notification/not-told'] },
    ])
    t.notMatch(JSON.stringify(await house.entries('gateway', before)), /until|sequence/)
  },
)

t.test('an inbox is one agency’s: others read and acknowledge their own', async (t) => {
  await submit(politie, { bsn: 'jan' })
  await submit(gemeente, { bsn: 'jan' })
  const { notices } = await page(politie)
  t.equal(notices.length > 0, true)
  await readAll(jeugdzorg)
  const { notices: theirs } = await page(jeugdzorg, '?after=0')
  t.not(
    theirs.some(({ id }) => notices.some((one) => one.id === id)),
    true,
  )
  t.equal((await page(politie)).notices.length, notices.length, 'not acknowledged by another')
})

t.test('the ledger grows alike whether or not anybody is told', async (t) => {
  const growth = async (subject: Subject): Promise<number> => {
    const before = await house.ledgerSize('gateway')
    await submit(gemeente, subject)
    return (await house.ledgerSize('gateway')) - before
  }
  await submit(politie, { bsn: 'koen' })
  t.equal(await growth({ bsn: 'koen' }), await growth({ bsn: 'nobody-but-one' }))
})

t.test(
  'whoever submits at the same moment: no number is missing, none is given twice',
  async (t) => {
    await readAll(politie)
    await Promise.all(
      Array.from({ length: 12 }, async (_, at) => {
        await submit(politie, { bsn: `at-once-${at}` })
        await submit(gemeente, { bsn: `at-once-${at}` })
      }),
    )
    const numbers = (await politie.partner.inbox.notices()).map(({ sequence }) => sequence)
    t.equal(numbers.length, 12)
    t.strictSame(
      numbers,
      numbers.map((_, at) => (numbers[0] ?? 0) + at),
    )
  },
)

t.test(
  'a suspended agreement tells nothing; what it held back comes with later numbers',
  async (t) => {
    const other = await house.agree([politie, gemeente], {
      purpose: 'another-purpose',
      domain: 'another-purpose-persons',
    })
    const suspend = (suspended: boolean) =>
      suspendAgreementAt(house.pins.gateway, house.administrators.gateway, {
        agreement: other.hash,
        suspended,
        cause: 'incident',
        at: house.clock.now(),
      })
    await readAll(politie)
    await submit(politie, { bsn: 'leo' }, {}, other)
    const withdrawn = await submit(gemeente, { bsn: 'leo' }, {}, other)
    const [notice] = (await page(politie)).notices
    await suspend(true)
    await gemeente.partner.withdraw(withdrawn.id, 'entered-by-mistake')
    t.strictSame((await page(politie)).notices, [])
    t.strictSame(
      (await page(politie, '?after=0')).notices.filter(({ id }) => id === notice?.id),
      [],
    )
    await submit(politie, { bsn: 'mia' })
    await submit(gemeente, { bsn: 'mia' })
    const during = (await page(politie)).notices
    t.equal(during.length, 1, 'another agreement goes on')
    const last = during[0]?.sequence ?? 0
    await politie.partner.inbox.acknowledge(last)
    await suspend(false)
    const after = (await page(politie, `?after=${last}`)).notices
    t.match(after, [
      { id: notice?.id, kind: 'overlap-found', sequence: last + 1 },
      { kind: 'overlap-ended', sequence: last + 2 },
    ])
  },
)

t.test(
  'notices are forgotten 90 days after they were acknowledged, and in any case in time',
  async (t) => {
    const later = async (days: number) => {
      const clock = openTestClock()
      clock.advance(days * day)
      const gateway = await openGateway(house.settings.gateway, {
        clock,
        random: house.random,
        logger: openLog({ level: 'silent' }),
        path: (relative) => resolve(house.folder, relative),
      })
      await gateway.runDueWork()
      await gateway.close()
      const rows = await house.db.gateway
        .selectFrom('notice')
        .select(['id', 'acknowledged_at'])
        // What ends by then is told by then.
        .where('made_at', '<', shifted(house.clock.now(), day))
        .execute()
      return {
        acknowledged: rows.filter((row) => row.acknowledged_at !== null).length,
        all: rows.length,
      }
    }
    await readAll(politie)
    await submit(politie, { bsn: 'nel' })
    await submit(gemeente, { bsn: 'nel' })
    const before = await later(89)
    t.ok(before.acknowledged > 0)
    const after = await later(91)
    t.equal(after.acknowledged, 0)
    t.ok(after.all > 0, 'what nobody acknowledged is still there')
    t.equal((await later(401)).all, 0)
    await submit(politie, { bsn: 'otto' })
    await submit(gemeente, { bsn: 'otto' })
    t.ok(((await page(politie)).notices.at(-1)?.sequence ?? 0) > 1, 'numbers go on')
  },
)
