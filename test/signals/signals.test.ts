import { createHash, randomUUID } from 'node:crypto'
import t from 'tap'
import { harmless } from '../../src/client/commands/output.ts'
import { canonicalBytes } from '../../src/kernel/canonical.ts'
import { linkageKeys } from '../../src/linkage/keys.ts'
import { verifyReceipt } from '../../src/proofs/receipt.ts'
import { type SceneKind, sceneKeyTypes } from '../../src/wire/codes/subjects.ts'
import { type KeyType, mostTokens, personKeyTypes } from '../../src/wire/codes.ts'
import type { BulkAnswer, SignalAnswer, SignalBody, SignalStatus } from '../../src/wire/signal.ts'
import { learned } from '../support/calls.ts'
import { openHouse } from '../support/house.ts'
import { signalAbout, tokenOf } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const outsider = await house.admit('outsider')
const under = await house.agree([politie, gemeente])
const { db, entries, ledgerSize } = house

const storedAs = (id: string) =>
  db.gateway.selectFrom('signal').selectAll().where('id', '=', id).execute()
const ledgerKey = house.operator('gateway').ledgerKey

t.test('a signal is stored under HMACs, and its receipt proves offline that it was', async (t) => {
  const body = signalAbout({ bsn: 'anna' }, under)
  const { status, body: answer } = await politie.call<SignalAnswer>('POST', '/v1/signals', body)
  t.equal(status, 201)
  t.strictSame(answer.overlaps, [])
  const verdict = await verifyReceipt(answer.receipt, ledgerKey)
  t.equal(verdict.valid, true)
  t.match(JSON.parse(answer.receipt.entry ?? '{}'), { kind: 'signal.submit', signalId: body.id })
  const [row] = await storedAs(body.id)
  const token = tokenOf('protecting-victims-persons bsn anna')
  for (const written of [token, token.replaceAll('-', '+').replaceAll('_', '/')]) {
    t.notMatch(JSON.stringify(row), written.slice(0, 40))
  }
  t.notMatch(row?.case_reference?.toString('latin1'), /CASE-1/, 'the case reference is sealed')
  t.equal((await verifyReceipt({ ...answer.receipt, index: 0 }, ledgerKey)).valid, false)
})

t.test('the same signal again is welcome: one row, the first receipt', async (t) => {
  const body = signalAbout({ bsn: 'boris' }, under)
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => politie.call<SignalAnswer>('POST', '/v1/signals', body)),
  )
  t.ok(answers.every(({ status }) => status === 201))
  t.equal(new Set(answers.map(({ body: { receipt } }) => receipt.index)).size, 1)
  t.equal((await storedAs(body.id)).length, 1)
  const { body: twice } = await politie.call<BulkAnswer>('POST', '/v1/signals/_bulk', {
    signals: [body, body],
  })
  t.strictSame(
    twice.results.map(({ status }) => status),
    [201, 201],
  )
})

t.test('another signal under a taken id is refused, whoever sends it', async (t) => {
  const body = signalAbout({ bsn: 'carla' }, under)
  await politie.call('POST', '/v1/signals', body)
  const changed = { ...body, category: 'sexual-exploitation' }
  t.equal((await politie.call('POST', '/v1/signals', changed)).code, 'signals/conflict')
  t.equal((await gemeente.call('POST', '/v1/signals', body)).code, 'signals/conflict')
  const [row] = await storedAs(body.id)
  t.equal(row?.agency_id, 'politie')
  t.equal(row?.category, 'labour-exploitation')
})

t.test('an idempotency key stands for one request', async (t) => {
  const headers = { 'idempotency-key': 'key-00000001' }
  const body = signalAbout({ bsn: 'dirk' }, under)
  t.equal((await politie.call('POST', '/v1/signals', body, { headers })).status, 201)
  t.equal((await politie.call('POST', '/v1/signals', body, { headers })).status, 201)
  const other = signalAbout({ bsn: 'dirk' }, under)
  const refused = await politie.call('POST', '/v1/signals', other, { headers })
  t.equal(refused.code, 'door/idempotency-conflict')
  t.equal((await storedAs(other.id)).length, 0)
  t.equal((await gemeente.call('POST', '/v1/signals', other, { headers })).status, 201)
})

