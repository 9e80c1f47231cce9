import { randomUUID } from 'node:crypto'
import t from 'tap'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import type { FollowUpPage, FollowUpSummary, FollowUpView } from '../../src/wire/follow-up.ts'
import type { OverlapPage, SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { learned } from '../support/calls.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { type Subject, signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const jeugdzorg = await house.admit('jeugdzorg')
const outsider = await house.admit('outsider')
const lead = { minor: 'gemeente', organised: 'politie', general: 'politie' }
const under = await house.agree([politie, gemeente, jeugdzorg], { lead })

let subjects = 0
const somebody = (): Subject => {
  subjects += 1
  return { bsn: `person-${subjects}` }
}

async function submit(
  agency: HouseAgency,
  subject: Subject,
  change: Partial<SignalBody> = {},
  agreement: UnderAgreement = under,
): Promise<SignalAnswer> {
  const body = signalAbout(subject, agreement, { caseReference: `${agency.id}-case`, ...change })
  const answer = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body
}

const queryOf = ({ hash, content }: UnderAgreement, more: Record<string, string> = {}) =>
  new URLSearchParams({ agreement: hash, purpose: content.purpose, ...more })

async function queue(
  agency: HouseAgency,
  agreement = under,
  state: 'open' | 'over' = 'open',
): Promise<FollowUpSummary[]> {
  const found: FollowUpSummary[] = []
  let cursor: string | undefined
  do {
    const query = queryOf(agreement, { state, ...(cursor === undefined ? {} : { cursor }) })
    const { body, text, status } = await agency.call<FollowUpPage>('GET', `/v1/follow-ups?${query}`)
    if (status !== 200) throw new Error(text)
    found.push(...body.followUps)
    cursor = body.next
  } while (cursor !== undefined)
  return found
}

/** The follow-up of one own signal; undefined when there is none that the agency may know of. */
const about = async (agency: HouseAgency, signal: string, agreement = under) =>
  (await queue(agency, agreement)).find(({ signals }) => signals.some(({ id }) => id === signal))

const act = (agency: HouseAgency, handle: string, word: string, body: object) =>
  agency.call<FollowUpView>('POST', `/v1/follow-ups/${handle}/_${word}`, body)

/** An act that has to succeed, on the version that there is now. */
async function does(agency: HouseAgency, handle: string, word: string, body: object = {}) {
  const { body: seen } = await agency.call<FollowUpView>('GET', `/v1/follow-ups/${handle}`)
  const answer = await act(agency, handle, word, { version: seen.version, ...body })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}

/** Two agencies that know somebody, with the handles under which each knows the follow-up. */
async function met(
  first = politie,
  second = gemeente,
  agreement: UnderAgreement = under,
  change: Partial<SignalBody> = {},
) {
  const subject = somebody()
  const one = await submit(first, subject, change, agreement)
  const other = await submit(second, subject, change, agreement)
  const [ofFirst, ofSecond] = [
    await about(first, one.id, agreement),
    await about(second, other.id, agreement),
  ]
  return {
    subject,
    one: one.id,
    other: other.id,
    first: ofFirst?.handle ?? '',
    second: ofSecond?.handle ?? '',
    view: ofFirst,
  }
}

const feedbackOf = async (agency: HouseAgency, id: string) =>
  (await agency.call<{ status: string; outcome?: string }>('GET', `/v1/signals/${id}/feedback`))
    .body

t.test('an overlap has an owner at once, under a handle of each agency', async (t) => {
  const found = await met()
  t.match(found.view, {
    state: 'open',
    version: 1,
    quality: 'certain',
    subjectKind: 'person',
    lead: { agency: 'politie', ground: 'rule', name: 'Agency politie' },
    signals: [{ id: found.one, caseReference: 'politie-case', silent: false }],
    agencies: [{ agency: 'gemeente', contactDesk: 'Desk of gemeente' }, { agency: 'politie' }],
    terms: [
      { term: 'acknowledge', overdue: false, told: 'nobody' },
      { term: 'acknowledge' },
      { term: 'close', agency: 'politie' },
    ],
  })
  t.not(found.first, found.second)
  const theirs = await about(gemeente, found.other)
  t.notMatch(JSON.stringify(theirs), /politie-case/)
  t.not(JSON.stringify(theirs).includes(found.one), true, 'not the other’s signal')
})

t.test(
  'the lead follows the rule, and where the rule names nobody here, who came first',
  async (t) => {
    const cases: [HouseAgency, HouseAgency, Partial<SignalBody>, string, string][] = [
      [politie, gemeente, { leadRoute: 'minor' }, 'gemeente', 'rule'],
      [politie, gemeente, { leadRoute: 'organised' }, 'politie', 'rule'],
      [politie, jeugdzorg, { leadRoute: 'minor' }, 'politie', 'next-rule'],
      [jeugdzorg, gemeente, { leadRoute: 'general' }, 'gemeente', 'next-rule'],
    ]
    for (const [first, second, change, agency, ground] of cases) {
      const { view } = await met(first, second, under, change)
      t.match(view?.lead, { agency, ground })
    }
    const pair = await house.agree([jeugdzorg, gemeente, politie], {
      lead: { minor: 'politie', organised: 'politie', general: 'politie' },
    })
    t.match((await met(jeugdzorg, gemeente, pair)).view?.lead, {
      agency: 'jeugdzorg',
      ground: 'first-signal',
    })
    const subject = somebody()
    const own = await submit(politie, subject, { leadRoute: 'general' })
    await submit(jeugdzorg, subject, { leadRoute: 'general' })
    t.match((await about(politie, own.id))?.lead, { agency: 'politie' })
    await submit(gemeente, subject, { leadRoute: 'minor' })
    t.match(
      (await about(politie, own.id))?.lead,
      { agency: 'gemeente', ground: 'rule' },
      'a minor comes before all else, while nobody has acted',
    )
  },
)

t.test('a lead that has acknowledged keeps the lead when others join', async (t) => {
  const found = await met(politie, jeugdzorg)
  await does(politie, found.first, 'acknowledge')
  await submit(gemeente, found.subject, { leadRoute: 'minor' })
  t.match(await about(politie, found.one), {
    lead: { agency: 'politie' },
    agencies: [{}, {}, { agency: 'gemeente' }],
  })
})

t.test('from acknowledging to the outcome, and what everybody is told of it', async (t) => {
  const found = await met()
  t.match(await feedbackOf(gemeente, found.other), { status: 'in-follow-up' })
  const seen = await does(politie, found.first, 'acknowledge')
  t.match(seen, { version: 2, agencies: [{}, { agency: 'politie', acknowledgedAt: /./ }] })
  t.strictSame(
    seen.terms.filter(({ agency }) => agency === 'politie').map(({ term }) => term),
    ['close'],
  )
  await does(gemeente, found.second, 'acknowledge')
  const done = await does(politie, found.first, 'conclude', { outcome: 'support-started' })
  t.match(done, { state: 'closed', outcome: 'support-started', terms: [] })
  t.strictSame(
    done.history.map(({ event }) => event),
    ['closed', 'acknowledged', 'acknowledged', 'begun'],
  )
  const read = await gemeente.call('GET', `/v1/follow-ups/${found.second}`)
  t.match(read.body, { state: 'closed', outcome: 'support-started' })
  t.match(await feedbackOf(gemeente, found.other), {
    status: 'taken-up',
    outcome: 'support-started',
    nl: /geholpen/,
  })
  t.strictSame(
    (await queue(gemeente, under, 'over')).map(({ handle }) => handle),
    [found.second],
  )
})

t.test('only the lead records an outcome, and only on what it saw', async (t) => {
  const found = await met()
  const since = await house.ledgerSize('gateway')
  const outcome = { version: 1, outcome: 'referred' }
  const others = await act(gemeente, found.second, 'conclude', outcome)
  t.match(others.body, { status: 403, problems: [{ at: 'core/follow-up-lead' }] })
  await does(gemeente, found.second, 'acknowledge')
  t.equal((await act(politie, found.first, 'conclude', outcome)).code, 'follow-up/outdated')
  t.equal((await about(politie, found.one))?.state, 'open')
  await does(politie, found.first, 'conclude', { outcome: 'referred' })
  const again = await act(politie, found.first, 'conclude', {
    version: 3,
    outcome: 'referred',
  })
  t.equal(again.code, 'follow-up/not-now')
  const entries = await house.entries('gateway', since)
  t.strictSame(
    entries
      .filter(({ kind }) => kind === 'follow-up.record-outcome')
      .map(({ outcome: decided, reasons }) => [decided, reasons]),
    [
      ['refuse', ['core/follow-up-lead']],
      ['refuse', ['follow-up/outdated']],
      ['permit', ['sharing/follow-up']],
      ['refuse', ['follow-up/not-now']],
    ],
  )
})

t.test('ten officers at once make one outcome, and every act is on the ledger', async (t) => {
  const found = await met()
  const since = await house.ledgerSize('gateway')
  const codes = ['support-started', 'referred', 'no-added-value', 'unreachable', 'no-capacity']
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      act(politie, found.first, 'conclude', { version: 1, outcome: codes[at % 5] }),
    ),
  )
  const [won, ...more] = answers.filter(({ status }) => status === 200)
  t.strictSame(more, [])
  t.ok(answers.filter(({ code }) => code === 'follow-up/outdated').length === 9)
  const { body } = await politie.call<FollowUpView>('GET', `/v1/follow-ups/${found.first}`)
  t.equal(body.outcome, won?.body.outcome)
  t.equal(body.version, 2)
  const entries = (await house.entries('gateway', since)).filter(
    ({ kind }) => kind === 'follow-up.record-outcome',
  )
  t.equal(entries.length, 10)
  t.strictSame(
    entries.filter(({ outcome }) => outcome === 'permit').map(({ result }) => result),
    [won?.body.outcome],
  )
})

