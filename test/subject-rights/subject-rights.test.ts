import { randomUUID } from 'node:crypto'
import t from 'tap'
import { readPerson } from '../../src/client/person-file.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import type { SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import type {
  SubjectRequestAnswer,
  SubjectRequestBody,
  SubjectRequestView,
  TaskAnswerBody,
} from '../../src/wire/subject-request.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { type Subject, signalAbout, tokenOf } from '../support/signals.ts'

const day = 86_400
const house = await openHouse(t)
const politie = await house.admit('politie')
const jeugdzorg = await house.admit('jeugdzorg')
const gemeente = await house.admit('gemeente')
const outsider = await house.admit('outsider')
const now = house.clock.now()
const today = dayOf(now)
const validity = {
  validity: { notBefore: now.toISOString(), notAfter: shifted(now, 300 * day).toISOString() },
}
const under = await house.agree([politie, jeugdzorg, gemeente], validity)
const own = await house.agree([politie, jeugdzorg], validity)

async function signal(
  agency: HouseAgency,
  subject: Subject,
  change: Partial<SignalBody> = {},
  on: UnderAgreement = under,
): Promise<string> {
  const body = signalAbout(subject, on, {
    caseReference: `${agency.id}-case`,
    observedOn: today,
    ...change,
  })
  const answer = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (answer.status !== 201) throw new Error(answer.text)
  return body.id
}

const requestAbout = (
  subject: Subject,
  change: Partial<SubjectRequestBody> = {},
  { hash, content }: UnderAgreement = under,
): SubjectRequestBody => ({
  id: randomUUID(),
  agreement: hash,
  purpose: 'subject-rights',
  domain: content.domain,
  epoch: 1,
  tokens: Object.entries(subject).map(([type, words]) => ({
    type: type as SubjectRequestBody['tokens'][number]['type'],
    token: tokenOf(`${content.domain} ${type} ${words}`),
  })),
  kind: 'access',
  asker: 'self',
  age: '16-or-older',
  identityCheck: 'in-person',
  caseReference: 'REQUEST-1',
  receivedOn: today,
  ...change,
})
const post = (agency: HouseAgency, body: unknown) =>
  agency.call<SubjectRequestAnswer>('POST', '/v1/subject-requests', body)
async function file(agency: HouseAgency, body: SubjectRequestBody): Promise<SubjectRequestBody> {
  const answer = await post(agency, body)
  if (answer.status !== 201) throw new Error(answer.text)
  return body
}
const show = (agency: HouseAgency, id: string) =>
  agency.call<SubjectRequestView>('GET', `/v1/subject-requests/${id}`)
const tasksOf = async (agency: HouseAgency, id: string) => (await show(agency, id)).body.tasks
const answer = (agency: HouseAgency, id: string, body: unknown) =>
  agency.call('POST', `/v1/subject-requests/${id}/_answer`, body)
async function answerAs(
  agency: HouseAgency,
  id: string,
  said: Omit<TaskAnswerBody, 'task'>,
): Promise<void> {
  for (const { task } of await tasksOf(agency, id)) {
    const { status, text } = await answer(agency, id, { task, ...said })
    if (status !== 200) throw new Error(text)
  }
}
/** Lets days go by for one request: what it counts its terms from lies further back. */
async function age(id: string, days: number): Promise<void> {
  const request = await house.db.gateway
    .selectFrom('subject_request')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  await house.db.gateway
    .updateTable('subject_request')
    .set({
      received_on: dayOf(shifted(new Date(request.received_on), -days * day)),
      filed_at: shifted(request.filed_at, -days * day),
      ...(request.remind_at && { remind_at: shifted(request.remind_at, -days * day) }),
    })
    .where('id', '=', id)
    .execute()
  for (const task of await house.db.gateway
    .selectFrom('subject_request_task')
    .selectAll()
    .where('request_id', '=', id)
    .execute()) {
    if (task.remind_at === null) continue
    await house.db.gateway
      .updateTable('subject_request_task')
      .set({ remind_at: shifted(task.remind_at, -days * day) })
      .where('id', '=', task.id)
      .execute()
  }
}
const kindsTold = async (agency: HouseAgency, id: string): Promise<string[]> =>
  (await agency.partner.inbox.notices())
    .filter(({ dataref }) => dataref.includes(id))
    .map(({ kind }) => kind)
const dueWork = () => house.operator('gateway').runDueWork()

