import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import t from 'tap'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { openLog } from '../../src/door/request-log.ts'
import { openGateway } from '../../src/gateway.ts'
import { endOfRetention } from '../../src/kernel/calendar.ts'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import type { RunningOperator } from '../../src/operator.ts'
import { signStatement } from '../../src/proofs/statement.ts'
import { seal } from '../../src/sealing/sealing.ts'
import type { SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { openTestClock } from '../support/clock.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const day = 86_400
const narrative = 'She sleeps above the workshop.'
const necessity = 'We plan an interview tomorrow and have to know whether she is in danger.'

const house = await openHouse(t)
const politie = await house.admit('politie')
const jeugdzorg = await house.admit('jeugdzorg')
const gemeente = await house.admit('gemeente')
const now = house.clock.now()
const longValidity = {
  validity: { notBefore: now.toISOString(), notAfter: shifted(now, 900 * day).toISOString() },
}
const under = await house.agree([politie, jeugdzorg, gemeente], longValidity)
const soon = endOfRetention(dayOf(now), 3)
const later = endOfRetention(dayOf(now), 9)

async function bodyOf(
  agency: HouseAgency,
  subject: string,
  agreement: UnderAgreement,
  id: string,
  text: string | undefined,
  retainUntil: string,
): Promise<SignalBody> {
  const { sealingKeys: operators } = await agency.partner.domainKeys(agreement.content.domain)
  const { purpose } = agreement.content
  const context = { signalId: id, purpose, owner: agency.id, field: 'narrative' }
  const sealed =
    text === undefined
      ? []
      : [await seal({ ...context, content: text, operators, random: house.random })]
  return signalAbout({ bsn: subject }, agreement, {
    id,
    observedOn: dayOf(now),
    retainUntil,
    caseReference: `${agency.id}-${subject}`,
    sealed: sealed as SignalBody['sealed'],
  })
}

let subjects = 0
/** A text of youth care that the police asked for, was granted and opened. */
async function opened(agreement = under, retainUntil = later, really = true) {
  subjects += 1
  const subject = `person-${subjects}`
  const owned = randomUUID()
  const send = async (agency: HouseAgency, id: string, text?: string, until = later) => {
    const body = await bodyOf(agency, subject, agreement, id, text, until)
    const answer = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.body
  }
  await send(jeugdzorg, owned, narrative, retainUntil)
  const own = await send(politie, randomUUID())
  const { number } = await politie.partner.disclosures.request(
    { handle: own.overlaps[0]?.handle ?? '' },
    { owner: 'jeugdzorg', article: 'avg-6-1-e', necessity, fields: ['narrative'] },
    agreement,
  )
  await jeugdzorg.partner.disclosures.grant(number, agreement, { signalId: owned })
  if (really) await politie.partner.disclosures.open(number, agreement)
  return { subject, owned, own: own.id, number, agreement }
}
type Opened = Awaited<ReturnType<typeof opened>>

async function correct({ subject, owned, agreement }: Opened) {
  house.clock.advance(1)
  const { id: _, ...body } = await bodyOf(
    jeugdzorg,
    subject,
    agreement,
    owned,
    'She sleeps at a friend’s.',
    later,
  )
  const answer = await jeugdzorg.call('POST', `/v1/signals/${owned}/_correct`, body)
  if (answer.status !== 200) throw new Error(answer.text)
}
const withdraw = ({ owned }: Opened) => {
  house.clock.advance(1)
  return jeugdzorg.partner.withdraw(owned, 'subject-objected')
}
const run = () => house.operator('gateway').runDueWork()
const recallsOf = async (agency: HouseAgency, { number }: Opened) =>
  (await agency.partner.recalls.list()).filter(({ disclosure }) => disclosure === number)

/** Another gateway process on the same database, some time from now. */
async function inFuture<Result>(
  seconds: number,
  work: (gateway: RunningOperator) => Promise<Result>,
): Promise<Result> {
  const clock = openTestClock()
  clock.advance(seconds + (house.clock.now().getTime() - clock.now().getTime()) / 1000)
  const gateway = await openGateway(house.settings.gateway, {
    clock,
    random: house.random,
    logger: openLog({ level: 'silent' }),
    path: (relative) => resolve(house.folder, relative),
  })
  try {
    return await work(gateway)
  } finally {
    await gateway.close()
  }
}

t.test(
  'who opened a text hears that its signal was corrected, and confirms what it did',
  async (t) => {
    const one = await opened()
    const other = await opened()
    await run()
    t.strictSame(await recallsOf(politie, one), [], 'nothing happened yet')
    const size = await house.ledgerSize('gateway')
    await correct(one)
    await run()
    await run()
    const [seen, ...more] = await recallsOf(politie, one)
    t.strictSame(more, [], 'told once')
    t.match(seen, {
      side: 'receiver',
      cause: 'corrected',
      state: 'open',
      reminders: 0,
      other: { agency: 'jeugdzorg', name: 'Agency jeugdzorg' },
    })
    t.equal(seen?.signalId, undefined)
    t.strictSame(await recallsOf(politie, other), [])
    t.strictSame(await gemeente.partner.recalls.list(), [], 'nobody else hears of it')
    const told = (await politie.partner.inbox.notices()).filter(
      ({ kind }) => kind === 'correction-to-confirm',
    )
    t.match(told, [{ dataref: '/v1/recalls' }], 'told once, in the inbox')
    const entries = await house.entries('gateway', size)
    t.match(
      entries.filter(({ kind }) => kind === 'recall.tell'),
      [{ agency: 'jeugdzorg', receiver: 'politie', cause: 'corrected', disclosure: one.number }],
    )
    const id = seen?.id ?? ''
    await politie.partner.recalls.confirm(id, { answer: 'corrected' })
    await politie.partner.recalls.confirm(id, { answer: 'corrected' })
    t.match(await recallsOf(jeugdzorg, one), [
      { side: 'owner', signalId: one.owned, state: 'confirmed', answer: 'corrected', reminders: 0 },
    ])
    await t.rejects(politie.partner.recalls.confirm(id, { answer: 'deleted' }), {
      code: 'disclosures/not-now',
    })
    await correct(one)
    await run()
    t.strictSame(
      (await recallsOf(politie, one)).map(({ state }) => state).sort(),
      ['confirmed', 'open'],
      'the next correction is told too',
    )
  },
)

t.test(
  'who opened a text hears that its signal was restricted, and that this is over',
  async (t) => {
    const one = await opened()
    const measure = { measure: 'restriction' }
    const change = (act: string, body: object) => {
      house.clock.advance(1)
      return jeugdzorg.call('POST', `/v1/signals/${one.owned}/_${act}`, body)
    }
    const reviewOn = dayOf(shifted(house.clock.now(), 60 * day))
    t.equal((await change('restrict', { ...measure, ground: 'evidence', reviewOn })).status, 200)
    const hidden = { measure: 'confidentiality', ground: 'safety', reviewOn }
    t.equal((await change('restrict', hidden)).status, 200, 'of this nobody else is told')
    await run()
    await run()
    const [told, ...more] = await recallsOf(politie, one)
    t.match(told, { cause: 'restricted', state: 'open' })
    t.strictSame(more, [], 'told once')
    const kinds = (await politie.partner.inbox.notices()).map(({ kind }) => kind)
    t.ok(kinds.includes('restriction-to-confirm'))
    const say = (id: string | undefined, answer: 'corrected' | 'noted' | 'set-apart') =>
      politie.partner.recalls.confirm(id ?? '', { answer })
    for (const answer of ['corrected', 'noted'] as const) {
      await t.rejects(say(told?.id, answer), { code: 'disclosures/invalid' }, answer)
    }
    await say(told?.id, 'set-apart')
    t.match((await recallsOf(jeugdzorg, one))[0], { state: 'confirmed', answer: 'set-apart' })

    t.equal((await change('lift', measure)).status, 200)
    await run()
    const over = (await recallsOf(politie, one)).find(({ cause }) => cause === 'restriction-lifted')
    await t.rejects(say(over?.id, 'set-apart'), { code: 'disclosures/invalid' })
    await say(over?.id, 'noted')
    t.equal((await recallsOf(politie, one)).length, 2, 'the end was told once')
  },
)

t.test('a withdrawal is told, outlives the signal, and overtakes a correction', async (t) => {
  const one = await opened()
  await correct(one)
  await run()
  await withdraw(one)
  await run()
  const recalls = await recallsOf(politie, one)
  t.strictSame(
    recalls.map(({ cause, state }) => `${cause} ${state}`),
    ['withdrawn open', 'corrected overtaken'],
  )
  const [last, first] = recalls
  const say = (recall: string | undefined, said: object, by = politie) =>
    by.partner.recalls.confirm(recall ?? '', said as { answer: 'deleted' })
  await t.rejects(say(first?.id, { answer: 'deleted' }), { code: 'disclosures/not-now' })
  await t.rejects(say(last?.id, { answer: 'corrected' }), { code: 'disclosures/invalid' })
  await t.rejects(say(last?.id, { answer: 'kept' }), { code: 'disclosures/invalid' })
  await t.rejects(say(last?.id, { answer: 'deleted', reason: 'legal-claim' }), {
    code: 'disclosures/invalid',
  })
  for (const by of [jeugdzorg, gemeente]) {
    await t.rejects(say(last?.id, { answer: 'deleted' }, by), { code: 'disclosures/not-found' })
  }
  await t.rejects(say(randomUUID(), { answer: 'deleted' }), { code: 'disclosures/not-found' })
  await say(last?.id, { answer: 'kept', reason: 'criminal-file' })
  t.match((await recallsOf(jeugdzorg, one))[0] ?? {}, {
    state: 'confirmed',
    answer: 'kept',
    reason: 'criminal-file',
  })
  const rows = JSON.stringify(await house.db.gateway.selectFrom('recall').selectAll().execute())
  for (const word of [one.subject, narrative, 'station']) t.notMatch(rows, word)
})

t.test(
  'a text that was granted and never released, or that nobody opened, is not recalled',
  async (t) => {
    const one = await opened(under, later, false)
    await correct(one)
    await run()
    t.strictSame(await recallsOf(politie, one), [])
    const half = await opened(under, later, false)
    const view = await politie.partner.disclosures.show(half.number)
    t.ok(view.grantStatement)
    await t.rejects(
      politie.partner.disclosures.open(half.number, {
        ...under,
        content: { ...under.content, parties: [] },
      }),
    )
    await withdraw(half)
    await run()
    t.strictSame(await recallsOf(politie, half), [])
  },
)

t.test(
  'a receiver that is silent is reminded every week, once however late, until it confirms',
  async (t) => {
    const one = await opened()
    await withdraw(one)
    await run()
    const reminders = async () => (await recallsOf(jeugdzorg, one))[0]?.reminders
    await inFuture(6 * day, ({ runDueWork }) => runDueWork())
    t.equal(await reminders(), 0)
    await inFuture(7 * day + 60, async ({ runDueWork }) => {
      await Promise.all([runDueWork(), run(), runDueWork()])
    })
    t.equal(await reminders(), 1, 'two processes at once remind once')
    await inFuture(40 * day, ({ runDueWork }) => runDueWork())
    t.equal(await reminders(), 2, 'after a standstill of weeks: one reminder, and no heap of them')
    const [seen] = await recallsOf(politie, one)
    await politie.partner.recalls.confirm(seen?.id ?? '', { answer: 'deleted' })
    await inFuture(60 * day, ({ runDueWork }) => runDueWork())
    t.equal(await reminders(), 2, 'nothing after the confirmation')
    t.match(await recallsOf(jeugdzorg, one), [{ state: 'confirmed', answer: 'deleted' }])
  },
)

t.test(
  'many changes at once are told once each, by two gateways, also after a standstill',
  async (t) => {
    const all = []
    for (let at = 0; at < 6; at += 1) all.push(await opened())
    for (const one of all) await withdraw(one)
    await inFuture(1, async (gateway) => {
      await Promise.all([gateway.runDueWork(), run(), gateway.runDueWork(), run()])
    })
    for (const one of all) t.equal((await recallsOf(politie, one)).length, 1)
  },
)

t.test(
  'a signal that may be kept no longer is recalled; one whose agreement is over is not',
  async (t) => {
    const late = await opened(under, soon)
    const own = await house.agree([politie, jeugdzorg], longValidity)
    const ended = await opened(own)
    await jeugdzorg.partner.revokeAgreement(own.hash)
    const seconds = (new Date(soon).getTime() - house.clock.now().getTime()) / 1000 + 60
    await inFuture(seconds, ({ runDueWork }) => runDueWork())
    t.match(await recallsOf(politie, late), [{ cause: 'expired', state: 'open' }])
    t.strictSame(await recallsOf(politie, ended), [])
  },
)

t.test('it is confirmed under a suspended agreement too, and by a suspended agency', async (t) => {
  const own = await house.agree([politie, jeugdzorg], longValidity)
  const one = await opened(own)
  await withdraw(one)
  house.clock.advance(1)
  await suspendAgreementAt(house.pins.gateway, house.administrators.gateway, {
    agreement: own.hash,
    suspended: true,
    cause: 'incident',
    at: house.clock.now(),
  })
  await run()
  const [seen] = await recallsOf(jeugdzorg, one)
  await house.pin('gateway', politie, { active: false })
  await politie.partner.recalls.confirm(seen?.id ?? '', { answer: 'deleted' })
  await house.pin('gateway', politie)
  t.match(await recallsOf(jeugdzorg, one), [{ state: 'confirmed' }])
})

t.test('only the receiver’s own signature confirms', async (t) => {
  const one = await opened()
  await withdraw(one)
  await run()
  const [seen] = await recallsOf(politie, one)
  const payload = {
    audience: {
      gateway: house.pins.gateway.rootThumbprint,
      keyholder: house.pins.keyholder.rootThumbprint,
    },
    agency: 'politie',
    recall: seen?.id,
    answer: 'deleted',
    confirmedAt: house.clock.now().toISOString(),
  }
  for (const key of [jeugdzorg.keys.signing, politie.keys.client]) {
    const statement = await signStatement('recall-confirmation', payload, key)
    const answer = await house.post('gateway', '/v1/recall-confirmations', { statement })
    t.equal(answer.code, 'statements/invalid')
  }
  t.match(await recallsOf(jeugdzorg, one), [{ state: 'open' }])
})