t.test('many at once are answered one by one, in order', async (t) => {
  const good = signalAbout({ bsn: 'els' }, under)
  const wrongPurpose = signalAbout({ bsn: 'els' }, under, { purpose: 'another-purpose' })
  const wrongDomain = signalAbout({ bsn: 'els' }, under, { domain: 'another-domain' })
  const last = signalAbout({ bsn: 'frank' }, under)
  const { status, body } = await politie.call<BulkAnswer>('POST', '/v1/signals/_bulk', {
    signals: [good, wrongPurpose, wrongDomain, last],
  })
  t.equal(status, 200)
  t.match(body.results, [
    { id: good.id, status: 201 },
    { id: wrongPurpose.id, status: 403, problem: { problems: [{ at: 'core/purpose' }] } },
    { id: wrongDomain.id, status: 403, problem: { problems: [{ at: 'core/domain' }] } },
    { id: last.id, status: 201 },
  ])
  t.equal((await storedAs(wrongPurpose.id)).length, 0)
})

t.test(
  'a signal in another form is refused whole, with every fault and without its values',
  async (t) => {
    const body = {
      ...signalAbout({ bsn: 'gerda' }, under),
      birthDate: '1990-01-01',
      category: 'secret-word',
      epoch: 0,
    }
    const { status, text, body: problem } = await politie.call('POST', '/v1/signals', body)
    t.equal(status, 400)
    t.ok(Array.isArray(problem.problems) && problem.problems.length >= 3)
    t.notMatch(text, /secret-word|1990-01-01/)
  },
)

t.test('a refusal stands on the ledger before it is told', async (t) => {
  const before = await ledgerSize('gateway')
  const body = signalAbout({ bsn: 'hans' }, under)
  t.equal((await outsider.call('POST', '/v1/signals', body)).code, 'agreements/not-found')
  const [entry, ...more] = await entries('gateway', before)
  t.strictSame(more, [])
  t.match(entry, {
    kind: 'signal.submit',
    outcome: 'refuse',
    agency: 'outsider',
    signalId: body.id,
  })
  t.match(String(entry?.reasons), /core\/party/)
})

t.test('to an outsider an agreement of others looks like one that does not exist', async (t) => {
  const real = signalAbout({ bsn: 'ida' }, under)
  const madeUp = { ...real, agreement: `$1$1$${'A'.repeat(86)}` }
  t.strictSame(
    learned(await outsider.call('POST', '/v1/signals', real)),
    learned(await outsider.call('POST', '/v1/signals', madeUp)),
  )
})

t.test('a signal of another agency looks like one that does not exist', async (t) => {
  const body = signalAbout({ bsn: 'jan' }, under)
  await politie.call('POST', '/v1/signals', body)
  const paths = [`/v1/signals/${body.id}`, `/v1/signals/${randomUUID()}`]
  const [theirs, none] = await Promise.all(paths.map((path) => gemeente.call('GET', path)))
  t.strictSame(learned(theirs!), learned(none!))
  const withdrawals = await Promise.all(
    paths.map((path) => gemeente.call('POST', `${path}/_withdraw`, { reason: 'other' })),
  )
  t.strictSame(learned(withdrawals[0]!), learned(withdrawals[1]!))
  const { body: own } = await politie.call<SignalStatus>('GET', paths[0]!)
  t.match(own, { state: 'live', caseReference: 'CASE-1' })
})