t.test('acts of several agencies at once lose nothing', async (t) => {
  const found = await met()
  const third = await submit(jeugdzorg, found.subject)
  const parts: [HouseAgency, string][] = [
    [politie, found.first],
    [gemeente, found.second],
    [jeugdzorg, (await about(jeugdzorg, third.id))?.handle ?? ''],
  ]
  const until = async (agency: HouseAgency, handle: string): Promise<void> => {
    const { body } = await agency.call<FollowUpView>('GET', `/v1/follow-ups/${handle}`)
    const answer = await act(agency, handle, 'acknowledge', { version: body.version })
    if (answer.code === 'follow-up/outdated') await until(agency, handle)
  }
  await Promise.all(parts.map(([agency, handle]) => until(agency, handle)))
  const { body } = await politie.call<FollowUpView>('GET', `/v1/follow-ups/${found.first}`)
  t.equal(body.agencies.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined).length, 3)
})

t.test('whoever is not concerned finds nothing, whatever it tries', async (t) => {
  const found = await met()
  const words: [string, object][] = [
    ['acknowledge', {}],
    ['take', {}],
    ['offer', { to: 'jeugdzorg' }],
    ['answer', { answer: 'accept' }],
    ['dispute', { reason: 'other-task' }],
    ['settle', { lead: 'jeugdzorg' }],
    ['conclude', { outcome: 'referred' }],
    ['reopen', {}],
  ]
  for (const agency of [jeugdzorg, outsider, gemeente]) {
    for (const [word, body] of words) {
      const there = await act(agency, found.first, word, { version: 1, ...body })
      const none = await act(agency, randomUUID(), word, { version: 1, ...body })
      t.strictSame(learned(there), learned(none), `${agency.id} ${word}`)
      t.equal(there.status, 404)
    }
    const read = await agency.call('GET', `/v1/follow-ups/${found.first}`)
    t.strictSame(learned(read), learned(await agency.call('GET', `/v1/follow-ups/${randomUUID()}`)))
    t.equal((await agency.call('GET', `/v1/signals/${found.one}/feedback`)).status, 404)
  }
  t.equal((await outsider.call('GET', `/v1/follow-ups?${queryOf(under)}`)).status, 404)
  const crossed = new URLSearchParams({ agreement: under.hash, purpose: 'another-purpose' })
  const wrong = await politie.call('GET', `/v1/follow-ups?${crossed}`)
  t.match(wrong.body, { status: 403, problems: [{ at: 'core/purpose' }] })
  t.equal((await about(politie, found.one))?.version, 1, 'and nothing happened')
})

