import { randomUUID } from 'node:crypto'
import t from 'tap'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { verifyReceipt } from '../../src/proofs/receipt.ts'
import type {
  CorrectBody,
  EndedOverlap,
  Overlap,
  SignalAnswer,
  SignalBody,
  SignalStatus,
} from '../../src/wire/signal.ts'
import { learned } from '../support/calls.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { type Subject, signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const jeugdzorg = await house.admit('jeugdzorg')
const outsider = await house.admit('outsider')
const under = await house.agree([politie, gemeente, jeugdzorg])
const db = house.db.gateway

async function submit(agency: HouseAgency, subject: Subject, agreement = under): Promise<string> {
  const body = signalAbout(subject, agreement)
  const { status, text } = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (status !== 201) throw new Error(text)
  return body.id
}

const bodyAbout = (
  subject: Subject,
  change: Partial<SignalBody> = {},
  agreement: UnderAgreement = under,
): CorrectBody => {
  const { id: _inThePath, ...body } = signalAbout(subject, agreement, change)
  return body
}

const correct = (
  agency: HouseAgency,
  id: string,
  body: CorrectBody,
  headers: Record<string, string> = {},
) => agency.call<SignalAnswer>('POST', `/v1/signals/${id}/_correct`, body, { headers })

const overlapOf = async (agency: HouseAgency, signal: string): Promise<Overlap | undefined> =>
  (await agency.partner.overlaps(under)).find((one) => one.signal.id === signal)

t.test('a correction replaces the body, with a receipt; the old tokens are gone', async (t) => {
  const id = await submit(politie, { bsn: 'anna', phone: '1' })
  const { status, body } = await correct(
    politie,
    id,
    bodyAbout({ bsn: 'anne' }, { category: 'forced-begging' }),
  )
  t.equal(status, 200)
  t.equal((await verifyReceipt(body.receipt, house.operator('gateway').ledgerKey)).valid, true)
  t.match(JSON.parse(body.receipt.entry ?? '{}'), {
    kind: 'signal.correct',
    outcome: 'permit',
    signalId: id,
    reasons: ['sharing/correct'],
  })
  const row = await db
    .selectFrom('signal')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  t.match(row, { category: 'forced-begging', state: 'live', agency_id: 'politie' })
  const tokens = await db
    .selectFrom('signal_token')
    .select('token')
    .where('signal_id', '=', id)
    .execute()
  t.equal(tokens.length, 1)
  const other = await submit(gemeente, { bsn: 'anna' })
  t.equal(await overlapOf(gemeente, other), undefined, 'the old number touches nothing')
  const { body: read } = await politie.call<SignalStatus>('GET', `/v1/signals/${id}`)
  t.match(read, { state: 'live', correctedAt: /^20/, receipt: { index: body.receipt.index } })
})

t.test('handles stay where overlaps stay, end where they end, and begin anew', async (t) => {
  const own = await submit(politie, { bsn: 'boris' })
  const stays = await submit(gemeente, { bsn: 'boris', 'v-number': 'boris' })
  const goes = await submit(jeugdzorg, { bsn: 'boris', phone: '2' })
  const before = await overlapOf(politie, own)
  const gone = (await overlapOf(jeugdzorg, goes))?.handle
  const kept = await overlapOf(gemeente, stays)
  // A wrong number, of somebody else: only the v-number was right.
  await gemeente.partner.withdraw(await submit(gemeente, { bsn: 'boris' }), 'entered-by-mistake')
  const { body: answer } = await correct(politie, own, bodyAbout({ 'v-number': 'boris' }))
  const after = await overlapOf(politie, own)
  t.equal(after?.handle, before?.handle)
  t.equal(after?.since, before?.since, 'nor does its age tell of the correction')
  t.strictSame(answer.overlaps[0]?.handle, before?.handle)
  t.match((await overlapOf(gemeente, stays))?.handle, kept?.handle)

  await correct(politie, own, bodyAbout({ bsn: 'somebody-else' }))
  t.equal(await overlapOf(politie, own), undefined)
  const ended = (await politie.partner.overlap(before?.handle ?? '')) as EndedOverlap
  t.match(ended, { cause: 'own-signal', signal: { id: own, caseReference: 'CASE-1' } })
  t.match(await overlapOf(jeugdzorg, goes), { handle: gone, others: [{ agency: 'gemeente' }] })

  await correct(gemeente, stays, bodyAbout({ bsn: 'a-third' }))
  const told = (await jeugdzorg.partner.overlap(gone ?? '')) as EndedOverlap
  t.match(told, { cause: 'other-signal', signal: { id: goes } })
  t.notMatch(JSON.stringify(told), /gemeente|politie|boris|correct/)

  await correct(politie, own, bodyAbout({ phone: '2' }))
  t.match(await overlapOf(jeugdzorg, goes), { handle: gone, others: [{ agency: 'politie' }] })
})

