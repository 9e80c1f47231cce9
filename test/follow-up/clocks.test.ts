import t from 'tap'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { digestOfSteps, stepsBetween } from '../../src/follow-up/steps.ts'
import { addWorkingDays, isWorkingDay } from '../../src/follow-up/working-days.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { linkageVersion } from '../../src/linkage/keys.ts'
import { startThresholds } from '../../src/linkage/weights.ts'
import type { FollowUpPage, FollowUpView } from '../../src/wire/follow-up.ts'
import type { SignalAnswer } from '../../src/wire/signal.ts'
import { inFuture } from '../support/future.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { type Subject, signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const day = 86_400
const now = house.clock.now()
const validity = {
  notBefore: now.toISOString(),
  notAfter: shifted(now, 3_000 * day).toISOString(),
}
const lead = { minor: 'gemeente', organised: 'politie', general: 'politie' }

/** An agreement of its own for each test: what falls due in one is nothing in another. */
async function agreement(coordinator = false): Promise<UnderAgreement> {
  const { parties, ...content } = house.draft([politie, gemeente], { lead, validity })
  return house.agree([politie, gemeente], {
    ...content,
    parties: parties.map((party) =>
      coordinator && party.agency === 'gemeente'
        ? { ...party, contactDesk: { ...party.contactDesk, coordinator: 'The coordinator' } }
        : party,
    ),
  })
}

let subjects = 0
async function submit(agency: HouseAgency, subject: Subject, under: UnderAgreement) {
  const body = signalAbout(subject, under, { caseReference: `${agency.id}-case` })
  const answer = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body
}

async function queue(agency: HouseAgency, { hash, content }: UnderAgreement, state = 'open') {
  const query = new URLSearchParams({ agreement: hash, purpose: content.purpose, state })
  return (await agency.call<FollowUpPage>('GET', `/v1/follow-ups?${query}`)).body.followUps
}

async function met(under: UnderAgreement) {
  subjects += 1
  const subject = { bsn: `person-${subjects}` }
  const one = await submit(politie, subject, under)
  const other = await submit(gemeente, subject, under)
  const [first] = await queue(politie, under)
  const [second] = await queue(gemeente, under)
  return {
    one: one.id,
    other: other.id,
    first: first?.handle ?? '',
    second: second?.handle ?? '',
    terms: first?.terms ?? [],
  }
}
type Met = Awaited<ReturnType<typeof met>>

async function does(agency: HouseAgency, handle: string, word: string, body: object = {}) {
  const { body: seen } = await agency.call<FollowUpView>('GET', `/v1/follow-ups/${handle}`)
  const path = `/v1/follow-ups/${handle}/_${word}`
  const answer = await agency.call<FollowUpView>('POST', path, { version: seen.version, ...body })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}

/** What time did under an agreement: kind, agency, term, and whom it told. */
async function told({ hash }: UnderAgreement, since = new Date(0)): Promise<unknown[][]> {
  const steps = await stepsBetween(house.db.gateway, since, new Date(8.64e15))
  return steps
    .filter(({ agreement }) => agreement === hash)
    .sort((one, other) => one.at.localeCompare(other.at))
    .map(({ kind, agency, term, level, told: whom }) =>
      [kind, agency, term, level, whom].filter(Boolean),
    )
}

const secondsUntil = (at: Date | string): number =>
  (new Date(at).getTime() - house.clock.now().getTime()) / 1000 + 60
const dueOf = ({ terms }: Met, agency: string, term: string): Date =>
  new Date(terms.find((one) => one.agency === agency && one.term === term)?.dueAt ?? 0)
const runAt = (at: Date | string) =>
  inFuture(house, secondsUntil(at), ({ runDueWork }) => runDueWork())