t.test('the lead is taken while it is not acknowledged, offered, and disputed', async (t) => {
  const found = await met()
  const taken = await does(gemeente, found.second, 'take')
  t.match(taken.lead, { agency: 'gemeente', ground: 'taken' })
  t.match(taken.terms, [
    { term: 'acknowledge', agency: 'politie' },
    { term: 'close', agency: 'gemeente' },
  ])
  const late = await act(politie, found.first, 'take', { version: taken.version })
  t.match(late.body, { problems: [{ message: /acknowledged and is in time/ }] })
  const stranger = await act(gemeente, found.second, 'offer', {
    version: taken.version,
    to: 'jeugdzorg',
  })
  t.match(stranger.body, { status: 400, problems: [{ at: '/to' }] })
  await does(gemeente, found.second, 'offer', { to: 'politie' })
  t.match(await does(politie, found.first, 'answer', { answer: 'decline' }), {
    lead: { agency: 'gemeente' },
  })
  await does(gemeente, found.second, 'offer', { to: 'politie' })
  const handed = await does(politie, found.first, 'answer', { answer: 'accept' })
  t.match(handed.lead, { agency: 'politie', ground: 'handed-over' })
  t.notOk(handed.terms.some(({ term }) => term === 'offer' || term === 'acknowledge'))
  const disputed = await does(gemeente, found.second, 'dispute', { reason: 'other-task' })
  t.match(disputed, {
    lead: { agency: 'politie' },
    dispute: { by: 'gemeente', reason: 'other-task', coordinator: 'politie' },
  })
  const own = await act(gemeente, found.second, 'settle', {
    version: disputed.version,
    lead: 'gemeente',
  })
  t.match(own.body, { status: 403, problems: [{ at: 'core/follow-up-coordinator' }] })
  const settled = await does(politie, found.first, 'settle', { lead: 'gemeente' })
  t.match(settled.lead, { agency: 'gemeente', ground: 'dispute-settled' })
  t.notOk('dispute' in settled)
})

