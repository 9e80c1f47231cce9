import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { lockForChange, putSuspension } from '../../src/agreements/store.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { pairsOf } from '../../src/linkage/calibration.ts'
import { linkageVersion } from '../../src/linkage/keys.ts'
import { startThresholds } from '../../src/linkage/weights.ts'
import { type StatementType, signStatement } from '../../src/proofs/statement.ts'
import { transact } from '../../src/store/transact.ts'
import {
  type HistogramBody,
  scoreEdges,
  type ThresholdMovePayload,
  type ThresholdsView,
} from '../../src/wire/calibration.ts'
import { compositeTypes } from '../../src/wire/codes.ts'
import type { Overlap, SignalAnswer } from '../../src/wire/signal.ts'
import { learned } from '../support/calls.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { type Subject, signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const jeugdzorg = await house.admit('jeugdzorg')
const outsider = await house.admit('outsider')
const parties = [politie, gemeente, jeugdzorg]
const under = await house.agree(parties)
const { clock, pins, post, ledgerSize, entries } = house
const unknownHash = `$1$1$${'B'.repeat(86)}`
const purpose = under.content.purpose

const pathOf = (what: 'histograms' | 'thresholds', hash = under.hash): string =>
  `/v1/agreements/${encodeURIComponent(hash)}/${what}`

/** A histogram with so many pairs in the bins from some edges on. */
const histogram = (
  bins: Readonly<Record<number, number>> = {},
  change: Partial<HistogramBody> = {},
): HistogramBody => {
  const subjects = change.subjects ?? 200
  const counts = [0, ...scoreEdges.map((edge) => bins[edge] ?? 0)]
  counts[0] = pairsOf(subjects) - counts.reduce((sum, count) => sum + count, 0)
  return { purpose, linkage: linkageVersion, subjects, counts, ...change }
}

const submit = (agency: HouseAgency, body: object, hash?: string) =>
  agency.call('POST', pathOf('histograms', hash), body)

const look = async (agency: HouseAgency): Promise<ThresholdsView> =>
  (await agency.call<ThresholdsView>('GET', `${pathOf('thresholds')}?purpose=${purpose}`)).body

const precisionAt = ({ steps }: ThresholdsView, at: number): number | undefined =>
  steps.find(({ bits }) => bits === at)?.precision

/** A move as a party signs it, but for what `change` says. */
async function statementOf(
  agency: HouseAgency,
  change: Partial<ThresholdMovePayload> = {},
  { key = agency.keys.signing, as = 'threshold-move' as StatementType } = {},
): Promise<string> {
  const { moves, thresholds } = await look(politie)
  const payload: ThresholdMovePayload = {
    audience: pins.gateway.rootThumbprint,
    agency: agency.id,
    agreement: under.hash,
    linkage: linkageVersion,
    move: moves + 1,
    thresholds,
    reason: 'estimate-too-low',
    explanation: 'We looked at the estimate together.',
    movedAt: clock.now().toISOString(),
    ...change,
  }
  return signStatement(as, payload, key)
}

const move = (statement: string, hash?: string) =>
  post('gateway', pathOf('thresholds', hash), { statement })

const moved = async (change: Partial<ThresholdsView['thresholds']>, agency = politie) => {
  const { thresholds } = await look(politie)
  return move(await statementOf(agency, { thresholds: { ...thresholds, ...change } }))
}

/** All that a person with a full birth date has. */
const nameTypes = compositeTypes.filter((type) => !/place|starts-birth-year/.test(type))
const names = (words: string): Subject => Object.fromEntries(nameTypes.map((type) => [type, words]))

async function submitAll(agency: HouseAgency, subjects: readonly Subject[]): Promise<void> {
  const signals = subjects.map((subject) => signalAbout(subject, under))
  const { status, text } = await agency.call('POST', '/v1/signals/_bulk', { signals })
  if (status !== 200) throw new Error(text)
}

const qualityOf = async (agency: HouseAgency, signal: string): Promise<string | undefined> =>
  (await agency.partner.overlaps(under)).find((one) => one.signal.id === signal)?.quality

t.test(
  'without a histogram and links there is no estimate, and no threshold is lowered',
  async (t) => {
    const view = await look(politie)
    t.match(view, { thresholds: startThresholds, moves: 0, histograms: 0 })
    t.ok(view.levels.every(({ precision }) => precision === undefined))
    const refused = await moved({ certain: 140 })
    t.match(refused, { status: 403, code: 'calibration/move-refused' })
    t.match(refused.text, /there is no estimate yet/)
  },
)