t.test('working days are those of the Netherlands', (t) => {
  const off = ['2026-01-01', '2026-04-06', '2026-04-27', '2026-05-14', '2026-05-25', '2026-12-25']
  for (const one of [...off, '2025-05-05', '2030-05-05', '2026-11-28', '2026-11-29']) {
    t.notOk(isWorkingDay(one), one)
  }
  for (const one of ['2026-05-05', '2027-05-05', '2026-04-03', '2026-12-24', '2026-11-25']) {
    t.ok(isWorkingDay(one), one)
  }
  const after = (at: string, count: number) => addWorkingDays(new Date(at), count).toISOString()
  t.equal(after('2026-11-25T10:00:00Z', 5), '2026-12-02T10:00:00.000Z')
  t.equal(after('2026-11-28T10:00:00Z', 1), '2026-11-30T10:00:00.000Z', 'from a Saturday')
  t.equal(after('2026-12-24T16:00:00Z', 1), '2026-12-28T16:00:00.000Z', 'over Christmas')
  t.equal(after('2026-12-31T23:30:00Z', 1), '2027-01-03T23:30:00.000Z', 'New Year by Dutch time')
  t.equal(after('2029-05-04T10:00:00Z', 1), '2029-05-07T10:00:00.000Z')
  t.end()
})

t.test('a reminder, the deputy, the coordinator: each at its time, none twice', async (t) => {
  const under = await agreement(true)
  const found = await met(under)
  const due = dueOf(found, 'gemeente', 'acknowledge')
  t.equal(
    due.getTime(),
    addWorkingDays(new Date(dueOf(found, 'politie', 'acknowledge')), 0).getTime(),
  )
  await does(politie, found.first, 'acknowledge')
  await house.operator('gateway').runDueWork()
  t.strictSame(await told(under), [], 'nothing before its time')
  const begun = shifted(due, 0).getTime() - house.clock.now().getTime()
  await runAt(new Date(house.clock.now().getTime() + (begun * 2) / 3))
  const reminded = ['remind', 'gemeente', 'acknowledge']
  t.strictSame(await told(under), [reminded])
  await runAt(new Date(house.clock.now().getTime() + (begun * 2) / 3))
  t.strictSame(await told(under), [reminded], 'not twice')
  const { body } = await gemeente.call<FollowUpView>('GET', `/v1/follow-ups/${found.second}`)
  t.match(
    body.terms.find(({ agency }) => agency === 'gemeente'),
    { told: 'reminder', overdue: false },
  )
  t.equal(body.version, 2, 'a reminder makes no act outdated')
  await runAt(due)
  const deputy = ['escalate', 'gemeente', 'acknowledge', 'deputy', 'gemeente']
  t.strictSame(await told(under), [reminded, deputy])
  await runAt(addWorkingDays(due, 2))
  const coordinator = ['escalate', 'gemeente', 'acknowledge', 'coordinator', 'gemeente']
  t.strictSame(await told(under), [reminded, deputy, coordinator])
  await runAt(addWorkingDays(due, 7))
  t.strictSame((await told(under)).slice(3), [coordinator], 'and again, until somebody acts')
  await does(gemeente, found.second, 'acknowledge')
  await does(politie, found.first, 'conclude', { outcome: 'unreachable' })
  await runAt(shifted(due, 60 * day))
  t.equal((await told(under)).length, 4, 'what is done asks for nothing more')
})

t.test(
  'after a standstill of a month everything is caught up, once, by two gateways',
  async (t) => {
    const under = await agreement()
    const found = await met(under)
    const later = secondsUntil(shifted(dueOf(found, 'politie', 'close'), 10 * day))
    await inFuture(house, later, (one) =>
      inFuture(house, later, async (other) => {
        await Promise.all([one.runDueWork(), other.runDueWork(), one.runDueWork()])
      }),
    )
    const each = (agency: string, term: string) => [
      ['escalate', agency, term, 'deputy', agency],
      ['escalate', agency, term, 'coordinator', 'politie'],
    ]
    const sorted = (lines: unknown[][]) => lines.map((line) => line.join(' ')).sort()
    t.strictSame(
      sorted(await told(under)),
      sorted([
        ...each('politie', 'acknowledge'),
        ...each('gemeente', 'acknowledge'),
        ...each('politie', 'close'),
      ]),
      'every level that was missed, once; no reminder that is too late',
    )
  },
)