t.test('an agreement that names a coordinator has that one settle disputes', async (t) => {
  const content = house.draft([politie, gemeente, jeugdzorg], { lead })
  const parties = content.parties.map((party) =>
    party.agency === 'jeugdzorg'
      ? {
          ...party,
          contactDesk: { ...party.contactDesk, coordinator: 'Coordinator of the region' },
        }
      : party,
  )
  const coordinated = await house.agree([politie, gemeente, jeugdzorg], { ...content, parties })
  const found = await met(politie, gemeente, coordinated)
  const third = await submit(jeugdzorg, found.subject, {}, coordinated)
  await does(gemeente, found.second, 'dispute', { reason: 'no-capacity' })
  const { handle = '' } = (await about(jeugdzorg, third.id, coordinated)) ?? {}
  const settled = await does(jeugdzorg, handle, 'settle', { lead: 'gemeente' })
  t.match(settled.lead, { agency: 'gemeente', ground: 'dispute-settled' })
})

t.test('a suspended agreement stops every act, and nothing is told', async (t) => {
  const own = await house.agree([politie, gemeente], { lead: { ...lead, minor: 'politie' } })
  const found = await met(politie, gemeente, own)
  await suspendAgreementAt(house.pins.gateway, house.administrators.gateway, {
    agreement: own.hash,
    suspended: true,
    cause: 'incident',
    at: house.clock.now(),
  })
  const stopped = await act(politie, found.first, 'acknowledge', { version: 1 })
  t.match(stopped.body, { status: 403, problems: [{ at: 'core/agreement-in-force' }] })
  t.equal((await politie.call('GET', `/v1/follow-ups/${found.first}`)).status, 403)
  t.equal((await politie.call('GET', `/v1/signals/${found.one}/feedback`)).status, 403)
})