const familyOnly = (at: number): Subject => ({ 'family-name-ending-birth-date': `family ${at}` })
const sixty = Array.from({ length: 60 }, (_, at) => names(`whole ${at}`))
const thirty = Array.from({ length: 30 }, (_, at) => familyOnly(at))

t.test('the estimate is of the whole agreement, and comes from counts alone', async (t) => {
  for (const agency of [politie, gemeente]) await submitAll(agency, [...sixty, ...thirty])
  // 8,100 pairs across; 90 links score 20 bits or more (counted as 80), 60 score 160 or more.
  const before = await ledgerSize('gateway')
  const answer = await submit(politie, histogram({ 20: 8, 40: 2 }))
  t.equal(answer.status, 200)
  t.ok(await politie.partner.verifyReceipt(answer.body.receipt as never, under.content.domain))
  const [entry] = await entries('gateway', before)
  t.match(entry, { kind: 'histogram.submit', outcome: 'permit', agency: 'politie', subjects: 200 })
  t.notMatch(JSON.stringify(entry), /counts|19890/)
  const view = await look(jeugdzorg)
  t.equal(view.histograms, 1)
  // 10.5 × 8,100 ÷ 19,900 ÷ 80 = 0.0534; 2.5 × … ÷ 60 = 0.0170; 0.5 × … ÷ 60 = 0.0034.
  t.equal(precisionAt(view, 20), 0.94)
  t.equal(precisionAt(view, 35), 0.98)
  t.equal(precisionAt(view, 40), 0.98)
  t.equal(precisionAt(view, 45), 0.99)
  t.equal(precisionAt(view, 160), 0.99)
  t.match(view.levels, [
    { quality: 'certain', bits: 160, precision: 0.99, floor: 0.99 },
    { quality: 'probable', bits: 40, precision: 0.98, floor: 0.95 },
    { quality: 'possible', bits: 20, precision: 0.94, floor: 0.8 },
  ])
  t.strictSame(await look(politie), view, 'every party sees the same')
  t.notMatch(JSON.stringify(view), /"politie|gemeente|jeugdzorg|counts|subjects/)
})

t.test('one link more or less does not show', async (t) => {
  const before = await look(jeugdzorg)
  await submitAll(politie, [names('one more')])
  await submitAll(gemeente, [names('one more')])
  t.strictSame(await look(jeugdzorg), before)
})

const place = (words: string) =>
  signalAbout({ 'location-address': words }, under, { subjectKind: 'location', ageBand: 'unknown' })

t.test('households, locations and vehicles do not count', async (t) => {
  const before = await look(jeugdzorg)
  for (const agency of [politie, gemeente, jeugdzorg]) {
    const signals = Array.from({ length: 60 }, (_, at) => place(`place ${at}`))
    t.equal((await agency.call('POST', '/v1/signals/_bulk', { signals })).status, 200)
  }
  t.strictSame(await look(jeugdzorg), before)
})

t.test('the newest histogram counts, and a false one raises nothing', async (t) => {
  const honest = await look(politie)
  await submit(gemeente, histogram({}, { subjects: 1_000_000 }))
  const lied = await look(politie)
  t.equal(lied.histograms, 2)
  t.strictSame(lied.steps, honest.steps)
  await submit(gemeente, histogram({ 20: 300 }))
  t.ok(Number(precisionAt(await look(politie), 20)) < 0.5, 'a worse one is believed')
  await submit(gemeente, histogram({ 20: 8, 40: 2 }))
  t.strictSame((await look(politie)).steps, honest.steps)
})

t.test('a histogram that tells too much, or does not add up, is refused', async (t) => {
  const small = await submit(politie, histogram({}, { subjects: 199 }))
  t.match(small, { status: 400, code: 'calibration/histogram-refused' })
  t.match(small.text, /with fewer, one count can point to two of them/)
  const whole = histogram()
  const wrong: [object, string, RegExp][] = [
    [{ ...whole, subjects: 201 }, 'calibration/histogram-refused', /all pairs/],
    [{ ...whole, linkage: 'lk2' }, 'calibration/histogram-refused', /linkage/],
    [{ ...whole, counts: whole.counts.slice(1) }, 'door/invalid-input', /counts/],
    [{ ...whole, tokens: ['a'] }, 'door/invalid-input', /not in the documentation/],
  ]
  for (const [body, code, said] of wrong) {
    const answer = await submit(politie, body)
    t.match(answer, { status: 400, code })
    t.match(answer.text, said)
  }
  const [refused] = (await entries('gateway')).filter(
    ({ kind, outcome }) => kind === 'histogram.submit' && outcome === 'refuse',
  )
  t.match(refused, { reasons: ['calibration/histogram-refused'] })
})

t.test('to who is no party, the agreement does not exist', async (t) => {
  t.strictSame(
    learned(await submit(outsider, histogram())),
    learned(await submit(outsider, histogram(), unknownHash)),
  )
  const asked = (hash: string) =>
    outsider.call('GET', `${pathOf('thresholds', hash)}?purpose=${purpose}`)
  t.strictSame(learned(await asked(under.hash)), learned(await asked(unknownHash)))
  const wants = { thresholds: { ...startThresholds, certain: 50 } }
  const here = await move(await statementOf(outsider, wants))
  const nowhere = await move(
    await statementOf(outsider, { ...wants, agreement: unknownHash }),
    unknownHash,
  )
  t.equal(here.code, 'agreements/not-found')
  t.strictSame(learned(here), learned(nowhere))
  const crossed = await politie.call('GET', `${pathOf('thresholds')}?purpose=another-purpose`)
  t.match(crossed.body, { status: 403, problems: [{ at: 'core/purpose' }] })
  t.equal((await look(politie)).moves, 0)
})

t.test('a party that may only submit counts its own, and learns nothing of links', async (t) => {
  const oneWay = await house.agree(
    [politie, gemeente],
    { purpose: 'one-way', domain: 'one-way' },
    { gemeente: ['submit'], politie: ['submit', 'receive'] },
  )
  const counted = await submit(gemeente, histogram({}, { purpose: 'one-way' }), oneWay.hash)
  t.equal(counted.status, 200)
  const asked = `${pathOf('thresholds', oneWay.hash)}?purpose=one-way`
  const denied = { status: 403, problems: [{ at: 'core/denied-by-default' }] }
  t.match((await gemeente.call('GET', asked)).body, denied)
  const statement = await statementOf(gemeente, {
    agreement: oneWay.hash,
    thresholds: { ...startThresholds, certain: 50 },
  })
  t.match((await move(statement, oneWay.hash)).body, denied)
  t.match((await politie.call('GET', asked)).body, { histograms: 1, moves: 0 })
})

t.test('a statement of another, for another or of another kind moves nothing', async (t) => {
  const thresholds = { ...startThresholds, certain: 50 }
  const statements = [
    await statementOf(politie, { thresholds }, { key: gemeente.keys.signing }),
    await statementOf(politie, { thresholds }, { key: politie.keys.client as never }),
    await statementOf(politie, { thresholds }, { as: 'agreement-signature' }),
    await statementOf(politie, { thresholds, audience: pins.keyholder.rootThumbprint }),
    await statementOf(politie, { thresholds, agreement: unknownHash }),
    await statementOf(politie, { thresholds, linkage: 'lk9' }),
    await statementOf(politie, { thresholds, explanation: 'short' }),
    await statementOf(politie, {
      thresholds,
      movedAt: shifted(clock.now(), 3_600).toISOString(),
    }),
  ]
  const whole = await statementOf(politie, { thresholds })
  const [head, payload, signature = ''] = whole.split('.')
  statements.push([head, payload, `${signature.slice(0, -4)}AAAA`].join('.'))
  const before = await ledgerSize('gateway')
  for (const [at, statement] of statements.entries()) {
    t.match(await move(statement), { status: 400, code: 'statements/invalid' }, `number ${at}`)
  }
  t.equal(await ledgerSize('gateway'), before)
  t.equal((await look(politie)).moves, 0)
})

t.test('a threshold stays in order, on its places and above its floor', async (t) => {
  const refused: [Partial<ThresholdsView['thresholds']>, RegExp][] = [
    [{}, /nothing is moved/],
    [{ probable: 160 }, /certain must stand above probable/],
    [{ certain: 47 }, /can stand at 20, 25/],
    [{ possible: 15 }, /can stand at 20, 25/],
    [{ certain: 40, probable: 35 }, /estimated precision there is 0.98, under the floor of 0.99/],
  ]
  for (const [change, said] of refused) {
    const answer = await moved(change)
    t.match(answer, { status: 403, code: 'calibration/move-refused' })
    t.match(answer.text, said)
  }
  const last = (await entries('gateway')).findLast(({ kind }) => kind === 'threshold.move')
  t.match(last, { outcome: 'refuse', reasons: ['calibration/move-refused'], agency: 'politie' })
})

t.test('a move counts for links that stand and for new ones, and is on the ledger', async (t) => {
  const nearly = (words: string, ends: string): Subject => ({
    ...names(words),
    'names-birth-month': ends,
    'name-endings-birth-day': ends,
    phone: words,
  })
  const one = signalAbout(nearly('lowered', 'a'), under)
  await politie.call('POST', '/v1/signals', one)
  await submitAll(gemeente, [nearly('lowered', 'b')])
  t.equal(await qualityOf(politie, one.id), 'probable')

  const before = await ledgerSize('gateway')
  const answer = await politie.partner.moveThresholds(under, {
    move: 1,
    thresholds: { ...startThresholds, certain: 140 },
    reason: 'missed-overlaps',
    explanation: 'Eight keys and a phone were right each time.',
  })
  t.match(answer, {
    moves: 1,
    thresholds: { certain: 140, probable: 40, possible: 20 },
    lastMove: { agency: 'politie', reason: 'missed-overlaps' },
  })
  t.equal(await qualityOf(politie, one.id), 'certain', 'the link that stood')
  const [entry] = await entries('gateway', before)
  t.match(entry, {
    kind: 'threshold.move',
    outcome: 'permit',
    agency: 'politie',
    move: 1,
    before: startThresholds,
    after: { certain: 140 },
    estimates: { certain: 0.99, probable: 0.98, possible: 0.94 },
    histograms: 2,
    why: 'missed-overlaps',
  })
  t.notMatch(JSON.stringify(entry), /Eight keys/, 'what a person wrote is not on the ledger')

  const touching = async (words: string): Promise<readonly Overlap[]> => {
    const subject: Subject = { 'family-name-ending-birth-date': words }
    await submitAll(politie, [subject])
    const signal = signalAbout(subject, under)
    return (await gemeente.call<SignalAnswer>('POST', '/v1/signals', signal)).body.overlaps
  }
  const all = (await gemeente.partner.overlaps(under)).length
  t.equal((await touching('as before')).length, 1)
  t.equal((await moved({ possible: 25 }, gemeente)).status, 200, 'another party raises one')
  t.strictSame(await touching('raised'), [])
  t.ok((await gemeente.partner.overlaps(under)).length < all, 'those that stood are not told')
  t.equal((await moved({ possible: 20 })).status, 200)
  t.equal((await gemeente.partner.overlaps(under)).length, all + 2, 'nothing was lost meanwhile')
})

t.test('what thresholds keep from a receiver is never told to be over', async (t) => {
  const signal = async (agency: HouseAgency, subject: Subject): Promise<string> => {
    const body = signalAbout(subject, under)
    const { status, text } = await agency.call('POST', '/v1/signals', body)
    if (status !== 201) throw new Error(text)
    return body.id
  }
  const endsOf = async (agency: HouseAgency, id: string) =>
    (await agency.partner.endedOverlaps(under)).filter((ended) => ended.signal.id === id)
  const family = (words: string): Subject => ({ 'family-name-ending-birth-date': words })

  t.equal((await moved({ possible: 25 })).status, 200)
  const [own, other] = [
    await signal(politie, family('hidden')),
    await signal(gemeente, family('hidden')),
  ]
  await gemeente.partner.withdraw(other, 'other')
  t.strictSame([...(await endsOf(politie, own)), ...(await endsOf(gemeente, other))], [])

  const both = await signal(politie, { bsn: 'again', ...family('again') })
  const certain = await signal(gemeente, { bsn: 'again' })
  const hidden = await signal(jeugdzorg, family('again'))
  const { handle } = (await politie.partner.overlaps(under)).find((one) => one.signal.id === both)!
  await gemeente.partner.withdraw(certain, 'other')
  t.match(await endsOf(politie, both), [{ handle, cause: 'other-signal' }])
  t.equal((await endsOf(gemeente, certain)).length, 1, 'whoever withdrew had seen it')

  t.equal((await moved({ possible: 20 })).status, 200)
  t.match(await politie.partner.overlap(handle), { others: [{ agency: 'jeugdzorg' }] })
  t.strictSame(await endsOf(politie, both), [], 'what is there is not over')
  await jeugdzorg.partner.withdraw(hidden, 'other')
  t.match(await endsOf(politie, both), [{ handle, cause: 'other-signal' }], 'now it is')
})

t.test('a threshold says nothing about a place', async (t) => {
  const here = place('moved')
  await politie.call('POST', '/v1/signals', here)
  await gemeente.call('POST', '/v1/signals', place('moved'))
  t.equal(await qualityOf(politie, here.id), 'probable')
  t.equal((await moved({ certain: 50, probable: 45 })).status, 200)
  t.equal(await qualityOf(politie, here.id), 'probable')
  t.equal((await moved({ certain: 45, probable: 30 })).status, 200)
  t.equal(await qualityOf(politie, here.id), 'probable')
})

t.test('a statement counts once', async (t) => {
  const first = await statementOf(politie, { thresholds: { ...startThresholds, certain: 50 } })
  t.equal((await move(first)).status, 200)
  const before = await ledgerSize('gateway')
  const again = await move(first)
  t.match(again, { status: 200, body: { thresholds: { certain: 50 } } })
  const [retried] = await entries('gateway', before)
  t.equal(retried, undefined, 'an identical retry changes and records nothing')
  t.equal((await moved({ certain: 55 }, gemeente)).status, 200)
  t.match(await move(first), { status: 409, code: 'calibration/moved-before' })
  t.equal((await look(politie)).thresholds.certain, 55)
})

t.test('of two moves at once, one counts', async (t) => {
  for (const [here, there] of [
    [60, 70],
    [80, 90],
  ] as const) {
    const { thresholds, moves } = await look(politie)
    const statements = [
      await statementOf(politie, { thresholds: { ...thresholds, certain: here } }),
      await statementOf(gemeente, { thresholds: { ...thresholds, certain: there } }),
    ]
    const answers = await Promise.all(statements.map((statement) => move(statement)))
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 409])
    t.equal((await look(politie)).moves, moves + 1)
  }
})