t.test('the same correction again is welcome, also twelve at once, and counted once', async (t) => {
  const id = await submit(politie, { bsn: 'carla' })
  const body = bodyAbout({ bsn: 'karla' })
  const answers = await Promise.all(Array.from({ length: 12 }, () => correct(politie, id, body)))
  t.ok(answers.every(({ status }) => status === 200))
  t.equal(new Set(answers.map(({ body: { receipt } }) => receipt.index)).size, 1)
  const headers = { 'idempotency-key': 'key-00000001' }
  t.equal((await correct(politie, id, bodyAbout({ bsn: 'x' }), headers)).status, 200)
  const conflict = await correct(politie, id, bodyAbout({ bsn: 'y' }), headers)
  t.equal(conflict.code, 'door/idempotency-conflict')
})

t.test('a signal of another agency looks like one that does not exist', async (t) => {
  const id = await submit(politie, { bsn: 'dora' })
  const body = bodyAbout({ bsn: 'thief' })
  for (const stranger of [gemeente, outsider]) {
    t.strictSame(
      learned(await correct(stranger, id, body)),
      learned(await correct(stranger, randomUUID(), body)),
    )
  }
  const row = await db
    .selectFrom('signal')
    .select(['agency_id', 'corrected_at'])
    .where('id', '=', id)
    .executeTakeFirst()
  t.match(row, { agency_id: 'politie', corrected_at: null })
  const said = ({ at: _, requestId: __, signalId: ___, ...rest }: Record<string, unknown>) => rest
  for (const act of [
    (signal: string) => correct(gemeente, signal, body),
    (signal: string) =>
      gemeente.call('POST', `/v1/signals/${signal}/_withdraw`, { reason: 'other' }),
    (signal: string) => gemeente.call('GET', `/v1/signals/${signal}`),
  ]) {
    const size = await house.ledgerSize('gateway')
    await act(id)
    await act(randomUUID())
    const [there, nowhere, ...more] = await house.entries('gateway', size)
    t.strictSame(more, [])
    t.match(there, { outcome: 'refuse', signalId: id, reasons: ['signals/not-found'] })
    t.strictSame(said(there ?? { kind: '' }), said(nowhere ?? { kind: '' }), 'on the ledger too')
  }
})

t.test('a correction is no way around the case, the agreement, its terms or its end', async (t) => {
  const id = await submit(politie, { bsn: 'emil' })
  const second = await house.agree([politie, gemeente], { purpose: 'second', domain: 'second' })
  const pair = await house.agree([politie, gemeente])
  const cases: [CorrectBody, string][] = [
    [bodyAbout({ bsn: 'emil' }, { caseReference: 'CASE-2' }), 'signals/other-case'],
    [bodyAbout({ bsn: 'emil' }, {}, pair), 'signals/other-case'],
    [bodyAbout({ bsn: 'emil' }, {}, second), 'policy/denied'],
    [bodyAbout({ bsn: 'emil' }, { retainUntil: '2028-04-01' }), 'signals/retention'],
    [bodyAbout({ bsn: 'emil' }, { purpose: 'second' }), 'policy/denied'],
  ]
  for (const [body, code] of cases) t.equal((await correct(politie, id, body)).code, code)
  await politie.partner.withdraw(id, 'other')
  t.equal((await correct(politie, id, bodyAbout({ bsn: 'emil' }))).code, 'signals/ended')

  const ending = await house.agree([politie, gemeente], { purpose: 'ending', domain: 'ending' })
  const last = await submit(politie, { bsn: 'fred' }, ending)
  await gemeente.partner.revokeAgreement(ending.hash)
  const refused = await correct(politie, last, bodyAbout({ bsn: 'fred' }, {}, ending))
  t.match(refused.body, { problems: [{ at: 'core/agreement-in-force' }] })
})