t.test('a submission leaves as many leaves whether or not it begins a follow-up', async (t) => {
  const growth = async (subject: Subject): Promise<number> => {
    const before = await house.ledgerSize('gateway')
    await submit(gemeente, subject)
    return (await house.ledgerSize('gateway')) - before
  }
  const subject = somebody()
  await submit(politie, subject)
  t.equal(await growth(subject), await growth(somebody()))
})

t.test('when fewer than two agencies are left it ends, for all to see', async (t) => {
  const found = await met()
  await gemeente.partner.withdraw(found.other, 'entered-by-mistake')
  t.equal(await about(politie, found.one), undefined)
  const over = (await queue(politie, under, 'over')).find(({ handle }) => handle === found.first)
  t.match(over, { state: 'ended', endCause: 'signals', endedOn: /^\d/, terms: [] })
  t.match(await feedbackOf(gemeente, found.other), { status: 'ended' })
  t.equal(
    (await act(politie, found.first, 'acknowledge', { version: 2 })).code,
    'follow-up/not-now',
  )
})

t.test(
  'two that turn out to concern one subject merge into the earlier, with both histories',
  async (t) => {
    const [left, right] = [somebody(), somebody()]
    const a = await submit(politie, left)
    const b = await submit(gemeente, left)
    const c = await submit(politie, { 'v-number': right.bsn ?? '' })
    const d = await submit(jeugdzorg, { 'v-number': right.bsn ?? '' })
    const earlier = (await about(politie, a.id))?.handle ?? ''
    const later = (await about(politie, c.id))?.handle ?? ''
    t.not(earlier, later)
    await does(politie, earlier, 'acknowledge')
    await does(jeugdzorg, (await about(jeugdzorg, d.id))?.handle ?? '', 'acknowledge')
    await submit(gemeente, { ...left, 'v-number': right.bsn ?? '' })
    const { body: whole } = await politie.call<FollowUpView>('GET', `/v1/follow-ups/${earlier}`)
    t.strictSame(whole.signals.map(({ id }) => id).sort(), [a.id, c.id].sort())
    t.strictSame(
      whole.agencies
        .filter(({ acknowledgedAt }) => acknowledgedAt)
        .map(({ agency }) => agency)
        .sort(),
      ['jeugdzorg', 'politie'],
    )
    t.equal(whole.history.filter(({ event }) => event === 'begun').length, 2)
    t.ok(whole.history.some(({ event }) => event === 'merged'))
    const gone = await politie.call<FollowUpView>('GET', `/v1/follow-ups/${later}`)
    t.match(gone.body, { state: 'merged', mergedInto: earlier })
    t.equal((await about(jeugdzorg, d.id))?.agencies.length, 3)
    t.ok(await about(gemeente, b.id))
  },
)

t.test('a phone in the middle makes no two persons one follow-up', async (t) => {
  const phone = 'shared-phone'
  const left = await submit(politie, { phone, bsn: 'left-hand' })
  const middle = await submit(gemeente, { phone })
  const right = await submit(jeugdzorg, { phone, bsn: 'right-hand' })
  const seen = await about(politie, left.id)
  t.strictSame(seen?.agencies.map(({ agency }) => agency).sort(), ['gemeente', 'politie'])
  const other = await about(jeugdzorg, right.id)
  t.strictSame(other?.agencies.map(({ agency }) => agency).sort(), ['gemeente', 'jeugdzorg'])
  const both = (await queue(gemeente)).filter(({ signals }) =>
    signals.some(({ id }) => id === middle.id),
  )
  t.equal(both.length, 2, 'whoever is in the middle has both')
})

t.test('several signals of one agency about one subject are one follow-up', async (t) => {
  const found = await met()
  const more = await submit(politie, found.subject)
  const { body } = await politie.call<FollowUpView>('GET', `/v1/follow-ups/${found.first}`)
  t.strictSame(body.signals.map(({ id }) => id).sort(), [found.one, more.id].sort())
  t.match(body.history[0], { event: 'signal-joined', agency: 'politie' })
  await politie.partner.withdraw(found.one, 'other')
  t.equal((await about(gemeente, found.other))?.state, 'open')
})