t.test(
  'a request at one contact point becomes a task of each party that it concerns',
  async (t) => {
    const theirs = await signal(jeugdzorg, { bsn: 'anna' })
    await signal(politie, { bsn: 'somebody else' })
    const { id } = await file(gemeente, requestAbout({ bsn: 'anna' }))
    const [task, ...more] = await tasksOf(jeugdzorg, id)
    t.strictSame(more, [])
    t.match(task ?? {}, {
      request: id,
      kind: 'access',
      signal: { id: theirs, caseReference: 'jeugdzorg-case' },
      quality: 'certain',
      state: 'open',
      contactPoint: { agency: 'gemeente', contactDesk: 'Desk of gemeente' },
    })
    t.strictSame(await kindsTold(jeugdzorg, id), ['subject-request'])
    t.strictSame(await kindsTold(politie, id), [])
    t.equal((await show(politie, id)).status, 404, 'whom it does not concern finds no request')
    t.equal((await show(outsider, id)).status, 404)
    await answerAs(jeugdzorg, id, {
      outcome: 'provided',
      tell: ['categories', 'purpose', 'period', 'source', 'receivers'],
      source: 'own-observation',
    })
    const before = (await show(gemeente, id)).body
    t.match(before.filed?.parts, [{ state: 'waiting' }, { state: 'waiting' }, { state: 'waiting' }])
    t.notMatch(JSON.stringify(before), 'own-observation', 'not before its day')
    await age(id, 21)
    await dueWork()
    t.match(await kindsTold(gemeente, id), ['subject-request-answerable'])
    t.match((await show(gemeente, id)).body.filed, {
      state: 'answerable',
      parts: [
        { agency: 'gemeente', state: 'nothing-to-tell', told: [] },
        {
          agency: 'jeugdzorg',
          state: 'told',
          told: [
            {
              outcome: 'provided',
              purpose: under.content.purpose,
              source: 'own-observation',
              sinceOn: today,
              untilOn: '2028-01-01',
              receivers: [],
            },
          ],
        },
        { agency: 'politie', state: 'nothing-to-tell', told: [] },
      ],
    })
  },
)

t.test('nothing that the contact point sees tells whether anything was found', async (t) => {
  await signal(jeugdzorg, { bsn: 'hit' })
  await signal(jeugdzorg, { bsn: 'silent' })
  const seen: string[] = []
  const sizes: number[] = []
  /** To the byte, but for what is another for each request: its id, its instant, its place on the ledger. */
  const bare = (text: string, id: string): string =>
    text
      .replaceAll(id, 'ID')
      .replace(/"receipt":\{.*?\},"receivedOn"/, '"receipt":{},"receivedOn"')
      .replace(/"filedAt":"[^"]*"/g, '"filedAt":0')
  for (const bsn of ['hit', 'no hit', 'silent']) {
    const size = await house.ledgerSize('gateway')
    const body = requestAbout({ bsn })
    const filed = await post(gemeente, body)
    sizes.push((await house.ledgerSize('gateway')) - size)
    const early = await show(gemeente, body.id)
    if (bsn === 'silent') {
      await answerAs(jeugdzorg, body.id, {
        outcome: 'refused',
        ground: 'wpg-27-offences',
        silent: true,
      })
    }
    const noticed = await kindsTold(gemeente, body.id)
    await age(body.id, 21)
    await dueWork()
    const late = await show(gemeente, body.id)
    const told = await kindsTold(gemeente, body.id)
    seen.push(
      JSON.stringify([
        bare(filed.text, body.id),
        bare(early.text, body.id),
        noticed,
        bare(late.text, body.id),
        told,
      ]),
    )
  }
  t.strictSame(sizes, [1, 1, 1], 'one entry each')
  t.equal(seen[0], seen[1], 'unanswered as none')
  t.equal(seen[2], seen[1], 'silent as none')
})

t.test('who may ask depends on the age', async (t) => {
  const allowed = [
    ['self', '16-or-older'],
    ['jointly', '12-to-15'],
    ['representative', 'under-12'],
    ['guardian', '16-or-older'],
    ['lawyer', '16-or-older'],
  ] as const
  for (const asker of ['self', 'jointly', 'representative', 'guardian', 'lawyer'] as const) {
    for (const years of ['under-12', '12-to-15', '16-or-older'] as const) {
      const fits = allowed.some(([one, other]) => one === asker && other === years)
      const body = requestAbout({ bsn: 'age' }, { asker, age: years, receivedOn: '2099-01-01' })
      const { status, code, body: problem } = await post(politie, body)
      t.equal(status, 400)
      t.equal(code, 'subject-rights/invalid')
      const places = (problem as unknown as { problems: { at: string }[] }).problems.map(
        ({ at }) => at,
      )
      t.strictSame(places, fits ? ['/receivedOn'] : ['/asker', '/receivedOn'], `${asker} ${years}`)
    }
  }
})