t.test('a corrected signal fits its kind of subject, and touches that kind only', async (t) => {
  const plate = { 'vehicle-plate': 'one' } as const
  const scene = { subjectKind: 'vehicle', ageBand: 'unknown' } as const
  const body = signalAbout(plate, under, scene)
  t.equal((await gemeente.call('POST', '/v1/signals', body)).status, 201)
  const id = await submit(politie, { bsn: 'geert' })
  const cases: [CorrectBody, string][] = [
    [bodyAbout({ bsn: 'geert' }, scene), 'signals/subject-mismatch'],
    [bodyAbout(plate), 'signals/subject-mismatch'],
    [bodyAbout(plate, { ...scene, role: 'witness' }), 'signals/subject-mismatch'],
  ]
  const { tokens } = bodyAbout({ bsn: 'geert' })
  cases.push([bodyAbout({}, { tokens: [...tokens, ...tokens] }), 'door/invalid-input'])
  for (const [wrong, code] of cases) t.equal((await correct(politie, id, wrong)).code, code)
  t.match((await house.entries('gateway')).at(-1), { reasons: ['door/invalid-input'] })
  const { body: answer } = await correct(politie, id, bodyAbout(plate, scene))
  t.match(answer.overlaps, [{ subjectKind: 'vehicle', others: [{ agency: 'gemeente' }] }])
  t.match((await house.entries('gateway')).at(-1), { subjectKind: 'vehicle', outcome: 'permit' })
})

t.test('correcting again and again is no oracle: it has a limit of its own', async (t) => {
  const quotas = { evaluationsPerDay: 1000, submissionsPerDay: 10, withdrawalsPerDay: 3 }
  const small = await house.agree([politie, gemeente], {
    purpose: 'a-small-purpose',
    domain: 'a-small-domain',
    quotas,
  })
  const id = await submit(politie, { bsn: 'gina' }, small)
  const answers = await Promise.all(
    Array.from({ length: 9 }, (_, at) =>
      correct(politie, id, bodyAbout({ bsn: `guess-${at}` }, {}, small)),
    ),
  )
  t.equal(answers.filter(({ status }) => status === 200).length, 3)
  const refused = answers.filter(({ status }) => status !== 200)
  t.ok(refused.every(({ code }) => code === 'signals/quota-exhausted'))
  t.ok(Number(refused[0]?.headers.get('retry-after')) > 0)
  t.equal((await politie.partner.withdraw(id, 'other')).state, 'withdrawn', 'counted apart')
})

t.test('the ledger grows alike whether or not a corrected signal touches another', async (t) => {
  await submit(gemeente, { bsn: 'hans' })
  const id = await submit(politie, { bsn: 'ida' })
  const growth = async (subject: Subject) => {
    const before = await house.ledgerSize('gateway')
    await correct(politie, id, bodyAbout(subject))
    return (await house.ledgerSize('gateway')) - before
  }
  t.equal(await growth({ bsn: 'hans' }), await growth({ bsn: 'nobody' }))
})

t.test('a correction and a withdrawal at once leave no tokens behind', async (t) => {
  for (let round = 0; round < 10; round += 1) {
    const id = await submit(politie, { bsn: `j${round}` })
    const [, withdrawn] = await Promise.all([
      correct(politie, id, bodyAbout({ bsn: `k${round}` })),
      politie.call('POST', `/v1/signals/${id}/_withdraw`, { reason: 'other' }),
    ])
    t.equal(withdrawn.status, 200)
    const left = await db
      .selectFrom('signal_token')
      .select('token')
      .where('signal_id', '=', id)
      .execute()
    t.strictSame(left, [])
  }
})

t.test('a sender of the CLI corrects with real keys and a new sealed narrative', async (t) => {
  const row = {
    line: 1,
    caseReference: 'CASE-9',
    identity: { bsn: '999990007' },
    category: 'labour-exploitation' as const,
    indicators: [],
    observedOn: '2026-11-01',
    role: 'unknown' as const,
    narrative: 'first',
  }
  const [body] = await politie.partner.prepare([row], under)
  await politie.partner.submit([body!])
  const sealed = () =>
    db.selectFrom('signal').select('sealed').where('id', '=', body!.id).executeTakeFirstOrThrow()
  const before = await sealed()
  await politie.partner.correct(body!.id, { ...row, narrative: 'second' }, under)
  t.notSame(await sealed(), before)
})