t.test('a lead that is late can lose the lead', async (t) => {
  const under = await agreement()
  const found = await met(under)
  await does(politie, found.first, 'acknowledge')
  const { body } = await gemeente.call<FollowUpView>('GET', `/v1/follow-ups/${found.second}`)
  const path = `/v1/follow-ups/${found.second}/_take`
  t.equal((await gemeente.call('POST', path, { version: body.version })).code, 'follow-up/not-now')
  await house.db.gateway
    .updateTable('follow_up_clock')
    .set({ due_at: shifted(house.clock.now(), -60) })
    .where('agency_id', '=', 'politie')
    .execute()
  t.match(await does(gemeente, found.second, 'take'), { lead: { agency: 'gemeente' } })
  t.ok(
    (await queue(gemeente, under))[0]?.priority?.rows.some(
      ({ ground }) => ground === 'term-passed',
    ),
  )
})

t.test('offers and disputes that nobody answers lapse, and the lead stays', async (t) => {
  const under = await agreement()
  const found = await met(under)
  await does(politie, found.first, 'acknowledge')
  await does(gemeente, found.second, 'acknowledge')
  await does(politie, found.first, 'offer', { to: 'gemeente' })
  const { terms } = await does(gemeente, found.second, 'dispute', { reason: 'other-region' })
  const due = terms.find(({ term }) => term === 'dispute')?.dueAt ?? ''
  await runAt(due)
  const { body } = await politie.call<FollowUpView>('GET', `/v1/follow-ups/${found.first}`)
  t.match(body.lead, { agency: 'politie' })
  t.notOk('dispute' in body || 'offeredTo' in body)
  t.strictSame((await told(under)).filter(([kind]) => kind === 'lapse').sort(), [
    ['lapse', 'gemeente', 'offer'],
    ['lapse', 'politie', 'dispute'],
  ])
})

t.test('while an agreement is suspended its terms stand still', async (t) => {
  const under = await agreement()
  const found = await met(under)
  const suspend = (suspended: boolean) =>
    suspendAgreementAt(house.pins.gateway, house.administrators.gateway, {
      agreement: under.hash,
      suspended,
      cause: 'incident',
      at: house.clock.now(),
    })
  await suspend(true)
  const due = dueOf(found, 'politie', 'acknowledge')
  await runAt(due)
  t.strictSame(await told(under), [])
  await suspend(false)
  await runAt(shifted(due, 1.5 * day))
  t.equal((await told(under)).length, 2, 'and go on when that is lifted')
})

t.test('a request for sealed fields that is not answered is escalated too', async (t) => {
  const under = await agreement()
  const found = await met(under)
  const [overlap] = await politie.partner.overlaps(under)
  const { number, dueAt } = await politie.partner.disclosures.request(
    { handle: overlap?.handle ?? '' },
    {
      owner: 'gemeente',
      article: 'avg-6-1-e',
      fields: ['narrative'],
      necessity: 'We have to know whether she is in danger.',
    },
    under,
  )
  await runAt(shifted(new Date(dueAt), -15 * 3_600))
  await runAt(dueAt)
  await runAt(dueAt)
  const about = (await told(under)).filter(([, , term]) => term === 'disclosure')
  t.strictSame(about, [
    ['remind', 'gemeente', 'disclosure'],
    ['escalate', 'gemeente', 'disclosure', 'deputy', 'gemeente'],
  ])
  await gemeente.partner.disclosures.answer(number, { answer: 'refuse', reason: 'nothing-sealed' })
  await runAt(shifted(new Date(dueAt), 30 * day))
  t.equal((await told(under)).filter(([, , term]) => term === 'disclosure').length, 2)
  t.ok(found.first)
})