t.test('the same again is welcome, another under its id is not', async (t) => {
  await signal(jeugdzorg, { bsn: 'twice' })
  const body = requestAbout({ bsn: 'twice' })
  const [first, ...others] = await Promise.all([
    post(gemeente, body),
    post(gemeente, body),
    post(gemeente, body),
  ])
  for (const other of others) t.equal(other.body.receipt.index, first?.body.receipt.index)
  t.equal((await tasksOf(jeugdzorg, body.id)).length, 1, 'three at once make one')
  t.equal((await post(gemeente, { ...body, kind: 'erasure' })).code, 'subject-rights/conflict')
  t.equal((await post(politie, body)).code, 'subject-rights/conflict')
  t.equal((await post(outsider, body)).code, 'agreements/not-found')
  t.equal((await post(gemeente, { ...body, purpose: under.content.purpose })).status, 400)
  const receipt = first?.body.receipt
  t.ok(receipt)
  const verdict = receipt && (await gemeente.partner.verifyReceipt(receipt, under.content.domain))
  t.match(verdict ?? {}, { valid: true, entry: { kind: 'subject-request.file', request: body.id } })
})

t.test('only the party itself answers for its signal, and only what it did', async (t) => {
  const mine = await signal(jeugdzorg, { bsn: 'erase' })
  await signal(politie, { bsn: 'erase' })
  const { id } = await file(gemeente, requestAbout({ bsn: 'erase' }, { kind: 'erasure' }))
  const [task] = await tasksOf(jeugdzorg, id)
  const body = { task: task?.task, outcome: 'erased' }
  for (const other of [politie, gemeente, outsider]) {
    t.equal((await answer(other, id, body)).code, 'subject-rights/not-found', other.id)
  }
  t.equal((await answer(jeugdzorg, randomUUID(), body)).code, 'subject-rights/not-found')
  t.equal((await answer(jeugdzorg, id, body)).code, 'subject-rights/not-done')
  const wrong = [
    { outcome: 'provided', tell: ['period'] },
    { outcome: 'refused' },
    { outcome: 'erased', ground: 'avg-17-needed' },
    { outcome: 'erased', tell: ['source'] },
    { outcome: 'refused', ground: 'avg-17-needed', tell: ['period'] },
  ]
  for (const said of wrong) {
    const { code } = await answer(jeugdzorg, id, { task: task?.task, ...said })
    t.equal(code, 'subject-rights/invalid', JSON.stringify(said))
  }
  await jeugdzorg.partner.withdraw(mine, 'subject-objected')
  t.equal((await answer(jeugdzorg, id, body)).status, 200)
  await answerAs(politie, id, { outcome: 'refused', ground: 'wpg-27-offences' })
  t.equal((await answer(jeugdzorg, id, body)).status, 200, 'again, before its day')
  await age(id, 21)
  t.equal((await answer(jeugdzorg, id, body)).code, 'subject-rights/not-now', 'not afterwards')
  t.match((await show(gemeente, id)).body.filed?.parts, [
    { state: 'nothing-to-tell' },
    { state: 'told', told: [{ outcome: 'erased' }] },
    { state: 'told', told: [{ outcome: 'refused', ground: 'wpg-27-offences' }] },
  ])
})

t.test('a possible namesake makes no task, and no other agreement is looked into', async (t) => {
  await signal(jeugdzorg, { names: 'possible' })
  await signal(jeugdzorg, { bsn: 'other agreement' }, {}, own)
  for (const body of [
    requestAbout({ names: 'possible' }),
    requestAbout({ bsn: 'other agreement' }),
  ]) {
    await file(gemeente, body)
    t.equal((await show(jeugdzorg, body.id)).status, 404)
  }
})

t.test('parties are reminded and escalated, the contact point hears its terms', async (t) => {
  await signal(jeugdzorg, { bsn: 'late' })
  const { id } = await file(gemeente, requestAbout({ bsn: 'late' }))
  await dueWork()
  t.strictSame(await kindsTold(jeugdzorg, id), ['subject-request'])
  await age(id, 14)
  await Promise.all([dueWork(), dueWork()])
  t.strictSame(await kindsTold(jeugdzorg, id), ['subject-request', 'subject-request-due'])
  t.strictSame(await kindsTold(gemeente, id), [])
  await age(id, 8)
  await dueWork()
  await dueWork()
  t.strictSame((await kindsTold(jeugdzorg, id)).at(-1), 'subject-request-overdue')
  t.strictSame(await kindsTold(gemeente, id), ['subject-request-answerable'])
  t.match(await tasksOf(jeugdzorg, id), [{ state: 'overdue' }])
  await age(id, 8)
  await dueWork()
  t.equal((await kindsTold(gemeente, id)).at(-1), 'subject-request-overdue')
  t.equal((await show(gemeente, id)).body.filed?.state, 'overdue')
  await answerAs(jeugdzorg, id, { outcome: 'provided', tell: ['period'] })
  t.equal((await kindsTold(gemeente, id)).at(-1), 'subject-request-answerable', 'added to')
  await age(id, 120)
  await dueWork()
  t.match((await show(gemeente, id)).body.filed, { state: 'closed', end: 'lapsed' })
})

