import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import {
  policySetStatement,
  readPolicySet,
  signPolicySet,
  simulatePolicySet,
  suspendAgreementAt,
  vouchFor,
} from '../../src/client/operators.ts'
import { readRows } from '../../src/client/rows.ts'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import type { Facts } from '../../src/policy/types.ts'
import { readPolicies } from '../../src/policy-files.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import { signerFromSeed } from '../../src/proofs/note.ts'
import { thumbprintOf } from '../../src/proofs/statement.ts'
import { transact } from '../../src/store/transact.ts'
import { scoreEdges } from '../../src/wire/calibration.ts'
import type { NoticePage } from '../../src/wire/notification.ts'
import type { Explanation } from '../../src/wire/policy.ts'
import { openHouse } from '../support/house.ts'
import { replayDecisions } from '../support/replay.ts'
import { signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const outsider = await house.admit('outsider')
const first = house.administrators.gateway
const second = (await makeAgencyKeys()).root
const third = (await makeAgencyKeys()).root
const folder = fileURLToPath(new URL('../../config/policies', import.meta.url))
const texts = readPolicies(folder)

const recorded = async (name: 'gateway' | 'keyholder' = 'gateway') =>
  house.db[name]
    .selectFrom('decision_entry')
    .innerJoin('decision', 'decision.hash', 'decision_entry.decision_hash')
    .selectAll()
    .orderBy('ledger_index')
    .execute()

const explain = (
  who: typeof politie,
  question: object,
): ReturnType<typeof politie.call<Explanation>> =>
  who.call<Explanation>('POST', '/v1/decisions/_explain', question)

t.test('every decision of a run is recorded, and replays to the same answer', async (t) => {
  const under = await house.agree([politie, gemeente])
  const since = await house.ledgerSize('gateway')
  const mine = signalAbout({ bsn: 'anna' }, under, { caseReference: 'SECRET-CASE' })
  const yours = signalAbout({ bsn: 'anna' }, under)
  await politie.partner.submit([mine, signalAbout({ bsn: 'piet' }, under, { purpose: 'other' })])
  await gemeente.partner.submit([yours])
  const [overlap] = await gemeente.partner.overlaps(under)
  await gemeente.partner.overlap(overlap?.handle ?? '')
  await politie.partner.signal(mine.id)
  await gemeente.call('GET', `/v1/signals/${mine.id}`)
  await outsider.partner.submit([signalAbout({ bsn: 'anna' }, under)])
  await gemeente.partner.withdraw(yours.id, 'entered-by-mistake')

  const rows = await recorded()
  const entries = await house.entries('gateway', since)
  const decidedKinds = [
    'signal.submit',
    'signal.read',
    'signal.withdraw',
    'overlap.list',
    'overlap.read',
  ]
  for (const [offset, entry] of entries.entries()) {
    if (!decidedKinds.includes(entry.kind)) continue
    const own = rows.filter(({ ledger_index: index }) => Number(index) === since + offset)
    if (entry.signalId === mine.id && entry.agency === gemeente.id) {
      t.strictSame(own, [], 'about the signal of another there is nothing to decide, as about none')
      continue
    }
    t.ok(
      own.some(({ act }) => act === entry.kind),
      `entry ${since + offset}, ${entry.kind}`,
    )
    t.match(
      own.find(({ act }) => act === entry.kind),
      { agency: entry.agency },
    )
  }
  const { decisions, turned } = await replayDecisions(house.db.gateway)
  t.strictSame(turned, [])
  const seen = new Set(decisions.map(({ act, outcome }) => `${act} ${outcome}`))
  t.match([...seen].sort().join(', '), /overlap.list permit.*signal.read permit/)
  t.ok(seen.has('signal.submit permit') && seen.has('signal.submit refuse'))
  const kept = JSON.stringify(rows)
  const tokens = [mine, yours].flatMap((signal) => signal.tokens.map(({ token }) => token))
  for (const secret of ['SECRET-CASE', mine.id, yours.id, overlap?.handle ?? '', ...tokens]) {
    t.notOk(kept.includes(secret), 'no case, no signal, no handle and no token')
  }
})

t.test(
  'whom an act was done for, kinds of data, legal bases and a suspension are among the facts, and replay',
  async (t) => {
    const content = house.draft([politie, gemeente], {
      dataCategories: ['tokens', 'exploitation', 'role', 'age-group'],
    })
    for (const { partner } of [politie, gemeente]) await partner.acceptAgreement(content)
    const under = { content, hash: agreementHashOf(content) }
    const acting = { onBehalfOf: gemeente.id }
    const since = await house.ledgerSize('gateway')
    const submit = (change: object = {}) =>
      outsider.partner.submit([signalAbout({ bsn: 'lent' }, under, { ...acting, ...change })])
    await submit()
    const delegation = await gemeente.partner.delegate({
      actingAgency: outsider.id,
      agreement: under.hash,
      notBefore: house.clock.now().toISOString(),
      notAfter: content.validity.notAfter,
    })
    await submit({ ageBand: 'minor' })
    await submit({ region: 'twente' })
    await outsider.partner.overlaps(under, acting)
    const suspend = (suspended: boolean) =>
      suspendAgreementAt(house.pins.gateway, house.administrators.gateway, {
        agreement: under.hash,
        suspended,
        cause: 'incident',
        at: house.clock.now(),
      })
    await suspend(true)
    await submit()
    house.clock.advance(1)
    await suspend(false)
    await gemeente.partner.endDelegation(delegation)
    await submit()

    const rows = (await recorded()).filter(({ ledger_index: index }) => Number(index) >= since)
    const told = rows
      .filter(({ act }) => act === 'signal.submit')
      .map(({ agency, facts, outcome, reasons }) => {
        const { caller, agreement, request } = JSON.parse(facts) as Facts
        const { state, legalBases } = agreement
        return {
          ...{ agency, by: caller.agency, delegated: caller.delegated, state, outcome },
          ...{ legalBases, data: request.dataCategories, reasons: JSON.parse(reasons) },
        }
      })
    const lent = {
      agency: 'gemeente',
      by: 'outsider',
      legalBases: ['avg-6-1-e', 'avg-9', 'avg-10'],
    }
    const without = { ...lent, delegated: false, outcome: 'refuse', reasons: ['core/delegation'] }
    t.match(told, [
      without,
      { ...lent, delegated: true, state: 'in-force', outcome: 'permit' },
      { ...lent, delegated: true, reasons: ['sharing/data-covered'] },
      { ...lent, state: 'suspended', reasons: ['core/agreement-in-force'] },
      without,
    ])
    t.match(told[2]?.data, ['tokens', 'exploitation', 'role', 'age-group', 'region'])
    const seen = rows.map(({ act, agency }) => `${act} ${agency}`)
    t.ok(seen.includes('overlap.read gemeente'), 'what the answer may tell is decided alike')
    t.ok(seen.includes('overlap.list gemeente'))
    t.strictSame((await replayDecisions(house.db.gateway)).turned, [])
    t.match(await gemeente.partner.reviews(), [{ agreement: under.hash, policy: 'sharing/minor' }])
    t.strictSame(await outsider.partner.reviews(), [], 'who delegates owes the review')
    const [review] = await gemeente.partner.reviews()
    await gemeente.partner.closeReview(review?.id ?? '', 'in-order')
  },
)

t.test('the decisions about thresholds are recorded too', async (t) => {
  const under = await house.agree([politie, gemeente])
  const since = await house.ledgerSize('gateway')
  const histogram = { subjects: 200, counts: [19_900, ...scoreEdges.map(() => 0)] }
  await politie.partner.submitHistogram(under, histogram)
  const { thresholds } = await politie.partner.thresholds(under)
  const move = {
    move: 1,
    thresholds: { ...thresholds, probable: thresholds.probable + 10 },
    reason: 'estimate-too-low' as const,
    explanation: 'We looked at the estimate together.',
  }
  await politie.partner.moveThresholds(under, move)
  await t.rejects(outsider.partner.thresholds(under), /There is no such agreement/)
  const rows = (await recorded()).filter(({ ledger_index: index }) => Number(index) >= since)
  t.match(
    rows.map(({ act, agency, outcome }) => `${act} ${agency} ${outcome}`),
    [
      'histogram.submit politie permit',
      'threshold.read politie permit',
      'threshold.move politie permit',
      'threshold.read outsider refuse',
    ],
  )
  t.strictSame((await replayDecisions(house.db.gateway)).turned, [])
})

t.test('the keyholder records the decisions that it makes itself', async (t) => {
  const under = await house.agree([politie, gemeente])
  const csv =
    'caseReference,bsn,category,observedOn\nA-1,999990019,labour-exploitation,2026-01-02\n'
  const { rows } = readRows(Buffer.from(csv), { today: dayOf(house.clock.now()) })
  await politie.partner.prepare(rows, under)
  for (const operator of operatorNames) {
    const found = (await recorded(operator)).filter(({ act }) => act === 'evaluation.evaluate')
    t.match(found, [{ agency: 'politie', agreement: under.hash, outcome: 'permit' }], operator)
  }
})

t.test('a hundred signals alike are one decision with a hundred entries', async (t) => {
  const under = await house.agree([politie, gemeente])
  const distinctRows = async () =>
    (await house.db.gateway.selectFrom('decision').select('hash').execute()).length
  const rowsBefore = await distinctRows()
  const before = (await recorded()).length
  await politie.partner.submit(
    Array.from({ length: 100 }, (_, at) => signalAbout({ bsn: `many ${at}` }, under)),
  )
  const rows = await recorded()
  const distinct = new Set(rows.slice(before).map(({ hash }) => hash.toString('hex')))
  t.equal(rows.length - before, 101, 'and one on whether the answer may tell of overlaps')
  t.equal(distinct.size, 2)
  t.equal((await distinctRows()) - rowsBefore, 2)
})

t.test('when an entry is erased, what was kept of its decision goes with it', async (t) => {
  const under = await house.agree([politie, gemeente])
  const since = await house.ledgerSize('gateway')
  await politie.partner.submit([signalAbout({ bsn: 'x' }, under)])
  const origin = 'test.example/other'
  const signer = await signerFromSeed(origin, house.random.bytes(32))
  const ledger = openLedger({ clock: house.clock, random: house.random, origin, signer })
  const ofEntry = async () =>
    (await recorded()).filter(({ ledger_index: index }) => Number(index) === since).length
  t.equal(await ofEntry(), 2)
  await transact(house.db.gateway, 'test', (tx) => ledger.erase(tx, since))
  t.equal(await ofEntry(), 0)
})

t.test(
  'may I share this: the answer is that of the act itself, with what would have to change',
  async (t) => {
    const under = await house.agree([politie, gemeente], {
      categories: ['forced-begging'],
      ageBands: ['adult'],
    })
    const ask = {
      act: 'signal.submit',
      agreement: under.hash,
      category: 'forced-begging',
      ageBand: 'adult',
    }
    const since = await house.ledgerSize('gateway')
    t.match((await explain(politie, ask)).body, { outcome: 'permit', remedies: [] })
    const { body } = await explain(politie, { ...ask, category: 'organ-removal', purpose: 'other' })
    t.match(body, {
      outcome: 'refuse',
      reasons: [
        { policy: 'core/purpose', en: /purpose/, nl: /doel/ },
        { policy: 'sharing/category-covered', article: /Wpg/ },
      ],
    })
    t.strictSame(
      body.remedies.map(({ changes }) => changes.map(({ fact }) => fact)),
      [
        ['request.purpose', 'request.category'],
        ['request.purpose', 'agreement.categories'],
      ],
    )
    const signal = signalAbout({ bsn: 'q' }, under, { category: 'organ-removal', purpose: 'other' })
    const [refused] = await politie.partner.submit([signal])
    t.match(JSON.stringify(refused), /core\/purpose.*sharing\/category-covered/)

    const entries = await house.entries('gateway', since)
    t.match(entries.slice(0, 2), [
      { kind: 'decision.explain', agency: 'politie', act: 'signal.submit', wouldBe: 'permit' },
      { kind: 'decision.explain', wouldBe: 'refuse' },
    ])
    t.notMatch(
      JSON.stringify(entries.slice(0, 2)),
      /organ-removal/,
      'nothing of what was asked about',
    )
    const explained = (await recorded()).filter(
      ({ ledger_index: index }) => Number(index) === since,
    )
    t.strictSame(explained, [], 'a question is no decision')
  },
)

t.test('about an agreement of others one may not ask: it looks like none', async (t) => {
  const under = await house.agree([politie, gemeente])
  const ask = { act: 'overlap.list' }
  const theirs = await explain(outsider, { ...ask, agreement: under.hash })
  const none = await explain(outsider, { ...ask, agreement: `$1$1$${'A'.repeat(86)}` })
  t.equal(theirs.code, 'agreements/not-found')
  const { instance: _one, ...shown } = theirs.body as never as Record<string, unknown>
  const { instance: _other, ...same } = none.body as never as Record<string, unknown>
  t.strictSame(shown, same)
  t.match(await explain(outsider, { ...ask, draft: under.content }), {
    status: 200,
    body: { outcome: 'refuse', reasons: [{ policy: 'core/party' }] },
  })
  t.match(
    await explain(politie, { ...ask, draft: house.draft([politie, gemeente]) }),
    {
      body: { outcome: 'permit' },
    },
    'a draft that nobody signed is looked at as if it were in force',
  )
})

t.test('one asks as one would act for another agency', async (t) => {
  const under = await house.agree([politie, gemeente])
  const ask = {
    ...{ act: 'signal.submit', agreement: under.hash, category: 'forced-begging' },
    ...{ ageBand: 'adult', onBehalfOf: gemeente.id },
  }
  t.equal((await explain(outsider, ask)).code, 'agreements/not-found', 'as the act itself')
  t.match(await explain(politie, ask), {
    body: {
      outcome: 'refuse',
      reasons: [{ policy: 'core/delegation' }],
      remedies: [{ changes: [{ fact: 'caller.delegated' }] }],
    },
  })
  await gemeente.partner.delegate({
    actingAgency: outsider.id,
    agreement: under.hash,
    notBefore: house.clock.now().toISOString(),
    notAfter: under.content.validity.notAfter,
  })
  const since = await house.ledgerSize('gateway')
  t.match(await explain(outsider, ask), { body: { outcome: 'permit' } })
  t.match(await house.entries('gateway', since), [
    { kind: 'decision.explain', agency: 'outsider', onBehalfOf: 'gemeente' },
  ])
})

t.test('a question names kinds of data and of subject, as a signal would', async (t) => {
  const under = await house.agree([politie, gemeente], {
    dataCategories: ['tokens', 'exploitation', 'role'],
    subjectKinds: ['person', 'location'],
  })
  const ask = { act: 'signal.submit', agreement: under.hash, category: 'forced-begging' }
  const person = await explain(politie, { ...ask, ageBand: 'adult' })
  t.match(person.body.reasons, [{ policy: 'sharing/data-covered' }], 'an age group is one too')
  const place = { ...ask, subjectKind: 'location' }
  t.match(await explain(politie, place), { body: { outcome: 'permit' } })
  const { body } = await explain(politie, { ...place, dataCategories: ['narrative', 'region'] })
  t.strictSame(
    body.remedies.map(({ changes }) => changes.map(({ fact, value }) => `${fact} ${value}`)),
    [
      ['request.dataCategories without narrative', 'request.dataCategories without region'],
      ['agreement.dataCategories narrative', 'agreement.dataCategories region'],
    ],
  )
  t.match(await explain(politie, { ...place, ageBand: 'adult' }), {
    body: { problems: [{ at: '/ageBand' }] },
  })
  t.match(await explain(politie, { ...place, act: 'overlap.list' }), {
    body: { problems: [{ at: '/category' }, { at: '/subjectKind' }] },
  })
})

t.test('acts on one signal are explained for the signal of another too', async (t) => {
  const under = await house.agree([politie, gemeente])
  const body = { category: 'forced-begging', ageBand: 'adult' }
  const questions = [
    { act: 'signal.correct', ...body },
    { act: 'signal.read' },
    { act: 'signal.withdraw' },
    { act: 'overlap.read-end' },
  ]
  for (const question of questions) {
    const ask = { ...question, agreement: under.hash }
    t.match((await explain(politie, ask)).body, { outcome: 'permit' }, question.act)
    const others = await explain(politie, { ...ask, owner: 'another' })
    t.match(others.body, { outcome: 'refuse', reasons: [{ policy: 'core/own-signal' }] })
  }
  const without = await explain(politie, { act: 'signal.correct', agreement: under.hash })
  t.match(without, { body: { problems: [{ at: '/category' }, { at: '/ageBand' }] } })
})

t.test('acts on a disclosure are explained, for either side', async (t) => {
  const roles = { gemeente: ['submit'] } as const
  const under = await house.agree([politie, gemeente], {}, roles)
  const ask = (agency: typeof politie, act: string, more: object = { other: 'gemeente' }) =>
    explain(agency, { act, agreement: under.hash, ...more })
  const towards = { other: 'politie' }
  for (const act of ['disclosure.request', 'disclosure.reply']) {
    t.match((await ask(politie, act)).body, { outcome: 'permit' }, act)
    t.match((await ask(gemeente, act, towards)).body, { outcome: 'refuse' }, 'it may not receive')
  }
  for (const act of ['disclosure.answer', 'disclosure.grant']) {
    t.match((await ask(gemeente, act, towards)).body, { outcome: 'permit' }, act)
    t.match((await ask(politie, act)).body, {
      outcome: 'refuse',
      reasons: [{ policy: 'core/disclosure-sides' }],
    })
  }
  t.match((await ask(gemeente, 'disclosure.read', towards)).body, { outcome: 'permit' })
  const asReceiver = { other: 'gemeente', owner: 'another' }
  t.match((await ask(politie, 'disclosure.read', asReceiver)).body, { outcome: 'permit' })
  t.match((await ask(politie, 'disclosure.list', {})).body, { outcome: 'permit' })
  t.match((await ask(politie, 'disclosure.request', { other: 'outsider' })).body, {
    outcome: 'refuse',
    reasons: [{ policy: 'core/disclosure-sides' }],
  })
  const narrow = await house.agree([politie, gemeente], { dataCategories: ['tokens'] })
  const covered = { act: 'disclosure.request', agreement: narrow.hash, other: 'gemeente' }
  t.match((await explain(politie, covered)).body, { reasons: [{ policy: 'sharing/data-covered' }] })
  t.match(await ask(politie, 'disclosure.request', {}), { body: { problems: [{ at: '/other' }] } })
  t.match(await ask(politie, 'signal.read'), { body: { problems: [{ at: '/other' }] } })
  t.match(await ask(politie, 'disclosure.list', { onBehalfOf: 'gemeente' }), {
    body: { problems: [{ at: '/onBehalfOf' }] },
  })
  t.equal(
    (await ask(politie, 'disclosure.release')).status,
    400,
    'what a grant says is not supposed',
  )
})

t.test('a question that is not whole is told all that it lacks', async (t) => {
  const answer = await explain(politie, { act: 'signal.submit', owner: 'self' })
  t.equal(answer.status, 400)
  t.strictSame(
    (answer.body as never as { problems: { at: string }[] }).problems.map(({ at }) => at),
    ['/agreement', '/category', '/ageBand', '/owner'],
  )
})

t.test('a draft is run over one’s own decisions, and over no other', async (t) => {
  const purpose = 'purpose-one'
  const domain = 'purpose-one-persons'
  const under = await house.agree([politie, gemeente], { purpose, domain })
  const signals = ['a', 'b', 'c'].map((bsn, at) =>
    signalAbout({ bsn }, under, at === 0 ? { category: 'organ-removal' } : {}),
  )
  await politie.partner.submit(signals)
  await gemeente.partner.submit([signalAbout({ bsn: 'd' }, under)])
  const draft = house.draft([politie, gemeente], {
    purpose,
    domain: 'another-domain',
    categories: ['organ-removal'],
    previous: under.hash,
  })
  const found = await politie.partner.simulate(draft)
  t.match(found, {
    decisions: 4,
    same: 2,
    turns: [
      {
        agency: 'politie',
        purpose,
        act: 'signal.submit',
        was: 'permit',
        becomes: 'refuse',
        times: 2,
        reasons: [{ policy: 'sharing/category-covered' }],
      },
    ],
  })
  t.equal(found.turns.length, 1)
  t.match(
    await politie.partner.simulate({
      ...draft,
      categories: ['forced-begging'],
      dataCategories: ['tokens'],
    }),
    { turns: [{ was: 'permit', becomes: 'refuse' }] },
    'a draft of today’s form, with what it names',
  )
  t.strictSame(
    (await politie.partner.simulate({ ...draft, previous: `$1$1$${'B'.repeat(86)}` })).decisions,
    0,
  )
  await t.rejects(outsider.partner.simulate(draft), /There is no such agreement/)
  const other = house.draft([outsider, politie], { purpose, domain })
  t.equal((await outsider.partner.simulate(other)).decisions, 0, 'of others nothing shows')
})

t.test('who acts for another tries a draft out on what it did for that one', async (t) => {
  const terms = { purpose: 'purpose-two', domain: 'purpose-two-persons' }
  const under = await house.agree([politie, gemeente], terms)
  const draft = house.draft([politie, gemeente], {
    ...terms,
    categories: ['organ-removal'],
    previous: under.hash,
  })
  const forGemeente = { onBehalfOf: 'gemeente' }
  const simulate = () => outsider.partner.simulate(draft, forGemeente)
  const none = /There is no such agreement/
  await t.rejects(simulate(), none, 'without a delegation')
  const number = await gemeente.partner.delegate({
    actingAgency: 'outsider',
    agreement: under.hash,
    notBefore: house.clock.now().toISOString(),
    notAfter: shifted(house.clock.now(), 600).toISOString(),
  })
  await gemeente.partner.submit([signalAbout({ bsn: 'own' }, under)])
  t.equal((await simulate()).decisions, 0, 'what the delegator did itself is not its concern')
  await outsider.partner.submit([signalAbout({ bsn: 'for' }, under, forGemeente)])
  const since = await house.ledgerSize('gateway')
  t.match(await simulate(), {
    decisions: 2,
    turns: [{ agency: 'gemeente', act: 'signal.submit', becomes: 'refuse', times: 1 }],
  })
  t.match(await house.entries('gateway', since), [
    { kind: 'decision.simulate', agency: 'outsider', onBehalfOf: 'gemeente', outcome: 'permit' },
  ])
  const { previous: _previous, ...fresh } = draft
  t.match(await outsider.partner.simulate(fresh, forGemeente), { decisions: 2 }, 'by purpose')
  t.equal((await gemeente.partner.simulate(draft)).decisions, 4, 'the delegator sees both')
  await t.rejects(
    outsider.partner.simulate(house.draft([politie, outsider], terms), forGemeente),
    none,
    'the delegator is a party to the draft',
  )
  await t.rejects(politie.partner.simulate(draft, forGemeente), none)
  await gemeente.partner.endDelegation(number)
  await t.rejects(simulate(), none, 'not after its end')
})

t.test('a signal about a minor makes one review due, which the agency closes', async (t) => {
  const under = await house.agree([politie, gemeente])
  const minor = () =>
    signalAbout({ bsn: `${Math.floor(house.random.bytes(1)[0] ?? 0)} minor` }, under, {
      ageBand: 'minor',
    })
  await politie.partner.submit([minor(), minor()])
  await politie.partner.submit([minor()])
  const [review, ...more] = await politie.partner.reviews()
  t.strictSame(more, [], 'one at a time')
  t.match(review, {
    policy: 'sharing/minor',
    agreement: under.hash,
    purpose: under.content.purpose,
  })
  const days =
    (new Date(review?.dueAt ?? 0).getTime() - new Date(review?.since ?? 0).getTime()) / 86_400_000
  t.equal(days, 14)
  const theirs = await gemeente.partner.reviews()
  t.notOk(
    theirs.some(({ agreement }) => agreement === under.hash),
    'nobody else owes it',
  )
  const id = review?.id ?? ''
  await t.rejects(gemeente.partner.closeReview(id, 'in-order'), /There is no such review/)
  t.match(await politie.partner.closeReview(id, 'in-order'), { finding: 'in-order' })
  t.match(await politie.partner.closeReview(id, 'in-order'), { finding: 'in-order' }, 'again')
  await t.rejects(politie.partner.closeReview(id, 'mended'), /closed with another finding/)
  await politie.partner.submit([minor()])
  t.equal((await politie.partner.reviews()).length, 2, 'after that, the next one falls due')
  const narrow = await politie.call('GET', '/v1/reviews', undefined, { scopes: ['read', 'submit'] })
  t.equal(narrow.status, 403)
})

const gateway = house.pins.gateway
const notes = (id: string) =>
  `@id("${id}") @article("AVG art. 1") @en("It is closed.") @nl("Het is dicht.")`
const withRule = (rule: string) => ({
  schema: texts.schema,
  policies: [...texts.policies, { file: 'own.cedar', text: rule }],
})
const closedSet = withRule(
  `${notes('own/closed')} forbid (principal, action == Action::"signal.submit", resource);`,
)
const wishFor = async (set: ReturnType<typeof withRule> | typeof texts) => {
  house.clock.advance(1)
  return {
    set: { schema: set.schema, policies: [...set.policies] },
    from: (await readPolicySet(gateway.url)).hash,
    at: house.clock.now(),
  }
}

t.test('one administrator vouches for the second; a third takes two', async (t) => {
  const at = house.clock.now()
  const newcomer = { thumbprint: await thumbprintOf(second), at }
  await t.rejects(
    vouchFor(gateway, second, newcomer),
    /signed statement cannot/,
    'nobody vouches for himself',
  )
  t.equal(await vouchFor(gateway, first, newcomer), 'administrator')
  const other = { thumbprint: await thumbprintOf(third), at }
  t.equal(await vouchFor(gateway, first, other), 'awaiting-second-administrator')
  t.equal(
    await vouchFor(gateway, first, other),
    'awaiting-second-administrator',
    'twice is not two',
  )
  await t.rejects(
    signPolicySet(gateway, third, await wishFor(closedSet)),
    /signed statement cannot/,
  )
  t.equal(await vouchFor(gateway, second, other), 'administrator')
})

t.test('an administrator tries a policy set out, and sees totals', async (t) => {
  const found = await simulatePolicySet(gateway, first, await wishFor(closedSet))
  t.ok(found.decisions > 100)
  t.ok(found.turns.length > 0)
  for (const turn of found.turns) {
    t.match(turn, {
      act: 'signal.submit',
      was: 'permit',
      becomes: 'refuse',
      reasons: [{ policy: 'own/closed' }],
    })
  }
  await t.rejects(
    simulatePolicySet(gateway, politie.keys.signing, await wishFor(closedSet)),
    /signed statement/,
  )
})

t.test(
  'what if a legal basis fell away is tried out on the bases that parties named',
  async (t) => {
    const basisGone = (code: string) =>
      withRule(
        `${notes('own/basis')} forbid (principal, action == Action::"signal.submit", resource) when { context.agreement.legalBases.contains("${code}") };`,
      )
    const turnsWithout = async (code: string) =>
      (await simulatePolicySet(gateway, first, await wishFor(basisGone(code)))).turns
    t.match(await turnsWithout('avg-6-1-e'), [
      { becomes: 'refuse', reasons: [{ policy: 'own/basis' }] },
    ])
    t.strictSame(await turnsWithout('wpg-20'), [], 'one on which nobody rested turns nothing')
  },
)

t.test('no set without the whole core is taken, whoever signs it', async (t) => {
  const [core, ...others] = texts.policies
  const cut = {
    schema: texts.schema,
    policies: [
      { file: 'core.cedar', text: (core?.text ?? '').replace('core/party', 'own/party') },
      ...others,
    ],
  }
  const broken = withRule('permit (')
  for (const set of [cut, broken, { schema: texts.schema, policies: others }]) {
    await t.rejects(signPolicySet(gateway, first, await wishFor(set)), /policy set cannot be used/)
  }
})

t.test('two administrators put a set in force at once, also for requests under way', async (t) => {
  const under = await house.agree([politie, gemeente])
  const before = await readPolicySet(gateway.url)
  const wish = await wishFor(closedSet)
  t.match(await signPolicySet(gateway, first, wish), { state: 'awaiting-second-administrator' })
  t.match(
    await signPolicySet(gateway, first, wish),
    { state: 'awaiting-second-administrator' },
    'twice is not two',
  )
  await t.rejects(
    signPolicySet(house.pins.keyholder, second, wish),
    /signed statement/,
    'an administrator of one operator is none of the other',
  )
  const since = await house.ledgerSize('gateway')
  const running = Promise.all(
    Array.from({ length: 30 }, (_, at) =>
      politie.partner.submit([signalAbout({ bsn: `run ${at}` }, under)]),
    ),
  )
  const changed = await signPolicySet(gateway, second, wish)
  t.match(changed, { state: 'in-force' })
  await running
  await politie.partner.submit([signalAbout({ bsn: 'later' }, under)])

  const entries = await house.entries('gateway', since)
  const at = entries.findIndex(({ kind }) => kind === 'policy.change')
  t.match(entries[at], { from: before.hash, to: changed.hash })
  t.strictSame(
    entries[at]?.administrators,
    [await thumbprintOf(first), await thumbprintOf(second)].sort(),
  )
  const later = entries.slice(at).filter(({ kind }) => kind === 'signal.submit')
  t.ok(later.length > 0)
  t.ok(
    later.every(({ outcome, reasons }) => outcome === 'refuse' && String(reasons) === 'own/closed'),
  )
  t.match(
    entries.slice(0, at).filter(({ kind }) => kind === 'signal.submit'),
    [],
    'or before it, permitted',
  )
  t.equal((await readPolicySet(gateway.url)).hash, changed.hash)
})

t.test('an agreed set survives a restart; files that differ do not count', async (t) => {
  const agreed = (await readPolicySet(gateway.url)).hash
  const copy = mkdtempSync(join(tmpdir(), 'raakvlak-policies-'))
  t.teardown(() => rmSync(copy, { recursive: true }))
  cpSync(folder, copy, { recursive: true })
  writeFileSync(
    join(copy, 'own.cedar'),
    `${notes('own/all')} permit (principal, action, resource);`,
  )
  const settings = house.settings.gateway as { policies: string }
  settings.policies = copy
  await house.stop('gateway')
  await house.start('gateway')
  t.equal((await readPolicySet(gateway.url)).hash, agreed)
  t.match(house.logged.join(''), /the agreed set is in force/)
  writeFileSync(join(copy, 'own.cedar'), 'permit (')
  await house.stop('gateway')
  await t.rejects(house.start('gateway'), { name: 'PolicyError', message: /own\.cedar:1: / })
  settings.policies = folder
  await house.start('gateway')
  t.equal((await readPolicySet(gateway.url)).hash, agreed)
})

t.test('a former change cannot be sent once more', async (t) => {
  const closedHash = (await readPolicySet(gateway.url)).hash
  const back = await wishFor(texts)
  await signPolicySet(gateway, first, back)
  t.match(await signPolicySet(gateway, third, back), { state: 'in-force' })
  const again = await wishFor(closedSet)
  const atOnce = await Promise.all([first, second].map((key) => signPolicySet(gateway, key, again)))
  t.strictSame(
    atOnce.map(({ state }) => state).sort(),
    ['awaiting-second-administrator', 'in-force'],
    'signed at the same moment, it is put in force once',
  )
  t.equal((await readPolicySet(gateway.url)).hash, closedHash)
  for (const key of [first, third]) {
    await t.rejects(signPolicySet(gateway, key, back), /Another policy set is in force/)
  }
  t.equal((await readPolicySet(gateway.url)).hash, closedHash)
})

t.test(
  'a set that comes with a release counts at a start with two signatures beside it',
  async (t) => {
    const agreed = (await readPolicySet(gateway.url)).hash
    const copy = mkdtempSync(join(tmpdir(), 'raakvlak-policies-'))
    t.teardown(() => rmSync(copy, { recursive: true }))
    cpSync(folder, copy, { recursive: true })
    const settings = house.settings.gateway as { policies: string }
    const restart = async (from: string) => {
      settings.policies = from
      await house.stop('gateway')
      await house.start('gateway')
      return (await readPolicySet(gateway.url)).hash
    }
    const wish = await wishFor(readPolicies(copy))
    const sign = async (name: string, key: typeof first, change: object = {}) =>
      writeFileSync(
        join(copy, `${name}.jws`),
        await policySetStatement(gateway, key, 'change', { ...wish, ...change }),
      )
    await sign('one', first)
    t.equal(await restart(copy), agreed, 'one is not enough')
    await sign('two', first)
    await sign('three', politie.keys.signing)
    await sign('four', second, { from: 'A'.repeat(43) })
    await sign('five', third, { at: new Date(0) })
    t.equal(
      await restart(copy),
      agreed,
      'nor twice the same, a stranger, another change, an old one',
    )
    const since = await house.ledgerSize('gateway')
    await sign('six', second)
    const now = await restart(copy)
    t.not(now, agreed)
    t.match((await house.entries('gateway', since))[0], {
      kind: 'policy.change',
      from: agreed,
      to: now,
      administrators: [await thumbprintOf(first), await thumbprintOf(second)].sort(),
    })
    t.equal(await restart(folder), now, 'and then it stands')
  },
)

t.test('a policy can ask that somebody is told, which the agency sees once a day', async (t) => {
  const rule = [
    `${notes('own/told')} @obligation("notify:privacy-officer, review-within-days:3")`,
    'permit (principal, action == Action::"signal.submit", resource)',
    'when { context.agreement.submitters.contains(context.agency) };',
    `${notes('own/owner')} @obligation("notify:owner-contact-desk")`,
    'permit (principal, action == Action::"signal.withdraw", resource);',
  ].join('\n')
  const wish = await wishFor(withRule(rule))
  await signPolicySet(gateway, first, wish)
  t.match(await signPolicySet(gateway, second, wish), { state: 'in-force' })
  const under = await house.agree([politie, gemeente])
  const ofThis = async (agency: typeof politie) =>
    (await agency.partner.obligations()).filter(({ agreement }) => agreement === under.hash)
  const before = signalAbout({ bsn: 'told' }, under, { purpose: 'another-purpose' })
  t.equal((await politie.call('POST', '/v1/signals', before)).status, 403)
  t.strictSame(await ofThis(politie), [], 'nothing was done')
  const bodies = ['one', 'two', 'three'].map((bsn) => signalAbout({ bsn }, under))
  await Promise.all(bodies.map((body) => politie.partner.submit([body])))
  const told = {
    policy: 'own/told',
    role: 'privacy-officer',
    act: 'signal.submit',
    purpose: under.content.purpose,
    on: dayOf(house.clock.now()),
  }
  t.match(await ofThis(politie), [told])
  t.equal((await ofThis(politie)).length, 1, 'once a day')
  t.strictSame(await ofThis(gemeente), [], 'and nobody else sees it')
  const noticed = async (agency: typeof politie) =>
    (await agency.call<NoticePage>('GET', '/v1/notifications')).body.notices.filter(
      ({ kind, agreement }) => kind === 'obligation-noted' && agreement === under.hash,
    )
  t.match(await noticed(politie), [{ dataref: '/v1/obligations' }])
  t.strictSame(await noticed(gemeente), [])
  t.ok(
    (await politie.partner.reviews()).some((one) => one.policy === 'own/told'),
    'beside the review',
  )
  await politie.partner.withdraw(bodies[0]?.id ?? '', 'other')
  t.match(await ofThis(politie), [
    { policy: 'own/owner', role: 'contact-desk', act: 'signal.withdraw' },
    told,
  ])
  const narrow = await politie.call('GET', '/v1/obligations', undefined, { scopes: ['read'] })
  t.equal(narrow.status, 403)
  const { obligations } = await politie.partner.explain({
    act: 'signal.submit',
    agreement: under.hash,
    category: 'labour-exploitation',
    ageBand: 'adult',
  })
  t.match(obligations, [
    { kind: 'notify', role: 'privacy-officer', of: 'agency' },
    { kind: 'review', withinDays: 3 },
  ])
})

t.test('decisions are forgotten after ninety days', async (t) => {
  const under = await house.agree([politie, gemeente])
  t.ok((await recorded()).length > 0)
  // Access tokens keep the machine's time: the rows grow old, not the clock.
  const old = shifted(house.clock.now(), -92 * 86_400)
  await house.db.gateway.updateTable('decision_entry').set({ decided_at: old }).execute()
  await house.db.gateway.updateTable('decision').set({ used_at: old }).execute()
  await house.db.gateway.updateTable('notify_obligation').set({ since: old }).execute()
  house.clock.advance(61)
  await politie.partner.submit([signalAbout({ bsn: 'new' }, under)])
  const rows = await recorded()
  const own = rows.map(({ act, outcome }) => `${act} ${outcome}`)
  t.strictSame(
    own.sort(),
    ['overlap.read permit', 'signal.submit permit'],
    'only what was decided now',
  )
  const kept = await house.db.gateway.selectFrom('decision').select('hash').execute()
  t.equal(kept.length, 2)
  t.equal((await politie.partner.obligations()).length, 1, 'only that of today')
})