t.test('thresholds outlive a restart, and belong to one agreement', async (t) => {
  const stands = await look(politie)
  await house.stop('gateway')
  await house.start('gateway')
  t.strictSame(await look(politie), stands)
  const other = await house.agree(parties)
  const view = await politie.partner.thresholds(other)
  t.match(view, { thresholds: startThresholds, moves: 0, histograms: 0 })
})

t.test('a suspension takes effect for what is under way', async (t) => {
  const { hash } = await house.agree(parties)
  const { moves, thresholds } = await politie.partner.thresholds({ ...under, hash })
  const statement = await statementOf(politie, { agreement: hash, move: moves + 1, thresholds })
  const path = `${pathOf('thresholds', hash)}?purpose=${purpose}`
  const underWay = await transact(house.db.gateway, 'test/suspend', async (tx) => {
    await lockForChange(tx, hash)
    const answers = [
      submit(politie, histogram(), hash),
      politie.call('GET', path),
      move(statement, hash),
    ]
    const first = await Promise.race([...answers, pause(1000, 'still deciding')])
    t.equal(first, 'still deciding')
    await putSuspension(tx, {
      firstVersion: hash,
      suspended: true,
      statement: 'x',
      issuedAt: clock.now(),
    })
    return { answers }
  })
  for (const { status, body } of await Promise.all(underWay.answers)) {
    t.match(
      { status, body },
      { status: 403, body: { problems: [{ at: 'core/agreement-in-force' }] } },
    )
  }
})