t.test('a term is extended once, as far as the law of each party lets it', async (t) => {
  const { id } = await file(gemeente, requestAbout({ bsn: 'extend' }, { kind: 'rectification' }))
  const extend = (agency: HouseAgency, one = id) =>
    agency.call('POST', `/v1/subject-requests/${one}/_extend`, { reason: 'complex' })
  t.equal((await extend(politie)).code, 'subject-rights/not-found')
  t.equal((await extend(gemeente)).status, 200)
  t.equal((await extend(gemeente)).code, 'subject-rights/not-now')
  await age(id, 30)
  t.match((await show(gemeente, id)).body.filed, {
    state: 'waiting',
    extended: { reason: 'complex' },
    parts: [{ state: 'waiting' }, { state: 'waiting' }, { state: 'waiting' }],
  })
  const { id: late } = await file(gemeente, requestAbout({ bsn: 'extend' }))
  await age(late, 40)
  t.equal((await extend(gemeente, late)).code, 'subject-rights/not-now', 'its day has passed')
})

t.test('closing forgets what was answered and which signals belong together', async (t) => {
  await signal(jeugdzorg, { bsn: 'close' })
  const { id } = await file(gemeente, requestAbout({ bsn: 'close' }))
  const close = (agency: HouseAgency, end = 'answered') =>
    agency.call('POST', `/v1/subject-requests/${id}/_close`, { end })
  await answerAs(jeugdzorg, id, { outcome: 'provided', tell: ['period'] })
  t.equal((await close(gemeente)).code, 'subject-rights/not-now', 'parties have their time')
  await age(id, 21)
  t.equal((await close(jeugdzorg)).code, 'subject-rights/not-found')
  t.equal((await close(gemeente)).status, 200)
  t.equal((await close(gemeente)).status, 200)
  t.equal((await close(gemeente, 'taken-back')).code, 'subject-rights/not-now')
  t.match((await show(gemeente, id)).body.filed, {
    state: 'closed',
    end: 'answered',
    parts: [{ told: [] }, { told: [] }, { told: [] }],
  })
  const rows = await house.db.gateway
    .selectFrom('subject_request_task')
    .select(['signal_id', 'answer'])
    .where('request_id', '=', id)
    .execute()
  t.strictSame(rows, [{ signal_id: null, answer: null }])
})

t.test('no token stays, and nothing of the person stands on the ledger', async (t) => {
  const body = await file(gemeente, requestAbout({ bsn: 'leak' }))
  const rows = JSON.stringify([
    await house.db.gateway.selectFrom('subject_request').selectAll().execute(),
    await house.entries('gateway'),
  ])
  for (const { token } of body.tokens) t.notMatch(rows, token)
  t.notMatch(rows, 'REQUEST-1')
})

t.test('an evaluation for a request is an act of its own, counted by both operators', async (t) => {
  const sizes = {
    gateway: await house.ledgerSize('gateway'),
    keyholder: await house.ledgerSize('keyholder'),
  }
  const used = async () =>
    (
      await house.db.keyholder
        .selectFrom('quota_use')
        .select('used')
        .where('agency_id', '=', 'gemeente')
        .where('kind', '=', 'evaluation')
        .execute()
    ).reduce((sum, row) => sum + Number(row.used), 0)
  const before = await used()
  const person = readPerson(
    'caseReference;givenNames;familyName;birthDate\nR-7;Anna;Bakker;2010-03-04\n',
    today,
  )
  const { subjectRequests } = gemeente.partner
  const wish = { kind: 'access', asker: 'jointly', identityCheck: 'in-person' } as const
  const body = await subjectRequests.prepare(person, { ...wish, receivedOn: '2026-01-05' }, under)
  t.equal(body.age, '12-to-15')
  for (const name of ['gateway', 'keyholder'] as const) {
    t.match(await house.entries(name, sizes[name]), [
      { kind: 'evaluation.exercise-rights', purpose: 'subject-rights', outcome: 'permit' },
    ])
  }
  t.ok((await used()) > before)
})

t.test('fishing is bounded, and the others are told of it', async (t) => {
  const ids: string[] = []
  let last = 0
  for (let at = 0; at < 25 && last !== 429; at += 1) {
    const body = requestAbout({ bsn: `fish-${at}` }, {}, own)
    last = (await post(politie, body)).status
    ids.push(body.id)
  }
  t.equal(last, 429)
  t.ok(ids.length <= 21)
  const kinds = (await jeugdzorg.partner.inbox.notices()).map(({ kind }) => kind)
  t.equal(kinds.filter((kind) => kind === 'subject-requests-unusual').length, 1)
})