t.test('what thresholds hide has no follow-up; what they show again begins one', async (t) => {
  const under = await agreement()
  const names = {
    names: 'jan',
    'name-sounds-birthday': 'jan',
    'names-birth-month': 'jan',
  } as Subject
  const own = await submit(politie, names, under)
  const answer = await submit(gemeente, names, under)
  t.equal(answer.overlaps.length, 1)
  t.equal((await queue(politie, under)).length, 1)
  const move = (at: number, possible: number) =>
    house.db.gateway
      .insertInto('threshold_move')
      .values({
        agreement_hash: under.hash,
        linkage: linkageVersion,
        move: at,
        agency_id: 'politie',
        ...startThresholds,
        possible,
        probable: Math.max(possible, startThresholds.probable),
        certain: Math.max(possible, startThresholds.certain),
        reason: 'estimate-too-low',
        explanation: 'x',
        statement: `s${at}`,
        moved_at: house.clock.now(),
      })
      .execute()
  await move(1, 500)
  t.strictSame(await queue(politie, under), [], 'hidden at once')
  await house.operator('gateway').runDueWork()
  t.match(await queue(gemeente, under, 'over'), [{ state: 'ended', endCause: 'thresholds' }])
  const size = await house.ledgerSize('gateway')
  await house.operator('gateway').runDueWork()
  t.equal(await house.ledgerSize('gateway'), size, 'and once only')
  subjects += 1
  await submit(politie, { names: 'eva', 'names-birth-month': 'eva' }, under)
  await submit(gemeente, { names: 'eva', 'names-birth-month': 'eva' }, under)
  t.strictSame(await queue(politie, under), [], 'a hidden one begins none')
  await move(2, startThresholds.possible)
  await house.operator('gateway').runDueWork()
  const again = await queue(politie, under)
  t.ok(again.some(({ signals }) => signals.some(({ id }) => id === own.id)))
})

t.test('overlaps of the time before get their follow-ups at the first run', async (t) => {
  const under = await agreement()
  await met(under)
  const db = house.db.gateway
  for (const table of ['follow_up_signal', 'follow_up_agency', 'follow_up_clock'] as const) {
    await db.deleteFrom(table).execute()
  }
  await db.deleteFrom('follow_up').execute()
  await db.deleteFrom('follow_up_settlement').execute()
  t.strictSame(await queue(politie, under), [])
  await house.operator('gateway').runDueWork()
  t.match(await queue(politie, under), [{ state: 'open', lead: { agency: 'politie' } }])
})

t.test('what time does makes one entry a day, whether there was anything or not', async (t) => {
  const under = await agreement()
  await met(under)
  const daysAhead = (days: number) => new Date(house.clock.now().getTime() + days * 86_400_000)
  const vouched = async (days: number, gateways = 1) => {
    const since = await house.ledgerSize('gateway')
    await Promise.all(Array.from({ length: gateways }, () => runAt(daysAhead(days))))
    const made = (await house.entries('gateway', since)).filter(({ kind }) =>
      kind.startsWith('follow-up.'),
    )
    return made as {
      kind: string
      from: string
      until: string
      escalations: number
      steps: string
    }[]
  }
  await runAt(daysAhead(200))
  const before = await house.ledgerSize('gateway')
  const other = await agreement()
  await met(other)
  t.ok((await house.ledgerSize('gateway')) > before)
  const [one, ...more] = await vouched(240)
  t.strictSame(more, [], 'one entry, however many terms passed')
  t.equal(one?.kind, 'follow-up.vouch')
  t.ok((one?.escalations ?? 0) > 0)
  const steps = await stepsBetween(house.db.gateway, new Date(one!.from), new Date(one!.until))
  t.equal(one?.steps, digestOfSteps(steps))
  t.not(one?.steps, digestOfSteps(steps.slice(1)), 'a step that is gone does not fit')
  await runAt(daysAhead(400))
  const idle = await vouched(401)
  t.strictSame(
    idle.map(({ kind, escalations }) => [kind, escalations]),
    [['follow-up.vouch', 0]],
  )
  t.strictSame(await vouched(401), [], 'once a day')
  t.equal((await vouched(402, 2)).length, 1, 'of two gateways at once one')
})