t.test('withdrawing takes tokens and sealed fields away, and may be said twice', async (t) => {
  const body = signalAbout({ bsn: 'kees' }, under)
  await politie.call('POST', '/v1/signals', body)
  for (let time = 0; time < 2; time += 1) {
    const answer = await politie.call('POST', `/v1/signals/${body.id}/_withdraw`, {
      reason: 'other',
    })
    t.match(answer.body, { state: 'withdrawn' })
  }
  const [row] = await storedAs(body.id)
  t.match(row, { tokens: null, sealed: null, state: 'withdrawn' })
  const tokens = await db.gateway
    .selectFrom('signal_token')
    .selectAll()
    .where('signal_id', '=', body.id)
    .execute()
  t.strictSame(tokens, [])
})

t.test('submissions and withdrawals have quotas of their own, never overshot', async (t) => {
  const quotas = { evaluationsPerDay: 1000, submissionsPerDay: 5, withdrawalsPerDay: 2 }
  const small = await house.agree([politie, gemeente], {
    purpose: 'a-small-purpose',
    domain: 'a-small-domain',
    quotas,
  })
  const bodies = Array.from({ length: 12 }, (_, at) => signalAbout({ bsn: `l${at}` }, small))
  const answers = await Promise.all(bodies.map((body) => politie.call('POST', '/v1/signals', body)))
  const accepted = bodies.filter((_, at) => answers[at]?.status === 201)
  t.equal(accepted.length, 5)
  const refused = answers.find(({ status }) => status !== 201)
  t.equal(refused?.code, 'signals/quota-exhausted')
  t.ok(Number(refused?.headers.get('retry-after')) > 0)
  const withdrawn = await Promise.all(
    accepted.map(({ id }) =>
      politie.call('POST', `/v1/signals/${id}/_withdraw`, { reason: 'other' }),
    ),
  )
  t.equal(withdrawn.filter(({ status }) => status === 200).length, 2)
})

t.test(
  'after a revocation nothing more is submitted, but own signals can be withdrawn',
  async (t) => {
    const ending = await house.agree([politie, gemeente], {
      purpose: 'an-ending',
      domain: 'an-ending',
    })
    const body = signalAbout({ bsn: 'mia' }, ending)
    t.equal((await politie.call('POST', '/v1/signals', body)).status, 201)
    await gemeente.partner.revokeAgreement(ending.hash)
    const refused = await politie.call('POST', '/v1/signals', signalAbout({ bsn: 'mia' }, ending))
    t.match(refused.body, { status: 403, problems: [{ at: 'core/agreement-in-force' }] })
    const withdrawn = await politie.call('POST', `/v1/signals/${body.id}/_withdraw`, {
      reason: 'other',
    })
    t.equal(withdrawn.status, 200)
  },
)

t.test('nobody rides on the decision of another who submits at the same moment', async (t) => {
  const kijker = await house.admit('kijker')
  const terms = await house.agree([politie, gemeente, kijker], {}, { kijker: ['receive'] })
  await politie.call('POST', '/v1/signals', signalAbout({ bsn: 'target' }, terms))
  await Promise.all([politie, kijker, outsider].map(({ call }) => call.token()))
  const send = ({ call }: typeof politie) =>
    call('POST', '/v1/signals', signalAbout({ bsn: 'target' }, terms))
  const answers = await Promise.all(
    Array.from({ length: 16 }, async () =>
      Promise.all([send(politie), send(kijker), send(outsider)]),
    ),
  )
  for (const [own, watching, strange] of answers) {
    t.equal(own.status, 201)
    t.equal(watching.code, 'policy/denied')
    t.equal(strange.code, 'agreements/not-found')
  }
  const stored = db.gateway.selectFrom('signal').select('id')
  t.strictSame(await stored.where('agency_id', 'in', ['kijker', 'outsider']).execute(), [])
})

/** A kind of subject that this type of key belongs to, and what a signal of that kind says besides. */
const kindWith = (type: KeyType): Partial<SignalBody> => {
  if ((personKeyTypes as readonly KeyType[]).includes(type)) return {}
  const kinds = Object.keys(sceneKeyTypes) as SceneKind[]
  const [subjectKind = 'vehicle'] = kinds.filter((kind) =>
    (sceneKeyTypes[kind] as readonly KeyType[]).includes(type),
  )
  return { subjectKind, ageBand: 'unknown' }
}