const safetyHouse = await house.admit('veiligheidshuis')
const otherHouse = await house.admit('zorghuis')
const forGemeente = { onBehalfOf: 'gemeente' }
const delegate = (acting: HouseAgency, delegator = gemeente, agreement = under) =>
  delegator.partner.delegate({
    actingAgency: acting.id,
    agreement: agreement.hash,
    notBefore: house.clock.now().toISOString(),
    notAfter: shifted(house.clock.now(), 600).toISOString(),
  })
async function submitFor(agency: HouseAgency, subject: Subject): Promise<string> {
  const body = signalAbout(subject, under, forGemeente)
  const { status, text } = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (status !== 201) throw new Error(text)
  return body.id
}
const correctionsOf = async (agency: string) =>
  Number(
    (
      await db
        .selectFrom('quota_use')
        .select('used')
        .where('agency_id', '=', agency)
        .where('kind', '=', 'correction')
        .executeTakeFirst()
    )?.used ?? 0,
  )

t.test('who submitted a signal for its owner corrects it for its owner', async (t) => {
  await delegate(safetyHouse)
  const touched = await submit(politie, { bsn: 'leo' })
  const id = await submitFor(safetyHouse, { bsn: 'kees' })
  const before = await correctionsOf('gemeente')
  const body = bodyAbout({ bsn: 'leo' }, forGemeente)
  const answer = await correct(safetyHouse, id, body)
  t.match(answer, { status: 200, body: { overlaps: [{ others: [{ agency: 'politie' }] }] } })
  t.match(JSON.parse(answer.body.receipt.entry ?? '{}'), {
    kind: 'signal.correct',
    outcome: 'permit',
    agency: 'veiligheidshuis',
    onBehalfOf: 'gemeente',
    signalId: id,
  })
  t.strictSame(
    [await correctionsOf('veiligheidshuis'), await correctionsOf('gemeente')],
    [1, before + 1],
    'it counts for both',
  )
  t.match(await overlapOf(politie, touched), { others: [{ agency: 'gemeente' }] })
  t.match(await overlapOf(gemeente, id), answer.body.overlaps[0], 'the handle is the owner’s')
  t.match(await gemeente.partner.signal(id), { state: 'live', correctedAt: /^20/ })

  t.equal((await correct(safetyHouse, id, bodyAbout({ bsn: 'lea' }, forGemeente))).status, 200)
  const { signal } = (await overlapOf(politie, touched)) ?? {}
  t.equal(signal, undefined)
  const [ended] = (await gemeente.partner.endedOverlaps(under)).filter(
    (one) => one.signal.id === id,
  )
  t.match(ended, { cause: 'own-signal', signal: { caseReference: 'CASE-1' } })
  t.strictSame(
    await safetyHouse.partner.endedOverlaps(under, forGemeente),
    await gemeente.partner.endedOverlaps(under),
    'its delegate sees what the delegator sees',
  )
  t.equal((await correct(gemeente, id, bodyAbout({ bsn: 'leo' }))).status, 200, 'so does its owner')
})