t.test(
  'a suspended party moves nothing, nor does anybody once the agreement has ended',
  async (t) => {
    const raise = { thresholds: { ...(await look(politie)).thresholds, certain: 160 } }
    const late = await statementOf(politie, raise)
    await house.pin('gateway', gemeente, { active: false })
    const denied = await move(await statementOf(gemeente, raise))
    t.match(denied.body, { status: 403, problems: [{ at: 'core/caller-active' }] })
    await jeugdzorg.partner.revokeAgreement(under.hash)
    t.match((await move(late)).body, { status: 403, problems: [{ at: 'core/agreement-in-force' }] })
    t.equal((await submit(politie, histogram())).status, 403)
  },
)

t.test('a party that sends copies of one signal does not raise the estimate', async (t) => {
  const [copier, witness] = [await house.admit('copier'), await house.admit('witness')]
  const own = await house.agree([copier, witness], { domain: 'copied' })
  const { hash, content } = own
  for (const agency of [copier, witness]) {
    t.equal((await submit(agency, histogram({}, { purpose: content.purpose }), hash)).status, 200)
  }
  const send = async (agency: HouseAgency, subjects: readonly Subject[]) => {
    const signals = subjects.map((subject) => signalAbout(subject, own))
    const { status, text } = await agency.call('POST', '/v1/signals/_bulk', { signals })
    t.equal(status, 200, text)
  }
  const estimated = async () =>
    (await witness.partner.thresholds(own)).levels.map(({ precision }) => precision ?? undefined)
  const shared = Array.from({ length: 25 }, (_, at) => names(`shared ${at}`))
  await send(witness, shared)
  await send(
    copier,
    Array.from({ length: 60 }, () => names('shared 0')),
  )
  t.ok((await copier.partner.overlaps(own)).length >= 60, 'each copy touches the one signal')
  t.strictSame(await estimated(), [undefined, undefined, undefined], 'but counts for one link')
  await send(copier, shared.slice(1))
  t.ok(
    (await estimated()).every((precision) => precision !== undefined),
    '25 persons are 25',
  )
})