t.test('one signal carries the tokens of one subject and not a net over many', async (t) => {
  const token = (type: KeyType, words: string) => ({
    type,
    token: tokenOf(`${under.content.domain} ${type} ${words}`),
  })
  const used = async () =>
    (
      await db.gateway
        .selectFrom('quota_use')
        .select('used')
        .where('agency_id', '=', 'politie')
        .where('kind', '=', 'submission')
        .execute()
    ).reduce((total, row) => total + Number(row.used), 0)
  const before = await used()
  for (const [type, most] of Object.entries(mostTokens) as [KeyType, number][]) {
    const tokens = Array.from({ length: most + 1 }, (_, at) => token(type, `subject ${at}`))
    const body = signalAbout({}, under, { ...kindWith(type), tokens })
    const refused = await politie.call('POST', '/v1/signals', body)
    t.equal(refused.status, 400, type)
    t.equal((await storedAs(body.id)).length, 0)
    const fitting = signalAbout({}, under, { ...kindWith(type), tokens: tokens.slice(1) })
    t.equal((await politie.call('POST', '/v1/signals', fitting)).status, 201, type)
  }
  const twice = [token('names-birth-month', 'emma'), token('names-birth-month', 'emma')]
  const doubled = await politie.call(
    'POST',
    '/v1/signals',
    signalAbout({}, under, { tokens: twice }),
  )
  t.equal(doubled.status, 400)
  t.equal((await used()) - before, Object.keys(mostTokens).length, 'what is refused counts nothing')
})

t.test('linkage never makes more tokens of a person than a signal may carry', (t) => {
  const { keys } = linkageKeys({
    bsn: '123456782',
    vNumber: '1234567890',
    document: { country: 'NLD', number: 'SPECI2014' },
    phone: '+31612345678',
    givenNames: 'Anna Maria',
    familyName: 'Jansen-de Boer',
    birthDate: { year: 1990, month: 5, day: 7 },
    sex: 'F',
  })
  for (const [type, alike] of Map.groupBy(keys, ({ type }) => type)) {
    t.ok(alike.length <= mostTokens[type], type)
  }
  t.end()
})

t.test('a signal that was withdrawn says so when it is sent again', async (t) => {
  const body = signalAbout({ bsn: 'withdrawn' }, under)
  await politie.call('POST', '/v1/signals', body)
  await politie.call('POST', `/v1/signals/${body.id}/_withdraw`, { reason: 'other' })
  const again = await politie.call('POST', '/v1/signals', body)
  t.match(again, { status: 409, code: 'signals/ended' })
  const [row] = await storedAs(body.id)
  t.not(
    row?.body_hash?.toString('hex'),
    createHash('sha256').update(canonicalBytes(body)).digest('hex'),
    'and a thief of the database cannot try what it said',
  )
})

t.test('days, codes and lines that no reader could use are refused', async (t) => {
  const cases: [string, object][] = [
    ['a year that there is not', { observedOn: '0000-01-01' }],
    ['an indicator of one’s own', { indicators: ['jan-de-boer'] }],
    ['a region of one’s own', { region: 'atlantis' }],
    ['a desk that steers a terminal', { contactDesk: '\u001b]0;pwned\u0007' }],
    ['a desk of two lines', { contactDesk: 'Desk\nanother' }],
    ['a case reference that turns the text', { caseReference: 'CASE \u202e' }],
  ]
  for (const [what, change] of cases) {
    const body = { ...signalAbout({ bsn: 'q' }, under), ...change }
    t.equal((await politie.call('POST', '/v1/signals', body)).code, 'door/invalid-input', what)
  }
  t.equal(harmless('Desk\u001b[2J of\u202e all\n'), 'Desk\ufffd[2J of\ufffd all\n')
})