t.test('"not the same person" parts the two for good, also after a correction', async (t) => {
  const found = await met()
  await does(politie, found.first, 'conclude', { outcome: 'not-the-same-person' })
  const pageOf = async (agency: HouseAgency) =>
    (await agency.call<OverlapPage>('GET', `/v1/overlaps?${queryOf(under)}`)).body
  for (const [agency, id] of [
    [politie, found.one],
    [gemeente, found.other],
  ] as const) {
    const page = await pageOf(agency)
    t.notOk(page.overlaps.some(({ signal }) => signal.id === id))
    t.match(
      page.ended.find(({ signal }) => signal.id === id),
      { cause: 'not-the-same' },
    )
    t.match(await feedbackOf(agency, id), { status: 'nothing-new', outcome: 'not-the-same-person' })
  }
  const { id: _, ...body } = signalAbout(found.subject, under, { caseReference: 'gemeente-case' })
  const corrected = await gemeente.call<SignalAnswer>(
    'POST',
    `/v1/signals/${found.other}/_correct`,
    { ...body, category: 'forced-services' },
  )
  t.equal(corrected.status, 200, corrected.text)
  t.strictSame(corrected.body.overlaps, [])
  t.equal(await about(politie, found.one), undefined)
  const third = await submit(jeugdzorg, found.subject)
  t.equal(third.overlaps.length, 1, 'each of the two still touches others')
  const seen = await about(politie, found.one)
  t.strictSame(seen?.agencies.map(({ agency }) => agency).sort(), ['jeugdzorg', 'politie'])
})

t.test('of three, one can be parted from the others, who go on', async (t) => {
  const found = await met()
  const third = await submit(jeugdzorg, found.subject)
  const handle = (await about(jeugdzorg, third.id))?.handle ?? ''
  const vague = await act(politie, found.first, 'conclude', {
    version: 2,
    outcome: 'not-the-same-person',
  })
  t.match(vague.body, { status: 400, problems: [{ at: '/apart' }] })
  const rest = await does(politie, found.first, 'conclude', {
    outcome: 'not-the-same-person',
    apart: ['jeugdzorg'],
  })
  t.match(rest, { state: 'open', agencies: [{ left: false }, { left: false }, { left: true }] })
  t.equal(await about(jeugdzorg, third.id), undefined)
  t.equal((await jeugdzorg.call('GET', `/v1/follow-ups/${handle}`)).status, 404)
  t.match(await feedbackOf(jeugdzorg, third.id), { outcome: 'not-the-same-person' })
})

t.test('"already in contact" silences the two about that subject, and nobody else', async (t) => {
  const found = await met()
  await does(politie, found.first, 'conclude', { outcome: 'already-in-contact' })
  const again = await submit(gemeente, found.subject)
  t.equal(again.overlaps.length, 1, 'the overlap itself is shown')
  t.equal(await about(gemeente, again.id), undefined, 'and asks nothing of anybody')
  const quiet = (await queue(gemeente, under, 'over')).find(({ handle }) => handle === found.second)
  t.match(quiet, { state: 'closed', outcome: 'already-in-contact', terms: [] })
  t.match(
    quiet?.signals.find(({ id }) => id === again.id),
    { silent: true },
  )
  await gemeente.partner.withdraw(found.other, 'other')
  await gemeente.partner.withdraw(again.id, 'other')
  const later = await submit(gemeente, found.subject)
  t.equal(await about(gemeente, later.id), undefined, 'also when only the other side is left')
  const newcomer = await submit(jeugdzorg, found.subject)
  t.match(await about(jeugdzorg, newcomer.id), { state: 'open' }, 'a third agency is not silenced')
  const elsewhere = await met()
  t.match(elsewhere.view, { state: 'open' }, 'nor are the two about another subject')
})