t.test('a delegation lets nobody correct what it does not concern', async (t) => {
  const number = await delegate(safetyHouse)
  await delegate(otherHouse)
  await delegate(otherHouse, jeugdzorg)
  const id = await submitFor(safetyHouse, { bsn: 'mia' })
  const own = await submit(gemeente, { bsn: 'mia' })
  const before = await house.ledgerSize('gateway')
  const attacks: [HouseAgency, string, Partial<SignalBody>][] = [
    [otherHouse, id, forGemeente],
    [otherHouse, id, { onBehalfOf: 'jeugdzorg' }],
    [safetyHouse, id, {}],
    [safetyHouse, own, forGemeente],
    [politie, id, forGemeente],
    [politie, own, forGemeente],
    [outsider, id, forGemeente],
  ]
  for (const [agency, signal, change] of attacks) {
    t.strictSame(
      learned(await correct(agency, signal, bodyAbout({ bsn: 'thief' }, change))),
      learned(await correct(agency, randomUUID(), bodyAbout({ bsn: 'thief' }, change))),
      `${agency.id} ${JSON.stringify(change)}`,
    )
  }
  const written = await house.entries('gateway', before)
  t.strictSame([...new Set(written.map(({ outcome }) => outcome))], ['refuse'])

  await gemeente.partner.endDelegation(number)
  for (const { number: other, actingAgency, state } of await gemeente.partner.delegations()) {
    if (actingAgency === 'veiligheidshuis' && state === 'holds')
      await gemeente.partner.endDelegation(other)
  }
  t.match(await correct(safetyHouse, id, bodyAbout({ bsn: 'mia' }, forGemeente)), {
    code: 'agreements/not-found',
  })
  t.match((await house.entries('gateway')).at(-1), {
    reasons: ['core/delegation'],
    onBehalfOf: 'gemeente',
  })
  const row = db.selectFrom('signal').select('corrected_at').where('id', 'in', [id, own])
  t.strictSame(await row.execute(), [{ corrected_at: null }, { corrected_at: null }])
})

t.test('a correction that changes nothing has a receipt of its own', async (t) => {
  const { id, ...body } = signalAbout({ bsn: 'nina' }, under)
  const { body: first } = await politie.call<SignalAnswer>('POST', '/v1/signals', { id, ...body })
  const { body: answer } = await correct(politie, id, body)
  t.not(answer.receipt.index, first.receipt.index)
  t.match(JSON.parse(answer.receipt.entry ?? '{}'), { kind: 'signal.correct', signalId: id })
  t.match(await gemeente.call('GET', `/v1/signals/${id}`), { status: 404 })
})

const suspend = (agreement: UnderAgreement, suspended = true) =>
  suspendAgreementAt(house.pins.gateway, house.administrators.gateway, {
    agreement: agreement.hash,
    suspended,
    cause: 'incident',
    at: house.clock.now(),
  })

t.test('under a suspended agreement nothing is corrected, and no end is told', async (t) => {
  const halted = await house.agree([politie, gemeente])
  const id = await submit(politie, { bsn: 'olga' }, halted)
  const other = await submit(gemeente, { bsn: 'olga' }, halted)
  const handle = (await politie.partner.overlaps(halted))[0]?.handle
  await suspend(halted)
  const refused = await correct(politie, id, bodyAbout({ bsn: 'olga' }, {}, halted))
  t.match(refused.body, { problems: [{ at: 'core/agreement-in-force' }] })
  await gemeente.partner.withdraw(other, 'other')
  const hidden = await politie.call('GET', `/v1/overlaps/${handle}`)
  t.strictSame(learned(hidden), learned(await politie.call('GET', `/v1/overlaps/${randomUUID()}`)))
  t.match((await house.entries('gateway')).at(-2), { reasons: ['core/suspension'] })
  house.clock.advance(1)
  await suspend(halted, false)
  t.match(await politie.partner.overlap(handle ?? ''), { cause: 'other-signal' })
  t.equal((await correct(politie, id, bodyAbout({ bsn: 'otto' }, {}, halted))).status, 200)
})

t.test('no correction stands on the ledger after a suspension that came between', async (t) => {
  const halted = await house.agree([politie, gemeente])
  const ids = await Promise.all(
    Array.from({ length: 8 }, (_, at) => submit(politie, { bsn: `p${at}` }, halted)),
  )
  const since = await house.ledgerSize('gateway')
  await Promise.all([
    ...ids.map(async (id, at) => {
      for (let turn = 0; turn < 6; turn += 1)
        await correct(politie, id, bodyAbout({ bsn: `q${at} ${turn}` }, {}, halted))
    }),
    suspend(halted),
  ])
  const written = await house.entries('gateway', since)
  const at = written.findIndex(({ kind }) => kind === 'agreement.suspend')
  const outcomes = (list: typeof written) =>
    new Set(list.filter(({ kind }) => kind === 'signal.correct').map(({ outcome }) => outcome))
  t.notOk(outcomes(written.slice(0, at)).has('refuse'))
  t.strictSame([...outcomes(written.slice(at))], ['refuse'], `the suspension is entry ${at}`)
})