t.test(
  'the lead silences itself and another, not two others; opening again forgets it',
  async (t) => {
    const found = await met()
    const third = await submit(jeugdzorg, found.subject)
    await does(politie, found.first, 'conclude', { outcome: 'already-in-contact' })
    const again = await submit(gemeente, found.subject)
    const opened = await about(gemeente, again.id)
    t.match(opened, { state: 'open' }, 'of its contact with the third nobody said anything')
    t.ok(third.id)

    const two = await met()
    await does(politie, two.first, 'conclude', { outcome: 'already-in-contact' })
    await does(gemeente, two.second, 'reopen')
    const loud = await submit(gemeente, two.subject)
    const seen = await about(gemeente, loud.id)
    t.match(
      seen?.signals.find(({ id }) => id === loud.id),
      { silent: false },
    )
  },
)

t.test('who left sees what was settled by then, and nothing that came later', async (t) => {
  const found = await met()
  const third = await submit(jeugdzorg, found.subject)
  await politie.partner.withdraw(found.one, 'other')
  const ofGemeente = await about(gemeente, found.other)
  const [leader, handle] =
    ofGemeente?.lead.agency === 'gemeente'
      ? [gemeente, ofGemeente.handle]
      : [jeugdzorg, (await about(jeugdzorg, third.id))?.handle]
  await does(leader, handle ?? '', 'conclude', { outcome: 'support-started' })
  t.notOk((await queue(politie, under, 'over')).some((one) => one.handle === found.first))
  t.equal((await politie.call('GET', `/v1/follow-ups/${found.first}`)).status, 404)
  for (const version of [1, 2, 3, 4, 5]) {
    t.equal((await act(politie, found.first, 'reopen', { version })).status, 404)
  }
  const both = await met()
  await does(politie, both.first, 'conclude', { outcome: 'no-added-value' })
  await gemeente.partner.withdraw(both.other, 'other')
  const left = (await queue(gemeente, under, 'over')).find((one) => one.handle === both.second)
  t.match(left, { outcome: 'no-added-value' }, 'what was settled before stays known')
  const { version = 0 } = left ?? {}
  const answer = await act(gemeente, both.second, 'reopen', { version })
  t.equal(answer.status, 409, 'who has no signal in it does nothing in it')
})

t.test('a closed one opens again by a new signal, or by an agency: twice at most', async (t) => {
  const found = await met()
  const close = () => does(politie, found.first, 'conclude', { outcome: 'no-added-value' })
  await close()
  await submit(gemeente, found.subject)
  t.match(await about(politie, found.one), { state: 'open', terms: [{}, { term: 'close' }] })
  for (const _ of [1, 2]) {
    await close()
    t.match(await does(gemeente, found.second, 'reopen'), { state: 'open' })
  }
  const { version } = await close()
  const third = await act(gemeente, found.second, 'reopen', { version })
  t.match(third.body, { status: 409, problems: [{ message: /twice/ }] })
})

t.test('who may only submit has no follow-up, and learns of no overlap by feedback', async (t) => {
  const oneWay = await house.agree(
    [politie, jeugdzorg, gemeente],
    { lead: { minor: 'politie', organised: 'politie', general: 'politie' } },
    { gemeente: ['submit'] },
  )
  const found = await met(politie, gemeente, oneWay).catch(() => undefined)
  t.equal(found, undefined, 'the queue is refused')
  const subject = somebody()
  const own = await submit(politie, subject, {}, oneWay)
  const silent = await submit(gemeente, subject, {}, oneWay)
  const alone = await submit(gemeente, somebody(), {}, oneWay)
  const handle = (await about(politie, own.id, oneWay))?.handle ?? ''
  const same = async (message: string) => {
    const [one, other] = [
      await feedbackOf(gemeente, silent.id),
      await feedbackOf(gemeente, alone.id),
    ]
    t.strictSame({ ...one, signal: '' }, { ...other, signal: '' }, message)
    return one
  }
  t.match(await same('while it is followed up'), { status: 'received' })
  await does(politie, handle, 'conclude', { outcome: 'no-added-value' })
  t.match(await same('when nothing came of it'), { status: 'received' })
  await does(politie, handle, 'reopen')
  await does(politie, handle, 'conclude', { outcome: 'investigation-started' })
  const told = await feedbackOf(gemeente, silent.id)
  t.strictSame(Object.keys(told).sort(), ['en', 'nl', 'signal', 'status'])
  t.equal(told.status, 'taken-up')
})
